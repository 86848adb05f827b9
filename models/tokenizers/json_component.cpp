#include "models/tokenizers/json_component.h"

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace lockstep {

void expect_object(const JsonAt& json) {
  if (!json.value().is_object()) json.refuse("an object");
}

void expect_keys(const JsonAt& json, std::initializer_list<std::string_view> known) {
  expect_object(json);
  for (const auto& member : json.value().items()) {
    if (std::find(known.begin(), known.end(), member.key()) == known.end()) {
      fail(Blame::kData,
           "{}: unknown key \"{}\"; known are {}",
           json.where(),
           member.key(),
           join(std::vector<std::string_view>(known), ", "));
    }
  }
}

void expect_nesting(const JsonAt& json, int depth) {
  if (depth > kDeepestNesting) {
    fail(Blame::kData,
         "{}: nested {} deep; at most {} is wanted",
         json.where(),
         depth,
         kDeepestNesting);
  }
}

std::string component_type(const JsonAt& json) {
  expect_object(json);
  return json["type"].text();
}

void refuse_type(const JsonAt& json, std::string_view supported) {
  const JsonAt type = json["type"];
  fail(Blame::kData, "{}: \"{}\"; one of {} is supported", type.where(), type.text(), supported);
}

std::optional<std::string> optional_text(const JsonAt& json, std::string_view key) {
  if (!json.has(key) || json[key].is_null()) return std::nullopt;
  return json[key].text();
}

bool flag_or(const JsonAt& json, std::string_view key, bool missing) {
  return json.has(key) ? json[key].boolean() : missing;
}

std::unique_ptr<Pattern> read_pattern(const JsonAt& json) {
  expect_keys(json, {"String", "Regex"});
  if (json.value().size() != 1) json.refuse("either String or Regex");
  if (json.has("String")) return literal_pattern(json["String"].text());
  return regex_pattern(json["Regex"].text(), json["Regex"].where());
}

SplitBehavior read_split_behavior(const JsonAt& json) {
  const std::string name = json.text();
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  if (name == "Contiguous") return SplitBehavior::kContiguous;
  json.refuse("one of Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
}

}  // namespace lockstep
