#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/model.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// How large a tap's activations are: the root of the mean square over units and rows.
struct ProbedTap {
  std::string name;
  double rms = 0;            ///< of all rows but the first of each window; NaN without such rows
  double first_row_rms = 0;  ///< of the first rows: attention sinks are thousands of times larger
};

/// How well a model predicts a text.
struct Probe {
  int64_t windows = 0;
  int64_t tokens = 0;  ///< that were predicted
  int64_t bytes = 0;   ///< of the text that they spell, in UTF-8
  double bits = 0;     ///< the sum of -log2 of the probabilities that the model gave them
  double most_bits_per_byte = 0;  ///< what a model that predicts language stays below
  bool is_family_s = false;       ///< the family says so (selfcheck.bits_per_byte_max)
  std::vector<ProbedTap> taps;    ///< embedding, block 1 to block L, final_norm

  double bits_per_byte() const { return bits / static_cast<double>(bytes); }
  double bits_per_token() const { return bits / static_cast<double>(tokens); }
  /// Not if the bits are no number.
  bool predicts_language() const { return bits_per_byte() <= most_bits_per_byte; }
};

/// Where the family says nothing. Trained models of 14 million parameters and more take 0.8 to 1.6
/// bits for a byte of English prose; compressors that know no language 2 to 3; an untrained model
/// log2 of its vocabulary for a token, 3 to 4 for a byte.
constexpr double kMostBitsPerByte = 2.0;

struct ProbeOptions {
  int64_t window_tokens = 256;  ///< or the model's positions if those are fewer
};

/// One pass of `utf8`, cut into windows that do not overlap. What the tokenizer puts in front
/// (`--bos auto`) stands in front of each; without that the first token of a window is not
/// predicted. Throws Error(kData) for a model that sees what comes after a token, or whose windows
/// leave nothing to predict.
Probe probe(const LanguageModel& model,
            const Tokenizer& tokenizer,
            std::string_view utf8,
            const ProbeOptions& options = {});

/// The first 4,000 characters or fewer of a story, up to the end of a word.
std::string probed_passage(const std::string& story);

/// In lines for people, with a sentence that answers: does it predict language?
std::string describe(const Probe& probe, const LanguageModel& model);
/// As one JSON object; what is no number is null.
std::string probe_json(const Probe& probe, const LanguageModel& model);

}  // namespace lockstep
