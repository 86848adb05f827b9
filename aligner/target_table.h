#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "base/schemas/activations_file.h"
#include "base/schemas/targets_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// The targets of all words, contexts and taps, read from the file when they are asked for: the
/// components of targets.h5, or the units of activations.h5 as they are.
class TargetTable {
 public:
  /// `contexts` are names of contexts of the file, or "all". Throws Error(kData) if the file is of
  /// other words, Error(kCommandLine) if it has no such context.
  TargetTable(const std::filesystem::path& file, const Words& words, const std::string& contexts);

  /// Of activations.h5: `num_components` are the units, without a fit.
  const TargetsHeader& header() const { return header_; }
  int64_t num_contexts() const { return std::ssize(header_.contexts); }
  int64_t num_taps() const { return std::ssize(header_.taps); }
  /// taps x components: columns of one context.
  int64_t columns_per_context() const { return num_taps() * header_.num_components; }
  /// 1, or the number of folds with --fit train.
  int64_t num_fits() const { return std::max<int64_t>(header_.num_folds, 1); }

  /// By row of words.tsv: 1 if the file has the word.
  std::vector<uint8_t> has_word() const;
  /// By row of words.tsv: 1 if every value of the context is finite in every fit.
  std::vector<uint8_t> available(int64_t context) const;

  /// rows x components of one tap, float64. `rows` are rows of words.tsv that the file has. Not
  /// thread-safe.
  Eigen::MatrixXd values(int64_t fit,
                         int64_t context,
                         int64_t tap,
                         std::span<const int64_t> rows) const;
  /// context x tap: the share of the variance that the components hold, mean over fits; NaN where
  /// unknown.
  std::vector<double> explained() const { return explained_; }

 private:
  void open(const std::filesystem::path& file);
  std::vector<float> read(int64_t fit, int64_t context, int64_t tap) const;
  void explain();

  std::optional<TargetsFile> reduced_;  // one of the two
  std::optional<ActivationsFile> full_;
  TargetsHeader header_;
  std::vector<std::size_t> chosen_;  // by context of the header: context of the file
  std::vector<int64_t> position_;    // by row of words.tsv: index in the file, -1 if absent
  std::vector<double> explained_;
};

/// How each column is standardised: over the words that are analysed anywhere, population standard
/// deviation. Neither alphas nor r depend on it; sums over components do.
struct TargetScale {
  Eigen::RowVectorXd mean;
  Eigen::RowVectorXd inverse_deviation;  ///< 1 for a constant column
  int64_t num_constant = 0;              ///< columns without variance
  std::vector<uint8_t> outlier;          ///< by word: beyond 5 standard deviations on some column

  Eigen::MatrixXd apply(Eigen::MatrixXd values) const;
};

TargetScale scale_targets(const Eigen::MatrixXd& values);

}  // namespace lockstep
