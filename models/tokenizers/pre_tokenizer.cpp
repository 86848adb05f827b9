// The pre-tokenizers of tokenizer.json (tokenizers/src/pre_tokenizers of tokenizers 0.23).
#include "models/tokenizers/pre_tokenizer.h"

#include <utility>

#include "base/error.h"
#include "base/utf8.h"
#include "models/tokenizers/byte_alphabet.h"
#include "models/tokenizers/code_points.h"
#include "models/tokenizers/json_component.h"
#include "models/tokenizers/script_runs.h"

namespace lockstep {

const char* const kGpt2Expression =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

namespace {

std::vector<Segment> as_segments(const std::vector<Section>& pieces) {
  std::vector<Segment> segments;
  segments.reserve(pieces.size());
  for (const Section& piece : pieces) segments.push_back({piece.begin, piece.end, std::nullopt});
  return segments;
}

class InOrder : public PreTokenizer {
 public:
  explicit InOrder(std::vector<std::unique_ptr<PreTokenizer>> steps) : steps_(std::move(steps)) {}
  SegmentedText apply(SegmentedText text) const override {
    for (const auto& step : steps_) text = step->apply(std::move(text));
    return text;
  }

 private:
  std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

enum class SplitAt { kMatches, kRest };

class Split : public PreTokenizer {
 public:
  Split(std::unique_ptr<Pattern> pattern, SplitBehavior behavior, SplitAt at = SplitAt::kMatches)
      : pattern_(std::move(pattern)), behavior_(behavior), at_(at) {}
  SegmentedText apply(SegmentedText text) const override {
    text.split([&](std::string_view segment) {
      std::vector<Section> sections = pattern_->sections(segment);
      if (at_ == SplitAt::kRest) {
        for (Section& section : sections) section.is_match = !section.is_match;
      }
      return as_segments(split_at_matches(sections, behavior_));
    });
    return text;
  }

 private:
  std::unique_ptr<Pattern> pattern_;
  SplitBehavior behavior_;
  SplitAt at_;
};

class ByteLetters : public PreTokenizer {
 public:
  SegmentedText apply(SegmentedText text) const override {
    text.rewrite([](AlignedText part) { return in_byte_alphabet(part); });
    return text;
  }
};

class PrefixSpace : public PreTokenizer {
 public:
  SegmentedText apply(SegmentedText text) const override {
    text.rewrite([](AlignedText part) {
      if (!part.text().starts_with(' ')) part.prepend(" ");
      return part;
    });
    return text;
  }
};

enum class PrependScheme { kAlways, kFirst, kNever };

// Spaces become the replacement, which may also be put in front.
class Metaspace : public PreTokenizer {
 public:
  Metaspace(std::string replacement, PrependScheme scheme)
      : replacement_(std::move(replacement)), scheme_(scheme) {}
  SegmentedText apply(SegmentedText text) const override {
    const auto space = literal_pattern(" ");
    text.rewrite([&](AlignedText part) {
      // The library's test for "first" is that the segment begins with the original text.
      const bool is_first = part.spans().front().begin == 0;
      part.replace(*space, replacement_);
      const bool is_wanted =
          scheme_ == PrependScheme::kAlways || (scheme_ == PrependScheme::kFirst && is_first);
      if (is_wanted && !part.text().starts_with(replacement_)) part.prepend(replacement_);
      return part;
    });
    return text;
  }

 private:
  std::string replacement_;
  PrependScheme scheme_;
};

// Runs of word characters, and runs of what is neither word nor space: \w+|[^\w\s]+.
class WordRuns : public PreTokenizer {
 public:
  SegmentedText apply(SegmentedText text) const override {
    text.split([](std::string_view segment) {
      std::vector<Segment> runs;
      Kind previous = Kind::kSpace;
      for (std::size_t at = 0; at < segment.size();) {
        const CodePoint character = code_point_at(segment, at);
        const Kind kind = kind_of(character.value);
        if (kind != previous) runs.push_back({at, at, std::nullopt});
        if (kind != Kind::kSpace) runs.back().end = at + character.size;
        previous = kind;
        at += character.size;
      }
      return runs;
    });
    return text;
  }

