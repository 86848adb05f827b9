#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "aligner/heard_words.h"
#include "base/schemas/folds_file.h"
#include "base/schemas/tap_axis.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// The longest time from the onset of a context's first word to the end of its target, over the
/// rows that are kept and all contexts, in seconds of the story's audio. A context of n tokens
/// counts as one of n words, which it cannot exceed. Rows without times are left out. Nothing if
/// that leaves nothing.
std::optional<double> longest_context_s(const Words& words,
                                        const std::vector<uint8_t>& keeps,
                                        const std::vector<ContextInfo>& contexts);

/// Which folds train on which words (word x fold, 1 = trains). A fold does not train on the words
/// it tests, nor on a word whose onset is closer than `embargo_s` to the onset of one of them in
/// the same recording.
std::vector<uint8_t> training_marks(std::span<const HeardWord> words,
                                    const FoldPlan& folds,
                                    double embargo_s);

}  // namespace lockstep
