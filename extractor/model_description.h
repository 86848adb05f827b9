#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizers/tokenizer.h"
#include "models/weights/weights_choice.h"

namespace lockstep {

/// What a checkpoint resolves to, in lines for people: family and how long it took to evaluate,
/// sizes, limits, memory, tokenizer, checksums, keys of config.json that the family does not know,
/// the taps behind transformers' hidden_states, ropes and programs, each kind of block once.
/// Every weight is found and its shape checked; none is read but for the checksum. `weights`: of
/// the model itself, or of an untrained one. Throws Error(kData) with what is wrong.
std::string describe_model(const std::filesystem::path& checkpoint,
                           const std::vector<std::filesystem::path>& families,
                           const WeightsChoice& weights = {});

/// A line for each family and models that it is for, the user's folders first in line for a name.
std::string describe_families(const std::vector<std::filesystem::path>& families);

/// The tokens of a text as JSON: [[id, begin, end], ...] in code points; those of the prefix, as
/// `--bos` says (window_prefix), in front with empty spans.
std::string tokens_json(const Tokenizer& tokenizer, std::string_view utf8, const std::string& bos);

}  // namespace lockstep
