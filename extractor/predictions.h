#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/model.h"

namespace lockstep {

/// A word's tokens, each with the state that predicts it.
struct PredictedWord {
  std::vector<int32_t> ids;
  std::vector<int64_t> rows;  ///< of each: the row of the states before it; -1 if nothing is
  int64_t last_row = 0;       ///< of its last token
};

/// How a model expected a word. NaN where nothing stands before its first token.
struct WordPrediction {
  float surprisal = 0;  ///< bits: sum over its tokens of -log2 of their probabilities
  /// The same of the word with its end, given that the word before has ended (Pimentel and Meister
  /// 2024, "How to Compute the Probability of a Word", theorem 2): the sum over word_boundaries()
  /// of what may follow its last token is multiplied in, that of what may follow the token before
  /// its first divided out, unless its first token is no such token itself. NaN if the boundaries
  /// are not known.
  float corrected = 0;
  float entropy = 0;  ///< bits: of the distribution that its first token was drawn from
  float rank = 0;     ///< of its first token in that distribution: 1 if none is more probable
};

/// `final_norm` is rows x width, float32. Logits are float32, everything after them float64; few
/// rows at a time.
std::vector<WordPrediction> predict_words(const LanguageModel& model,
                                          const at::Tensor& final_norm,
                                          std::span<const PredictedWord> words,
                                          const std::optional<std::vector<uint8_t>>& boundaries);

}  // namespace lockstep
