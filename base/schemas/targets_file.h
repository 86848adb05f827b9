#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/hdf5_reader.h"
#include "base/provenance.h"
#include "base/schemas/tap_axis.h"

namespace lockstep {

/// Everything in targets.h5 but the targets and the basis.
struct TargetsHeader {
  ModelInfo
      model;  ///< of the activations; name "random vectors" and the like for other target sets
  std::vector<ContextInfo> contexts;
  std::vector<TapInfo> taps;
  std::vector<int64_t> words;  ///< rows of words.tsv, ascending
  int64_t num_components = 0;
  int64_t num_units = 0;          ///< width before reduction; 0 if there is no basis
  int64_t num_folds = 0;          ///< 0: one fit for all; else a leading `fold` axis (--fit train)
  std::string fit = "analysed";   ///< analysed, all, train, none
  std::vector<uint8_t> fit_word;  ///< [fold x] word: 1 if the fit saw the word
  std::string words_sha256;
  std::string folds_sha256;  ///< of the fold plan of --fit train; else empty
  Provenance provenance;
};

/// One fit: a (fold, context, tap).
struct TargetsFit {
  std::vector<float> targets;              ///< word x component; NaN where not available
  std::vector<float> mean;                 ///< unit
  std::vector<float> basis;                ///< component x unit
  std::vector<double> explained_variance;  ///< component, as a share of the total variance
};

/// Layout: [fold,] context, tap, then word x component (targets), unit (mean), component x unit
/// (basis), component (explained_variance, "1"). Written whole at once. `fits` are in the order
/// fold, context, tap.
void write_targets(const std::filesystem::path& file,
                   const TargetsHeader& header,
                   const std::vector<TargetsFit>& fits);

class TargetsFile {
 public:
  explicit TargetsFile(const std::filesystem::path& file);
  const TargetsHeader& header() const { return header_; }
  /// word x component. `fold` is ignored where the file has no fold axis.
  std::vector<float> read(std::size_t fold, std::size_t context, std::size_t tap) const;
  /// component; shares of the total variance.
  std::vector<double> explained_variance(std::size_t fold,
                                         std::size_t context,
                                         std::size_t tap) const;

 private:
  Hdf5Reader file_;
  TargetsHeader header_;
};

}  // namespace lockstep
