#include "stimuli/text_matching.h"

#include <algorithm>

#include "stimuli/unit_alignment.h"

namespace lockstep {
namespace {

/// What became of a spoken unit.
struct UnitMatch {
  MatchKind kind = MatchKind::kNone;
  CharSpan span;  // empty with kNone and kSilent
};

/// The letters of several written units taken together: spoken units take theirs in order.
void share_letters(std::span<const MatchUnit> written,
                   std::span<const MatchUnit> spoken,
                   std::span<UnitMatch> matches) {
  std::vector<CharSpan> letters;
  for (const MatchUnit& unit : written) {
    const std::size_t first = letters.size();
    letters.insert(letters.end(), unit.of_key.begin(), unit.of_key.end());
    letters[first].begin = unit.span.begin;
    letters.back().end = unit.span.end;
  }
  std::size_t at = 0;
  for (std::size_t k = 0; k < spoken.size(); ++k) {
    const std::size_t size = spoken[k].key.size();
    matches[k] = {MatchKind::kJoined, {letters[at].begin, letters[at + size - 1].end}};
    at += size;
  }
}

std::vector<UnitMatch> matches_of_units(std::span<const MatchUnit> written,
                                        std::span<const MatchUnit> spoken,
                                        std::span<const UnitLink> links) {
  std::vector<UnitMatch> matches(spoken.size());
  for (const UnitLink& link : links) {
    const MatchUnit& first = written[link.written];
    const CharSpan whole = {first.span.begin,
                            written[link.written + link.num_written - 1].span.end};
    switch (link.kind) {
      case LinkKind::kSame:
        matches[link.spoken] = {MatchKind::kSame, whole};
        break;
      case LinkKind::kSpelling:
        matches[link.spoken] = {MatchKind::kSpelling, whole};
        break;
      case LinkKind::kSpokenReading:
        matches[link.spoken] = {MatchKind::kReading, whole};
        break;
      case LinkKind::kWrittenReading:
        for (std::size_t k = 0; k < link.num_spoken; ++k) {
          const CharSpan span = first.readings[link.reading][k].span;
          matches[link.spoken + k] = {
              span.begin < span.end ? MatchKind::kReading : MatchKind::kSilent, span};
        }
        break;
      case LinkKind::kJoined:
        share_letters(written.subspan(link.written, link.num_written),
                      spoken.subspan(link.spoken, link.num_spoken),
                      std::span(matches).subspan(link.spoken, link.num_spoken));
        break;
      case LinkKind::kUnlike:
        break;
    }
  }
  return matches;
}

/// A word of what became of its parts.
WordMatch of_parts(std::span<const UnitMatch> parts) {
  WordMatch word;
  if (parts.empty()) return word;
  const auto is_missing = [](const UnitMatch& part) { return part.kind == MatchKind::kNone; };
  const auto num_missing =
      static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), is_missing));
  if (num_missing == parts.size()) return word;
  word.kind = MatchKind::kSame;
  for (const UnitMatch& part : parts) {
    if (is_missing(part) || part.kind == MatchKind::kSilent) continue;
    word.kind = std::max(word.kind, part.kind);
    word.span = CharSpan{word.span ? word.span->begin : part.span.begin, part.span.end};
  }
  if (num_missing > 0) word.kind = MatchKind::kPartly;
  if (!word.span) word.kind = MatchKind::kSilent;
  return word;
}

std::vector<UnspokenText> unspoken_text(std::span<const MatchUnit> written,
                                        std::span<const UnitLink> links) {
  std::vector<bool> is_spoken(written.size(), false);
  for (const UnitLink& link : links) {
    if (link.kind == LinkKind::kUnlike) continue;
    for (std::size_t k = 0; k < link.num_written; ++k) is_spoken[link.written + k] = true;
  }
  std::vector<UnspokenText> unspoken;
  for (std::size_t unit = 0; unit < written.size(); ++unit) {
    if (is_spoken[unit]) continue;
    if (unit == 0 || is_spoken[unit - 1]) unspoken.push_back({written[unit].span, 0});
    unspoken.back().span.end = written[unit].span.end;
    ++unspoken.back().num_parts;
  }
  return unspoken;
}

}  // namespace

TextMatching match_words(std::u32string_view text, std::span<const std::u32string> spoken_words) {
  const std::vector<MatchUnit> written = units_of_text(text);
  const std::vector<MatchUnit> spoken = units_of_words(spoken_words);
  const std::vector<UnitLink> links = align_units(written, spoken);
  const std::vector<UnitMatch> matches = matches_of_units(written, spoken, links);

  TextMatching matching;
  matching.words.resize(spoken_words.size());
  for (std::size_t begin = 0; begin < spoken.size();) {
    std::size_t end = begin + 1;
    while (end < spoken.size() && spoken[end].word == spoken[begin].word) ++end;
    matching.words[spoken[begin].word] = of_parts(std::span(matches).subspan(begin, end - begin));
    begin = end;
  }
  int64_t last_end = 0;  // letters of one ligature may belong to two words: the first has it
  for (WordMatch& word : matching.words) {
    if (!word.span) continue;
    word.span->begin = std::max(word.span->begin, last_end);
    if (word.span->begin >= word.span->end) word = {MatchKind::kSilent, std::nullopt};
    if (word.span) last_end = word.span->end;
  }
  matching.unspoken = unspoken_text(written, links);
  return matching;
}

}  // namespace lockstep
