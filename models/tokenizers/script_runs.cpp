#include "models/tokenizers/script_runs.h"

#include <algorithm>
#include <optional>

#include "models/tokenizers/code_points.h"
#include "models/tokenizers/script_table.h"

namespace lockstep {
namespace {

std::optional<uint8_t> script_of(char32_t character) {
  const auto table = script_table();
  const auto behind = std::upper_bound(
      table.begin(), table.end(), character, [](char32_t value, const ScriptRange& range) {
        return value < range.first;
      });
  if (behind == table.begin() || character > std::prev(behind)->last) return std::nullopt;
  return std::prev(behind)->script;
}

}  // namespace

std::vector<Segment> script_runs(std::string_view text) {
  std::vector<Segment> runs;
  std::optional<uint8_t> current;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = code_point_at(text, at);
    const auto script = script_of(character.value);
    if (script && script != current) {
      runs.push_back({at, at, std::nullopt});
      current = script;
    }
    at += character.size;
    if (!runs.empty()) runs.back().end = at;
  }
  return runs;
}

}  // namespace lockstep
