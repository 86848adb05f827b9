// Finding matches and splitting at them. The order of events at empty matches and the five split
// behaviours follow the reference implementation (tokenizers 0.23 over the onig crate): an empty
// match right after another match is skipped by one character.
#include "models/tokenizers/pattern.h"

#include <oniguruma.h>

#include <algorithm>

#include "base/error.h"
#include "models/tokenizers/code_points.h"

namespace lockstep {
namespace {

using OnigText = const OnigUChar*;

std::string onig_message(int code) {
  OnigUChar buffer[ONIG_MAX_ERROR_MESSAGE_LEN];
  const int size = onig_error_code_to_str(buffer, code);
  return std::string(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(size));
}

void start_oniguruma() {
  static const int started = [] {
    OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
    return onig_initialize(encodings, 1);
  }();
  if (started != ONIG_NORMAL) fail(Blame::kProgram, "Oniguruma: {}", onig_message(started));
}

struct RegionOwner {
  OnigRegion* region = onig_region_new();
  RegionOwner() = default;
  ~RegionOwner() { onig_region_free(region, 1); }
  RegionOwner(const RegionOwner&) = delete;
  RegionOwner& operator=(const RegionOwner&) = delete;
};

class RegexPattern : public Pattern {
 public:
  RegexPattern(const std::string& expression, const std::string& where) : where_(where) {
    start_oniguruma();
    const OnigText begin = reinterpret_cast<OnigText>(expression.data());
    OnigErrorInfo info;
    const int code = onig_new(&regex_,
                              begin,
                              begin + expression.size(),
                              ONIG_OPTION_NONE,
                              ONIG_ENCODING_UTF8,
                              ONIG_SYNTAX_RUBY,
                              &info);
    if (code != ONIG_NORMAL) {
      OnigUChar buffer[ONIG_MAX_ERROR_MESSAGE_LEN];
      const int size = onig_error_code_to_str(buffer, code, &info);
      fail(Blame::kData,
           "{}: \"{}\": {}; a regular expression in Oniguruma's Ruby syntax is wanted",
           where,
           expression,
           std::string_view(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(size)));
    }
  }
  ~RegexPattern() override { onig_free(regex_); }
  RegexPattern(const RegexPattern&) = delete;
  RegexPattern& operator=(const RegexPattern&) = delete;

  std::vector<Section> sections(std::string_view text) const override {
    std::vector<Section> sections;
    const RegionOwner owner;
    std::size_t covered = 0;
    std::size_t from = 0;
    bool has_matched = false;
    while (from <= text.size() && search(text, from, owner.region)) {
      const auto begin = static_cast<std::size_t>(owner.region->beg[0]);
      const auto end = static_cast<std::size_t>(owner.region->end[0]);
      // \K in a lookbehind moves a match's begin back.
      if (begin < covered || end < begin) {
        fail(Blame::kData,
             "{}: a match at bytes {} to {}, where one from {} on is wanted",
             where_,
             begin,
             end,
             covered);
      }
      if (begin == end && has_matched && end == covered) {
        from += from < text.size() ? code_point_at(text, from).size : 1;
        continue;
      }
      if (covered != begin) sections.push_back({covered, begin, false});
      sections.push_back({begin, end, true});
      covered = from = end;
      has_matched = true;
    }
    if (covered != text.size()) sections.push_back({covered, text.size(), false});
    return sections;
  }

 private:
  bool search(std::string_view text, std::size_t from, OnigRegion* region) const {
    const OnigText begin = reinterpret_cast<OnigText>(text.data());
    const OnigText end = begin + text.size();
    const int found = onig_search(regex_, begin, end, begin + from, end, region, ONIG_OPTION_NONE);
    if (found >= 0) return true;
    if (found == ONIG_MISMATCH) return false;
    fail(Blame::kData,
         "{}: the search in {} bytes of text failed after byte {}: {}",
         where_,
         text.size(),
         from,
         onig_message(found));
  }