 private:
  enum class Kind { kSpace, kWord, kSymbol };
  static Kind kind_of(char32_t character) {
    if (is_word(character)) return Kind::kWord;
    return is_whitespace(character) ? Kind::kSpace : Kind::kSymbol;
  }
};

class ScriptRuns : public PreTokenizer {
 public:
  SegmentedText apply(SegmentedText text) const override {
    text.split(script_runs);
    return text;
  }
};

// Pieces of `length` characters, the last of what is left.
class FixedLength : public PreTokenizer {
 public:
  explicit FixedLength(int64_t length) : length_(length) {}
  SegmentedText apply(SegmentedText text) const override {
    text.split([&](std::string_view segment) {
      std::vector<Segment> pieces;
      int64_t count = 0;
      for (std::size_t at = 0; at < segment.size(); ++count) {
        if (count % length_ == 0) pieces.push_back({at, at, std::nullopt});
        at += code_point_at(segment, at).size;
        pieces.back().end = at;
      }
      return pieces;
    });
    return text;
  }

 private:
  int64_t length_;
};

using Steps = std::vector<std::unique_ptr<PreTokenizer>>;

std::unique_ptr<PreTokenizer> in_order(Steps steps) {
  return std::make_unique<InOrder>(std::move(steps));
}

std::unique_ptr<PreTokenizer> isolate(std::unique_ptr<Pattern> pattern) {
  return std::make_unique<Split>(std::move(pattern), SplitBehavior::kIsolated);
}

std::unique_ptr<PreTokenizer> read_nested(const JsonAt& json, int depth);

std::unique_ptr<PreTokenizer> read_sequence(const JsonAt& json, int depth) {
  expect_keys(json, {"type", "pretokenizers"});
  Steps steps;
  for (std::size_t i = 0; i < json["pretokenizers"].size(); ++i) {
    steps.push_back(read_nested(json["pretokenizers"].at(i), depth + 1));
  }
  return in_order(std::move(steps));
}

std::unique_ptr<PreTokenizer> read_split(const JsonAt& json) {
  expect_keys(json, {"type", "pattern", "behavior", "invert"});
  const SplitAt at = flag_or(json, "invert", false) ? SplitAt::kRest : SplitAt::kMatches;
  return std::make_unique<Split>(
      read_pattern(json["pattern"]), read_split_behavior(json["behavior"]), at);
}

// trim_offsets is of no account: spans stay untrimmed, and ids do not depend on it.
std::unique_ptr<PreTokenizer> read_byte_level(const JsonAt& json) {
  expect_keys(json, {"type", "add_prefix_space", "trim_offsets", "use_regex"});
  Steps steps;
  if (json["add_prefix_space"].boolean()) steps.push_back(std::make_unique<PrefixSpace>());
  if (flag_or(json, "use_regex", true)) {
    steps.push_back(isolate(regex_pattern(kGpt2Expression, json.where())));
  }
  steps.push_back(std::make_unique<ByteLetters>());
  return in_order(std::move(steps));
}

PrependScheme named_scheme(const JsonAt& scheme) {
  const std::string name = scheme.text();
  if (name == "always") return PrependScheme::kAlways;
  if (name == "first") return PrependScheme::kFirst;
  if (name == "never") return PrependScheme::kNever;
  scheme.refuse("one of always, first, never");
}

// Old files say add_prefix_space alone; beside a scheme it may not contradict it.
PrependScheme read_prepend_scheme(const JsonAt& json) {
  const bool adds_space = flag_or(json, "add_prefix_space", true);
  if (!json.has("prepend_scheme")) {
    return adds_space ? PrependScheme::kAlways : PrependScheme::kNever;
  }
  const PrependScheme scheme = named_scheme(json["prepend_scheme"]);
  if (!adds_space && scheme != PrependScheme::kNever) {
    json["prepend_scheme"].refuse("never, beside add_prefix_space false,");
  }
  return scheme;
}

std::string one_character(const JsonAt& json) {
  const std::string character = json.text();
  if (from_utf8(character, json.where()).size() != 1) json.refuse("one character");
  return character;
}

std::unique_ptr<PreTokenizer> read_metaspace(const JsonAt& json) {
  expect_keys(json,
              {"type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split"});
  const std::string replacement = one_character(json["replacement"]);
  Steps steps;
  steps.push_back(std::make_unique<Metaspace>(replacement, read_prepend_scheme(json)));
  if (flag_or(json, "split", true)) {
    steps.push_back(
        std::make_unique<Split>(literal_pattern(replacement), SplitBehavior::kMergedWithNext));
  }
  return in_order(std::move(steps));
}

std::unique_ptr<PreTokenizer> read_digits(const JsonAt& json) {
  expect_keys(json, {"type", "individual_digits"});
  return std::make_unique<Split>(
      character_pattern(is_numeric),
      json["individual_digits"].boolean() ? SplitBehavior::kIsolated : SplitBehavior::kContiguous);
}

std::unique_ptr<PreTokenizer> read_punctuation(const JsonAt& json) {
  expect_keys(json, {"type", "behavior"});
  return std::make_unique<Split>(
      character_pattern(is_punctuation),
      json.has("behavior") ? read_split_behavior(json["behavior"]) : SplitBehavior::kIsolated);
}

std::unique_ptr<PreTokenizer> read_delimiter(const JsonAt& json) {
  expect_keys(json, {"type", "delimiter"});
  return std::make_unique<Split>(literal_pattern(one_character(json["delimiter"])),
                                 SplitBehavior::kRemoved);
}

std::unique_ptr<PreTokenizer> read_fixed_length(const JsonAt& json) {
  expect_keys(json, {"type", "length"});
  const int64_t length = json.has("length") ? json["length"].integer() : 5;
  if (length < 1) json["length"].refuse("a number of characters from 1 on");
  return std::make_unique<FixedLength>(length);
}

std::unique_ptr<PreTokenizer> split_at_whitespace() {
  return std::make_unique<Split>(character_pattern(is_whitespace), SplitBehavior::kRemoved);
}

std::unique_ptr<PreTokenizer> bert_words() {
  Steps steps;
  steps.push_back(split_at_whitespace());
  steps.push_back(isolate(character_pattern(is_punctuation)));
  return in_order(std::move(steps));
}

// Types without parameters; null if `type` is none of them.
std::unique_ptr<PreTokenizer> plain_pre_tokenizer(const std::string& type) {
  if (type == "Whitespace") return std::make_unique<WordRuns>();
  if (type == "WhitespaceSplit") return split_at_whitespace();
  if (type == "BertPreTokenizer") return bert_words();
  if (type == "UnicodeScripts") return std::make_unique<ScriptRuns>();
  return nullptr;
}

std::unique_ptr<PreTokenizer> read_nested(const JsonAt& json, int depth) {
  expect_nesting(json, depth);
  if (json.is_null()) return whole_text();
  const std::string type = component_type(json);
  if (auto plain = plain_pre_tokenizer(type)) {
    expect_keys(json, {"type"});
    return plain;
  }
  if (type == "Sequence") return read_sequence(json, depth);
  if (type == "Split") return read_split(json);
  if (type == "ByteLevel") return read_byte_level(json);
  if (type == "Metaspace") return read_metaspace(json);
  if (type == "Digits") return read_digits(json);
  if (type == "Punctuation") return read_punctuation(json);
  if (type == "CharDelimiterSplit") return read_delimiter(json);
  if (type == "FixedLength") return read_fixed_length(json);
  refuse_type(json,
              "Sequence, Split, ByteLevel, Metaspace, Digits, Punctuation, Whitespace, "
              "WhitespaceSplit, BertPreTokenizer, CharDelimiterSplit, FixedLength, UnicodeScripts");
}

}  // namespace

std::unique_ptr<PreTokenizer> read_pre_tokenizer(const JsonAt& json) {
  return read_nested(json, 1);
}

std::unique_ptr<PreTokenizer> byte_level_after(const std::vector<std::string>& expressions,
                                               const std::string& where) {
  Steps steps;
  for (const std::string& expression : expressions) {
    steps.push_back(isolate(regex_pattern(expression, where)));
  }
  steps.push_back(std::make_unique<ByteLetters>());
  return in_order(std::move(steps));
}

std::unique_ptr<PreTokenizer> whole_text() { return in_order({}); }

}  // namespace lockstep
