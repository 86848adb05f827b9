#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hdf5_reader.h"
#include "base/hdf5_writer.h"

namespace lockstep {

/// A place in the model: "embedding", "block 12" (the residual stream after block 12, from 1),
/// "final_norm".
struct TapInfo {
  std::string name;
  int64_t block = 0;           ///< 0 for the embedding; number of blocks + 1 for final_norm
  double depth_requested = 0;  ///< as asked for, 0 to 1; NaN if asked for by number
  double depth = 0;            ///< block / number of blocks; 1 for final_norm
  bool operator==(const TapInfo&) const = default;
};

/// A context: how much a model reads up to and with the target, in words, in tokens, or all of the
/// story so far.
struct ContextInfo {
  std::string name;    ///< as on the command line: "50", "128t", "all"
  int64_t words = 0;   ///< 0 if not counted in words
  int64_t tokens = 0;  ///< 0 if not counted in tokens
  bool is_unlimited() const { return words == 0 && tokens == 0; }
  bool operator==(const ContextInfo&) const = default;
};

/// The axes `context` (int64: words; tokens below 0; 0 for all; with context_name) and `tap`
/// (int64: 0, 1, ...; with tap_name, block, depth_requested, depth), as activations.h5, targets.h5,
/// scores.h5 have them.
void write_context_axis(Hdf5Writer& file, const std::vector<ContextInfo>& contexts);
void write_tap_axis(Hdf5Writer& file, const std::vector<TapInfo>& taps);
std::vector<ContextInfo> read_context_axis(const Hdf5Reader& file);
std::vector<TapInfo> read_tap_axis(const Hdf5Reader& file);

/// Who the activations are of: kept through targets.h5 into scores.h5.
struct ModelInfo {
  std::string name;    ///< folder's or file's name: "SmolLM2-135M-Instruct.Q4_1"
  std::string family;  ///< model_type
  int64_t parameters = 0;
  int64_t num_blocks = 0;
  bool trained = true;
  std::string untrained = {};  ///< of what control: "17" (initialised with that seed), "shuffle:17"
  bool operator==(const ModelInfo&) const = default;
};
void write_model_info(Hdf5Writer& file, const ModelInfo& model);
ModelInfo read_model_info(const Hdf5Reader& file);

}  // namespace lockstep
