#include "aligner/target_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <sstream>

#include "base/error.h"

namespace lockstep {
namespace {

/// The indices in the file of the contexts named in `wanted`, in the order of the file.
std::vector<std::size_t> chosen_contexts(const std::filesystem::path& file,
                                         const std::vector<ContextInfo>& contexts,
                                         const std::string& wanted) {
  std::set<std::string> names;
  std::istringstream list(wanted);
  for (std::string name; std::getline(list, name, ',');) names.insert(name);
  std::vector<std::size_t> chosen;
  std::vector<std::string> known;
  for (std::size_t context = 0; context < contexts.size(); ++context) {
    known.push_back(contexts[context].name);
    if (wanted == "all" || names.erase(known.back()) > 0) chosen.push_back(context);
  }
  if (wanted != "all" && (!names.empty() || chosen.empty())) {
    fail(Blame::kCommandLine,
         "--context: {} has no context {}; there are {}",
         file,
         names.empty() ? "\"\"" : *names.begin(),
         join(known, ", "));
  }
  return chosen;
}

TargetsHeader as_targets(const ActivationsHeader& activations) {
  TargetsHeader header;
  header.model = activations.model;
  header.contexts = activations.contexts;
  header.taps = activations.taps;
  header.words = activations.words;
  header.num_components = activations.num_units;
  header.fit = "none";
  header.words_sha256 = activations.words_sha256;
  header.provenance = activations.provenance;
  return header;
}

}  // namespace

void TargetTable::open(const std::filesystem::path& file) {
  if (Hdf5Reader(file).has("activations")) {
    full_.emplace(file);
    header_ = as_targets(full_->header());
  } else {
    reduced_.emplace(file);
    header_ = reduced_->header();
  }
}

TargetTable::TargetTable(const std::filesystem::path& file,
                         const Words& words,
                         const std::string& contexts) {
  open(file);
  chosen_ = chosen_contexts(file, header_.contexts, contexts);
  std::vector<ContextInfo> all = std::move(header_.contexts);
  header_.contexts.clear();
  for (const auto context : chosen_) header_.contexts.push_back(all[context]);
  if (header_.words_sha256 != words.sha256) {
    fail(Blame::kData,
         "{}: made of the words {}; wanted {}, those of --stimuli",
         file,
         header_.words_sha256.substr(0, 12),
         words.sha256.substr(0, 12));
  }
  position_.assign(words.rows.size(), -1);
  for (std::size_t i = 0; i < header_.words.size(); ++i) {
    const int64_t row = header_.words[i];
    if (row < 0 || row >= std::ssize(words.rows)) {
      fail(Blame::kData,
           "{}: word {}; the words have rows 0 to {}",
           file,
           row,
           words.rows.size() - 1);
    }
    position_[static_cast<std::size_t>(row)] = static_cast<int64_t>(i);
  }
  explain();
}

void TargetTable::explain() {
  const bool known = reduced_ && header_.num_units > 0;
  explained_.assign(static_cast<std::size_t>(num_contexts() * num_taps()),
                    known ? 0.0 : std::numeric_limits<double>::quiet_NaN());
  if (!known) return;
  for (int64_t fit = 0; fit < num_fits(); ++fit) {
    for (int64_t place = 0; place < std::ssize(explained_); ++place) {
      const auto shares =
          reduced_->explained_variance(static_cast<std::size_t>(fit),
                                       chosen_[static_cast<std::size_t>(place / num_taps())],
                                       static_cast<std::size_t>(place % num_taps()));
      explained_[static_cast<std::size_t>(place)] +=
          std::accumulate(shares.begin(), shares.end(), 0.0) / static_cast<double>(num_fits());
    }
  }
}

std::vector<float> TargetTable::read(int64_t fit, int64_t context, int64_t tap) const {
  const auto c = chosen_[static_cast<std::size_t>(context)];
  const auto t = static_cast<std::size_t>(tap);
  return full_ ? full_->read(c, t) : reduced_->read(static_cast<std::size_t>(fit), c, t);
}

std::vector<uint8_t> TargetTable::has_word() const {
  std::vector<uint8_t> marks;
  for (const int64_t position : position_) marks.push_back(position >= 0 ? 1 : 0);
  return marks;
}

std::vector<uint8_t> TargetTable::available(int64_t context) const {
  std::vector<uint8_t> marks = has_word();
  for (int64_t fit = 0; fit < num_fits(); ++fit) {
    for (int64_t tap = 0; tap < num_taps(); ++tap) {
      const auto values = read(fit, context, tap);
      for (std::size_t row = 0; row < marks.size(); ++row) {
        if (marks[row] == 0) continue;
        const auto begin = values.begin() + position_[row] * header_.num_components;
        const bool finite = std::all_of(begin, begin + header_.num_components, [](float value) {
          return std::isfinite(value);
        });
        if (!finite) marks[row] = 0;
      }
    }
  }
  return marks;
}

Eigen::MatrixXd TargetTable::values(int64_t fit,
                                    int64_t context,
                                    int64_t tap,
                                    std::span<const int64_t> rows) const {
  const int64_t width = header_.num_components;
  const auto all = read(fit, context, tap);
  Eigen::MatrixXd some(std::ssize(rows), width);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const int64_t position = position_[static_cast<std::size_t>(rows[i])];
    const float* word = all.data() + position * width;
    for (int64_t component = 0; component < width; ++component) {
      some(static_cast<Eigen::Index>(i), component) = static_cast<double>(word[component]);
    }
  }
  return some;
}

Eigen::MatrixXd TargetScale::apply(Eigen::MatrixXd values) const {
  values.rowwise() -= mean;
  values.array().rowwise() *= inverse_deviation.array();
  return values;
}

TargetScale scale_targets(const Eigen::MatrixXd& values) {
  constexpr double kFarOut = 5;
  TargetScale scale;
  scale.mean = values.colwise().mean();
  const auto n = static_cast<double>(values.rows());
  scale.inverse_deviation = Eigen::RowVectorXd::Ones(values.cols());
  scale.outlier.assign(static_cast<std::size_t>(values.rows()), 0);
  for (Eigen::Index column = 0; column < values.cols(); ++column) {
    const Eigen::ArrayXd centred = values.col(column).array() - scale.mean[column];
    const double deviation = std::sqrt(centred.square().sum() / n);
    const double rounding = 1e-12 * values.col(column).cwiseAbs().maxCoeff();
    if (deviation <= rounding) {
      ++scale.num_constant;
      continue;
    }
    scale.inverse_deviation[column] = 1 / deviation;
    for (Eigen::Index row = 0; row < values.rows(); ++row) {
      if (std::abs(centred[row]) > kFarOut * deviation) {
        scale.outlier[static_cast<std::size_t>(row)] = 1;
      }
    }
  }
  return scale;
}

}  // namespace lockstep
