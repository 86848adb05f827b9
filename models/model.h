#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/families/spec.h"
#include "models/weights/binding.h"
#include "models/weights/weights_choice.h"

namespace lockstep {

/// Where hidden states are read.
struct Tap {
  enum class Kind { kEmbedding, kBlock, kFinalNorm };
  Kind kind = Kind::kBlock;
  int block = 0;  ///< from 1, for kBlock: the residual stream after that block
  bool operator==(const Tap&) const = default;
};

/// Windows of tokens one after the other in one matrix: no padding, no masks. Window w has the rows
/// offsets[w] .. offsets[w + 1]; positions start at 0 in each.
struct PackedBatch {
  std::vector<int32_t> ids;
  std::vector<int64_t> offsets;
  std::vector<int64_t> rows;  ///< ascending: the rows whose hidden states are wanted
};

struct ModelOptions {
  std::vector<std::filesystem::path> families;  ///< the user's folders, best first
  int64_t batch_tokens = 1024;                  ///< what the weights are prepacked for
  WeightsChoice weights = {};                   ///< the checkpoint's, or those of a control
};

/// A checkpoint ready to run. Const and shared by workers. A call runs on the calling thread alone,
/// for which it sets at::set_num_threads(1); its values depend on the batch and the back end, not
/// on other threads.
class LanguageModel {
 public:
  virtual ~LanguageModel() = default;

  virtual const ModelSpec& spec() const = 0;
  virtual int64_t num_parameters() const = 0;
  virtual std::string back_end() const = 0;  ///< "onednn prepacked, x86-64-v4", "mkl, baseline"

  /// taps x rows x width, float32. Computes no more than the highest tap needs; in its last block
  /// only `rows`. Throws Error(kData) for a token outside the vocabulary and a window longer than
  /// the model has positions.
  virtual at::Tensor hidden_states(const PackedBatch& batch, std::span<const Tap> taps) const = 0;
  /// rows x vocabulary, float32.
  virtual at::Tensor logits(const PackedBatch& batch) const = 0;
  /// rows x vocabulary, float32, of states (rows x width) that hidden_states() gave after the final
  /// norm: a vocabulary is wide, so that few rows at a time are wise.
  virtual at::Tensor head(const at::Tensor& final_norm) const = 0;
};

/// Loads a checkpoint (a Hugging Face folder, or a GGUF file). `highest` is the highest block that
/// will be asked for: weights above it are checked and not kept; -1 keeps everything, head
/// included.
std::unique_ptr<LanguageModel> load_model(const std::filesystem::path& checkpoint,
                                          const ModelOptions& options,
                                          int highest_block = -1);

/// The same of a checkpoint that is open already (models/weights/open_model.h).
std::unique_ptr<LanguageModel> load_model(const ModelSpec& spec,
                                          const Binding& binding,
                                          const ModelOptions& options,
                                          int highest_block = -1);

}  // namespace lockstep
