#include "stimuli/match_units.h"

#include "stimuli/characters.h"
#include "stimuli/written_words.h"

namespace lockstep {
namespace {

MatchUnit unit_of(std::u32string_view text, CharSpan part, std::size_t word) {
  MatchUnit unit;
  unit.span = part;
  unit.word = word;
  for (int64_t at = part.begin; at < part.end; ++at) {
    const char32_t c = text[static_cast<std::size_t>(at)];
    if (is_combining(c) && !unit.of_key.empty()) {
      unit.of_key.back().end = at + 1;
      continue;
    }
    append_match_key(c, unit.key);
    unit.of_key.resize(unit.key.size(), {at, at + 1});
  }
  if (unit.key.empty()) {
    unit.key = text.substr(static_cast<std::size_t>(part.begin),
                           static_cast<std::size_t>(part.end - part.begin));
    for (int64_t at = part.begin; at < part.end; ++at) unit.of_key.push_back({at, at + 1});
  }
  unit.readings = spoken_readings(text, part);
  return unit;
}

}  // namespace

std::vector<MatchUnit> units_of_text(std::u32string_view text) {
  std::vector<MatchUnit> units;
  const auto words = written_words(text);
  for (std::size_t word = 0; word < words.size(); ++word) {
    for (const CharSpan part : word_parts(text, words[word]))
      units.push_back(unit_of(text, part, word));
  }
  return units;
}

std::vector<MatchUnit> units_of_words(std::span<const std::u32string> words) {
  std::vector<MatchUnit> units;
  for (std::size_t word = 0; word < words.size(); ++word) {
    const CharSpan whole = {0, static_cast<int64_t>(words[word].size())};
    for (const CharSpan part : word_parts(words[word], whole))
      units.push_back(unit_of(words[word], part, word));
  }
  return units;
}

}  // namespace lockstep
