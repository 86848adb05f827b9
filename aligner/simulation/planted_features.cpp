#include "aligner/simulation/planted_features.h"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "aligner/signal/standardisation.h"
#include "base/error.h"

namespace lockstep {
namespace {

/// Makes a column mean 0, SD 1 over the words with `counts`; where it is constant it becomes 0.
void standardise(Eigen::Ref<Eigen::VectorXd> column, const std::vector<uint8_t>& counts) {
  std::vector<double> counted;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (counts[k] != 0) counted.push_back(column[static_cast<Eigen::Index>(k)]);
  }
  const Location location = mean_and_deviation(counted);
  column = (column.array() - location.centre) / location.scale;
}

/// Targets of the words that have any: words x features.
Eigen::MatrixXd targets_of(const TargetsFile& targets,
                           std::size_t context,
                           const std::vector<std::size_t>& rows) {
  const TargetsHeader& header = targets.header();
  const auto width = header.num_components;
  Eigen::MatrixXd all(static_cast<Eigen::Index>(rows.size()),
                      static_cast<Eigen::Index>(header.taps.size()) * width);
  for (std::size_t tap = 0; tap < header.taps.size(); ++tap) {
    const std::vector<float> values = targets.read(0, context, tap);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      for (int64_t component = 0; component < width; ++component) {
        all(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(tap) * width + component) =
            static_cast<double>(values[rows[k] * static_cast<std::size_t>(width) +
                                       static_cast<std::size_t>(component)]);
      }
    }
  }
  return all;
}

/// Entries of the word axis whose targets are finite at every tap.
std::vector<std::size_t> entries_with_targets(const TargetsFile& targets, std::size_t context) {
  const TargetsHeader& header = targets.header();
  const auto width = static_cast<std::size_t>(header.num_components);
  std::vector<uint8_t> is_whole(header.words.size(), 1);
  for (std::size_t tap = 0; tap < header.taps.size(); ++tap) {
    const std::vector<float> values = targets.read(0, context, tap);
    for (std::size_t at = 0; at < values.size(); ++at) {
      if (!std::isfinite(values[at])) is_whole[at / width] = 0;
    }
  }
  std::vector<std::size_t> entries;
  for (std::size_t k = 0; k < is_whole.size(); ++k) {
    if (is_whole[k] != 0) entries.push_back(k);
  }
  return entries;
}

/// Which of the entries the fit saw; all of them if it saw fewer than two.
std::vector<uint8_t> words_that_count(const TargetsHeader& header,
                                      const std::vector<std::size_t>& entries) {
  std::vector<uint8_t> counts;
  for (const std::size_t entry : entries) counts.push_back(header.fit_word[entry]);
  if (std::count(counts.begin(), counts.end(), uint8_t{1}) < 2) counts.assign(entries.size(), 1);
  return counts;
}

}  // namespace

std::size_t find_context(const TargetsHeader& targets, const std::string& name) {
  std::size_t longest = 0;
  std::vector<std::string> names;
  const auto length = [](const ContextInfo& context) {
    return context.name == "all" ? std::numeric_limits<int64_t>::max() : context.words;
  };
  for (std::size_t k = 0; k < targets.contexts.size(); ++k) {
    if (!name.empty() && targets.contexts[k].name == name) return k;
    if (length(targets.contexts[k]) > length(targets.contexts[longest])) longest = k;
    names.push_back(targets.contexts[k].name);
  }
  if (!name.empty())
    fail(Blame::kCommandLine,
         "simulate: --plant-context: {}; the targets have {}",
         name,
         join(names, ", "));
  return longest;
}

PlantedFeatures planted_features(const TargetsFile& targets,
                                 std::size_t context,
                                 int64_t num_words,
                                 Planting planting) {
  const TargetsHeader& header = targets.header();
  if (header.num_folds > 0) {
    fail(Blame::kData,
         "simulate: the targets have {} fits, one a fold; targets of a single fit are wanted "
         "(reduce --fit analysed)",
         header.num_folds);
  }
  if (!header.words.empty() && header.words.back() >= num_words) {
    fail(Blame::kData,
         "simulate: the targets name word {}; the stimuli have {} words",
         header.words.back(),
         num_words);
  }
  const auto entries = entries_with_targets(targets, context);
  if (entries.size() < 2) {
    fail(Blame::kData,
         "simulate: {} words have targets at context {}; at least 2 are wanted",
         entries.size(),
         header.contexts[context].name);
  }
  const std::vector<uint8_t> counts = words_that_count(header, entries);
  Eigen::MatrixXd standardised = targets_of(targets, context, entries);
  for (Eigen::Index feature = 0; feature < standardised.cols(); ++feature)
    standardise(standardised.col(feature), counts);
  Eigen::MatrixXd planted =
      planting == Planting::kUnique ? unique_features(standardised, counts) : standardised;

  PlantedFeatures features;
  features.num_taps = static_cast<int64_t>(header.taps.size());
  features.num_components = header.num_components;
  features.num_clipped = (planted.array().abs() > kLargestResponse).count();
  planted = planted.cwiseMax(-kLargestResponse).cwiseMin(kLargestResponse);
  features.values = Eigen::MatrixXd::Zero(num_words, planted.cols());
  features.targets = Eigen::MatrixXd::Zero(num_words, planted.cols());
  features.has_targets.assign(static_cast<std::size_t>(num_words), 0);
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const int64_t row = header.words[entries[k]];
    features.values.row(row) = planted.row(static_cast<Eigen::Index>(k));
    features.targets.row(row) = standardised.row(static_cast<Eigen::Index>(k));
    features.has_targets[static_cast<std::size_t>(row)] = 1;
  }
  return features;
}

Eigen::MatrixXd unique_features(const Eigen::MatrixXd& standardised,
                                const std::vector<uint8_t>& counts) {
  const auto size = static_cast<int>(standardised.cols());
  const auto words = static_cast<int>(standardised.rows());
  Eigen::MatrixXd counted = standardised;
  for (int word = 0; word < words; ++word)
    counted.row(word) *= counts[static_cast<std::size_t>(word)];
  const auto num_counted =
      static_cast<double>(std::count(counts.begin(), counts.end(), uint8_t{1}));
  Eigen::MatrixXd vectors(size, size);
  cblas_dsyrk(CblasColMajor,
              CblasLower,
              CblasTrans,
              size,
              words,
              1.0 / num_counted,
              counted.data(),
              words,
              0.0,
              vectors.data(),
              size);
  Eigen::VectorXd variances(size);
  const lapack_int status =
      LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', size, vectors.data(), size, variances.data());
  if (status != 0)
    fail(Blame::kProgram,
         "unique features: dsyevd of {} x {} gave {}; 0 is wanted",
         size,
         size,
         status);
  const Eigen::VectorXd inverse_roots = (variances.array() + kUniqueRidge).rsqrt();
  const Eigen::MatrixXd root = vectors * inverse_roots.asDiagonal() * vectors.transpose();
  Eigen::MatrixXd unique(words, size);
  cblas_dgemm(CblasColMajor,
              CblasNoTrans,
              CblasNoTrans,
              words,
              size,
              size,
              1.0,
              standardised.data(),
              words,
              root.data(),
              size,
              0.0,
              unique.data(),
              words);
  for (Eigen::Index feature = 0; feature < unique.cols(); ++feature)
    standardise(unique.col(feature), counts);
  return unique;
}

}  // namespace lockstep