  std::string where_;
  regex_t* regex_ = nullptr;
};

class LiteralPattern : public Pattern {
 public:
  explicit LiteralPattern(const std::string& literal) : literal_(literal) {}

  std::vector<Section> sections(std::string_view text) const override {
    std::vector<Section> sections;
    std::size_t covered = 0;
    for (std::size_t at = text.find(literal_); at != std::string_view::npos;
         at = text.find(literal_, covered)) {
      if (covered != at) sections.push_back({covered, at, false});
      covered = at + literal_.size();
      sections.push_back({at, covered, true});
    }
    if (covered != text.size()) sections.push_back({covered, text.size(), false});
    return sections;
  }

 private:
  std::string literal_;
};

class CharacterPattern : public Pattern {
 public:
  explicit CharacterPattern(bool (*is_member)(char32_t)) : is_member_(is_member) {}

  std::vector<Section> sections(std::string_view text) const override {
    std::vector<Section> sections;
    std::size_t covered = 0;
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint character = code_point_at(text, at);
      if (is_member_(character.value)) {
        if (covered != at) sections.push_back({covered, at, false});
        covered = at + character.size;
        sections.push_back({at, covered, true});
      }
      at += character.size;
    }
    if (covered != text.size()) sections.push_back({covered, text.size(), false});
    return sections;
  }

 private:
  bool (*is_member_)(char32_t);
};

std::vector<Section> merged_with_previous(const std::vector<Section>& sections) {
  std::vector<Section> pieces;
  bool after_match = false;
  for (const Section& section : sections) {
    if (section.is_match && !after_match && !pieces.empty()) {
      pieces.back().end = section.end;
    } else {
      pieces.push_back(section);
    }
    after_match = section.is_match;
  }
  return pieces;
}

std::vector<Section> merged_with_next(const std::vector<Section>& sections) {
  std::vector<Section> pieces;
  bool before_match = false;
  for (auto section = sections.rbegin(); section != sections.rend(); ++section) {
    if (section->is_match && !before_match && !pieces.empty()) {
      pieces.back().begin = section->begin;
    } else {
      pieces.push_back(*section);
    }
    before_match = section->is_match;
  }
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

std::vector<Section> contiguous(const std::vector<Section>& sections) {
  std::vector<Section> pieces;
  for (const Section& section : sections) {
    if (!pieces.empty() && pieces.back().is_match == section.is_match) {
      pieces.back().end = section.end;
    } else {
      pieces.push_back(section);
    }
  }
  return pieces;
}

std::vector<Section> arranged(const std::vector<Section>& sections, SplitBehavior behavior) {
  switch (behavior) {
    case SplitBehavior::kMergedWithPrevious:
      return merged_with_previous(sections);
    case SplitBehavior::kMergedWithNext:
      return merged_with_next(sections);
    case SplitBehavior::kContiguous:
      return contiguous(sections);
    case SplitBehavior::kRemoved:
    case SplitBehavior::kIsolated:
      break;
  }
  return sections;
}

}  // namespace

std::unique_ptr<Pattern> regex_pattern(const std::string& expression, const std::string& where) {
  return std::make_unique<RegexPattern>(expression, where);
}

std::unique_ptr<Pattern> literal_pattern(const std::string& literal) {
  if (literal.empty()) return regex_pattern(literal, "empty literal");
  return std::make_unique<LiteralPattern>(literal);
}

std::unique_ptr<Pattern> character_pattern(bool (*is_member)(char32_t)) {
  return std::make_unique<CharacterPattern>(is_member);
}

std::vector<Section> split_at_matches(const std::vector<Section>& sections,
                                      SplitBehavior behavior) {
  std::vector<Section> pieces = arranged(sections, behavior);
  std::erase_if(pieces, [&](const Section& piece) {
    return piece.begin == piece.end || (behavior == SplitBehavior::kRemoved && piece.is_match);
  });
  return pieces;
}

}  // namespace lockstep
