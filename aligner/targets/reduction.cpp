// From activations.h5 to targets.h5: each (context, tap) is read once and fitted for every fold,
// several at a time.
#include "aligner/targets/reduction.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "aligner/signal/standardisation.h"
#include "aligner/targets/principal_components.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/workers.h"

namespace lockstep {
namespace {

struct Place {
  std::size_t context;
  std::size_t tap;
};

std::vector<int64_t> rows_of(const std::vector<uint8_t>& flags) {
  std::vector<int64_t> rows;
  for (std::size_t word = 0; word < flags.size(); ++word) {
    if (flags[word] != 0) rows.push_back(static_cast<int64_t>(word));
  }
  return rows;
}

/// A word has activations where it has tokens, and only there.
void check_values(const ActivationsHeader& header,
                  const ActivationRows& values,
                  const Place& place,
                  const std::string& where) {
  for (Eigen::Index word = 0; word < values.rows(); ++word) {
    const std::size_t at = place.context * header.words.size() + static_cast<std::size_t>(word);
    if (header.tokens[at] != 0 && !values.row(word).allFinite()) {
      fail(Blame::kData,
           "{}: word {} pools {} tokens and has values that are not finite; finite ones are wanted",
           where,
           header.words[static_cast<std::size_t>(word)],
           header.tokens[at]);
    }
  }
}

TargetsFit fit_targets(const ActivationRows& values,
                       const std::vector<int64_t>& fit_rows,
                       int64_t num_components,
                       const std::string& where) {
  const PrincipalComponents components =
      fit_principal_components(values, fit_rows, num_components, where);
  TargetsFit fit;
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const RowMajor targets = project(values, components).cast<float>();
  const RowMajor basis = components.basis.cast<float>();
  const Eigen::VectorXf mean = components.mean.cast<float>();
  fit.targets.assign(targets.data(), targets.data() + targets.size());
  fit.basis.assign(basis.data(), basis.data() + basis.size());
  fit.mean.assign(mean.data(), mean.data() + mean.size());
  fit.explained_variance.assign(components.explained.data(),
                                components.explained.data() + num_components);
  return fit;
}

OutlierCount count_outliers(const TargetsFit& fit,
                            const std::vector<int64_t>& fit_rows,
                            std::size_t num_components) {
  OutlierCount outliers;
  std::vector<uint8_t> is_outlier(fit.targets.size() / num_components, 0);
  std::vector<double> column(fit_rows.size());
  for (std::size_t component = 0; component < num_components; ++component) {
    for (std::size_t k = 0; k < column.size(); ++k) {
      column[k] = static_cast<double>(
          fit.targets[static_cast<std::size_t>(fit_rows[k]) * num_components + component]);
    }
    const Location location = mean_and_deviation(column);
    for (std::size_t word = 0; word < is_outlier.size(); ++word) {
      const double value = static_cast<double>(fit.targets[word * num_components + component]);
      const double distance = std::abs(value - location.centre) / location.scale;
      if (!(distance > kOutlierDeviations)) continue;  // NaN is no outlier
      is_outlier[word] = 1;
      outliers.farthest = std::max(outliers.farthest, distance);
    }
  }
  outliers.count = std::count(is_outlier.begin(), is_outlier.end(), uint8_t{1});
  return outliers;
}

TargetsHeader header_of(const ActivationsHeader& activations,
                        const FitWordsSources& sources,
                        const ReductionOptions& options,
                        const std::vector<std::vector<uint8_t>>& fit_words) {
  TargetsHeader header;
  header.model = activations.model;
  header.contexts = activations.contexts;
  header.taps = activations.taps;
  header.words = activations.words;
  header.num_components = options.num_components;
  header.num_units = activations.num_units;
  header.words_sha256 = activations.words_sha256;
  for (const auto& flags : fit_words)
    header.fit_word.insert(header.fit_word.end(), flags.begin(), flags.end());
  switch (options.fit.scope) {
    case FitScope::kAnalysed:
      header.fit = "analysed";
      break;
    case FitScope::kAll:
      header.fit = "all";
      break;
    case FitScope::kTrain:
      header.fit = "train";
      header.num_folds = static_cast<int64_t>(fit_words.size());
      header.folds_sha256 = sources.folds->sha256;
      break;
  }
  return header;
}

}  // namespace

Reduction reduce_activations(const ActivationsFile& activations,
                             const FitWordsSources& sources,
                             const ReductionOptions& options) {
  // Workers of one BLAS thread each: no spinning, and the order of summation does not depend on
  // their number.
  openblas_set_num_threads(1);
  const ActivationsHeader& from = activations.header();
  const auto fit_words = choose_fit_words(from, sources, options.fit);
  Reduction reduction;
  reduction.header = header_of(from, sources, options, fit_words);
  const std::size_t num_places = from.contexts.size() * from.taps.size();
  reduction.fits.resize(fit_words.size() * num_places);
  reduction.outliers.resize(reduction.fits.size());

  std::vector<std::vector<int64_t>> fit_rows;
  for (const auto& flags : fit_words) fit_rows.push_back(rows_of(flags));
  std::mutex reading;  // HDF5 readers are not thread-safe
  Progress progress("reduce", static_cast<int64_t>(num_places), "taps");
  for_each_item(static_cast<int64_t>(num_places), options.num_threads, [&](int64_t item, int) {
    const Place place = {static_cast<std::size_t>(item) / from.taps.size(),
                         static_cast<std::size_t>(item) % from.taps.size()};
    const std::string where =
        text("context {}, {}", from.contexts[place.context].name, from.taps[place.tap].name);
    std::vector<float> values;
    {
      const std::lock_guard lock(reading);
      values = activations.read(place.context, place.tap);
    }
    const ActivationRows rows(
        values.data(), static_cast<Eigen::Index>(from.words.size()), from.num_units);
    check_values(from, rows, place, where);
    for (std::size_t fold = 0; fold < fit_rows.size(); ++fold) {
      const std::size_t at = fold * num_places + static_cast<std::size_t>(item);
      reduction.fits[at] = fit_targets(rows, fit_rows[fold], options.num_components, where);
      reduction.outliers[at] = count_outliers(
          reduction.fits[at], fit_rows[fold], static_cast<std::size_t>(options.num_components));
      reduction.outliers[at].context = from.contexts[place.context].name;
      reduction.outliers[at].tap = from.taps[place.tap].name;
      if (options.fit.scope == FitScope::kTrain)
        reduction.outliers[at].fold = static_cast<int64_t>(fold);
    }
    progress.advance(1);
  });
  return reduction;
}

std::string describe_outliers(const std::vector<OutlierCount>& outliers) {
  const auto most =
      std::max_element(outliers.begin(), outliers.end(), [](const auto& a, const auto& b) {
        return a.count < b.count;
      });
  if (most == outliers.end() || most->count == 0) return {};
  int64_t total = 0;
  for (const auto& one : outliers) total += one.count;
  return text(
      "{} word vectors lie beyond {} SD on a component; most of them, {}, at context {}, {} "
      "(farthest {} SD)",
      with_thousands(total),
      kOutlierDeviations,
      with_thousands(most->count),
      most->context,
      most->tap,
      std::round(most->farthest * 10) / 10);
}

}  // namespace lockstep
