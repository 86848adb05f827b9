#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "extractor/plan/parts.h"
#include "extractor/plan/windows.h"
#include "models/families/spec.h"
#include "models/weights/binding.h"

namespace lockstep {

/// What a token costs in one block.
struct BlockCost {
  int64_t matrix_parameters = 0;  ///< elements of weights that multiply every token
  int64_t attention_width =
      0;  ///< heads x (query width + value width), for the scores and the mixing
};

/// The blocks that a pass up to block `highest` runs through, the first first.
std::vector<BlockCost> block_costs(const ModelSpec& spec, const Binding& binding, int64_t highest);

/// What a plan takes, before anything has been computed.
struct ExtractionCost {
  int64_t words = 0;
  int64_t values = 0;   ///< (word, context) pairs that have a value
  int64_t windows = 0;  ///< passes, those of equal tokens in one part counted once
  int64_t tokens = 0;   ///< prefixes included
  double flop =
      0;  ///< of matrices and attention, to the highest tap; multiplications and additions
  int64_t plain_windows = 0;  ///< one pass for each value
  int64_t plain_tokens = 0;
  int64_t file_bytes = 0;    ///< of the activations
  int64_t weight_bytes = 0;  ///< of the blocks that are run, and of the embedding
  int64_t worker_bytes = 0;  ///< of one worker: its widest part and that part's values

  /// How many times more tokens one pass for each value would take.
  double saving() const { return static_cast<double>(plain_tokens) / static_cast<double>(tokens); }
};

struct CostOptions {
  int64_t num_taps = 1;
  int64_t num_contexts = 1;
  int64_t highest_block = 1;
  int64_t value_bytes = sizeof(float);  ///< in the file
  bool predicts = false;                ///< the head too, before and after each token of a word
};

ExtractionCost plan_cost(const WindowPlan& plan,
                         const std::vector<PlannedPart>& parts,
                         const ModelSpec& spec,
                         const Binding& binding,
                         const CostOptions& options);

/// "1.2 GB": two digits or more, in powers of 1,000.
std::string bytes_text(int64_t bytes);

/// Operations of a window of `tokens` tokens: 2 a matrix element and token; for each of the causal
/// pairs of tokens (a token sees itself and those before it) 2 an element of the attention's width.
double window_flop(int64_t tokens, const std::vector<BlockCost>& blocks);

/// The cost in lines for people. `flop_per_s` is the machine's rate over all workers; no time is
/// given if it is 0.
std::string describe(const ExtractionCost& cost, int workers, double flop_per_s);

}  // namespace lockstep
