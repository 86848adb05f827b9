#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_file.h"
#include "models/tokenizers/pattern.h"

namespace lockstep {

// Reading the components of tokenizer.json, whose keys must all be known: a key that a later
// version of the library added may change what the component does.

/// Throws Error(kData) unless `json` is an object.
void expect_object(const JsonAt& json);
/// Throws Error(kData) unless `json` is an object without other keys than these.
void expect_keys(const JsonAt& json, std::initializer_list<std::string_view> known);

/// How deep components may lie in one another: more than any tokenizer has, fewer than any stack
/// holds.
constexpr int kDeepestNesting = 16;
/// Throws Error(kData) if `depth` exceeds that.
void expect_nesting(const JsonAt& json, int depth);

/// The member `type`; throws Error(kData) if there is none.
std::string component_type(const JsonAt& json);
/// Throws "<where>.type: "<name>"; one of <supported> is supported".
[[noreturn]] void refuse_type(const JsonAt& json, std::string_view supported);

/// A member that may be missing or null.
std::optional<std::string> optional_text(const JsonAt& json, std::string_view key);
bool flag_or(const JsonAt& json, std::string_view key, bool missing);

/// {"String": ...} or {"Regex": ...}.
std::unique_ptr<Pattern> read_pattern(const JsonAt& json);
/// "Removed", "Isolated", ...
SplitBehavior read_split_behavior(const JsonAt& json);

}  // namespace lockstep
