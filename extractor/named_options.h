#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/schemas/activations_file.h"
#include "extractor/plan/windows.h"
#include "models/families/spec.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {

// Options as words on the command line; each throws Error(kCommandLine) naming what there is.
Pooling parse_pooling(const std::string& name);         ///< mean, last, first, sum
WindowText parse_window_text(const std::string& name);  ///< slice, string
WordChoice parse_word_choice(const std::string& name);  ///< all, content
FloatStorage parse_storage(const std::string& name);    ///< float32, float16

/// The tokens in front of every window: "auto" what the tokenizer's post-processor puts there, "on"
/// its begin-of-sequence token (refused if it has none), "off" none.
std::vector<int32_t> window_prefix(const std::string& bos, const Tokenizer& tokenizer);

/// kByStart if a token's state depends on nothing behind it: all attention is causal, and no rotary
/// embedding chooses its frequencies by the length of the text.
PassSharing sharing_of(const ModelSpec& spec);

/// Throws Error(kData) for a model that sees the tokens after the one that it is to predict.
void check_predicts(const ModelSpec& spec);

}  // namespace lockstep
