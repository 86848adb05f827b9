// The normalizers of tokenizer.json (tokenizers/src/normalizers of tokenizers 0.23).
#include "models/tokenizers/normalizer.h"

#include <utility>

#include "base/error.h"
#include "models/tokenizers/byte_alphabet.h"
#include "models/tokenizers/charsmap.h"
#include "models/tokenizers/code_points.h"
#include "models/tokenizers/json_component.h"

namespace lockstep {
namespace {

/// A space in the place of each character for which `is_blank` is true.
AlignedText with_blanks(const AlignedText& text, bool (*is_blank)(char32_t)) {
  AlignedText result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = code_point_at(text.text(), at);
    result.append(is_blank(character.value) ? U' ' : character.value, text.spans()[at]);
    at += character.size;
  }
  return result;
}

class InOrder : public Normalizer {
 public:
  explicit InOrder(std::vector<std::unique_ptr<Normalizer>> steps) : steps_(std::move(steps)) {}
  AlignedText apply(AlignedText text) const override {
    for (const auto& step : steps_) {
      text = step->apply(std::move(text));
      text.check_growth();
    }
    return text;
  }

 private:
  std::vector<std::unique_ptr<Normalizer>> steps_;
};

class ToUnicodeForm : public Normalizer {
 public:
  explicit ToUnicodeForm(UnicodeForm form) : form_(form) {}
  AlignedText apply(AlignedText text) const override { return normalized(std::move(text), form_); }

 private:
  UnicodeForm form_;
};

class Prepend : public Normalizer {
 public:
  explicit Prepend(std::string content) : content_(std::move(content)) {}
  AlignedText apply(AlignedText text) const override {
    text.prepend(content_);
    return text;
  }

 private:
  std::string content_;
};

class Replace : public Normalizer {
 public:
  Replace(std::unique_ptr<Pattern> pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  AlignedText apply(AlignedText text) const override {
    text.replace(*pattern_, content_);
    return text;
  }

 private:
  std::unique_ptr<Pattern> pattern_;
  std::string content_;
};

class Lowercase : public Normalizer {
 public:
  AlignedText apply(AlignedText text) const override { return lowercased(text); }
};

class StripAccents : public Normalizer {
 public:
  AlignedText apply(AlignedText text) const override {
    text.filter([](char32_t character) { return !is_mark(character); });
    return text;
  }
};

// BERT's normalisation (BertNormalizer), whose ranges of ideographs are those of
// google-research/bert, tokenization.py.
class BertNormalizer : public Normalizer {
 public:
  struct Steps {
    bool cleans_text = true;
    bool spaces_ideographs = true;
    bool strips_accents = true;
    bool lowercases = true;
  };
  explicit BertNormalizer(Steps steps) : steps_(steps) {}

  AlignedText apply(AlignedText text) const override {
    if (steps_.cleans_text) text = cleaned(std::move(text));
    if (steps_.spaces_ideographs) text = spaced(text);
    if (steps_.strips_accents) {
      text = normalized(std::move(text), UnicodeForm::kNfd);
      text.filter([](char32_t character) { return !is_nonspacing_mark(character); });
    }
    return steps_.lowercases ? lowercased(text) : text;
  }

 private:
  static bool is_control(char32_t c) { return c != '\t' && c != '\n' && c != '\r' && is_other(c); }

  static bool is_ideograph(char32_t c) {
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
           (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
           (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
  }

  static AlignedText cleaned(AlignedText text) {
    text.filter([](char32_t c) { return c != 0 && c != 0xFFFD && !is_control(c); });
    return with_blanks(text, is_whitespace);
  }

  // A space on either side of each ideograph, with its span.
  static AlignedText spaced(const AlignedText& text) {
    AlignedText result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint character = code_point_at(text.text(), at);
      const bool is_spaced = is_ideograph(character.value);
      if (is_spaced) result.append(U' ', text.spans()[at]);
      result.append(character.value, text.spans()[at]);
      if (is_spaced) result.append(U' ', text.spans()[at]);
      at += character.size;
    }
    return result;
  }

  Steps steps_;
};

// Sentencepiece's rules for machine translation (nmt_nfkc) without their NFKC: control characters
// go, what looks like space becomes a space.
class Nmt : public Normalizer {
 public:
  AlignedText apply(AlignedText text) const override {
    text.filter([](char32_t character) { return !is_dropped(character); });
    return with_blanks(text, is_blank);
  }

 private:
  static bool is_dropped(char32_t c) {
    return (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F ||
           c == 0x8F || c == 0x9F;
  }

  static bool is_blank(char32_t c) {
    return c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 ||
           (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
           c == 0xFEFF || c == 0xFFFD;
  }
};

class ByteLetters : public Normalizer {
 public:
  AlignedText apply(AlignedText text) const override { return in_byte_alphabet(text); }
};

struct StripSides {
  bool left = true;
  bool right = true;
};

class Strip : public Normalizer {
 public:
  explicit Strip(StripSides sides) : sides_(sides) {}
  AlignedText apply(AlignedText text) const override {
    std::size_t begin = 0;
    std::size_t end = text.size();
    while (sides_.left && begin < end) {
      const CodePoint first = code_point_at(text.text(), begin);
      if (!is_whitespace(first.value)) break;
      begin += first.size;
    }
    while (sides_.right && end > begin) {
      const CodePoint last = code_point_before(text.text(), end);
      if (!is_whitespace(last.value)) break;
      end -= last.size;
    }
    return text.slice(begin, end);
  }

 private:
  StripSides sides_;
};

std::unique_ptr<Normalizer> read_nested(const JsonAt& json, int depth);

std::unique_ptr<Normalizer> read_sequence(const JsonAt& json, int depth) {
  expect_keys(json, {"type", "normalizers"});
  std::vector<std::unique_ptr<Normalizer>> steps;
  for (std::size_t i = 0; i < json["normalizers"].size(); ++i) {
    steps.push_back(read_nested(json["normalizers"].at(i), depth + 1));
  }
  return normalizers_in_order(std::move(steps));
}

// strip_accents follows lowercase unless it is set.
std::unique_ptr<Normalizer> read_bert(const JsonAt& json) {
  expect_keys(json, {"type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"});
  BertNormalizer::Steps steps;
  steps.cleans_text = json["clean_text"].boolean();
  steps.spaces_ideographs = json["handle_chinese_chars"].boolean();
  steps.lowercases = json["lowercase"].boolean();
  const bool is_set = json.has("strip_accents") && !json["strip_accents"].is_null();
  steps.strips_accents = is_set ? json["strip_accents"].boolean() : steps.lowercases;
  return std::make_unique<BertNormalizer>(steps);
}

// Types without parameters; null if `type` is none of them.
std::unique_ptr<Normalizer> plain_normalizer(const std::string& type) {
  if (type == "NFC") return unicode_form(UnicodeForm::kNfc);
  if (type == "NFD") return unicode_form(UnicodeForm::kNfd);
  if (type == "NFKC") return unicode_form(UnicodeForm::kNfkc);
  if (type == "NFKD") return unicode_form(UnicodeForm::kNfkd);
  if (type == "Lowercase") return std::make_unique<Lowercase>();
  if (type == "StripAccents") return std::make_unique<StripAccents>();
  if (type == "ByteLevel") return std::make_unique<ByteLetters>();
  if (type == "Nmt") return std::make_unique<Nmt>();
  return nullptr;
}

std::unique_ptr<Normalizer> read_nested(const JsonAt& json, int depth) {
  expect_nesting(json, depth);
  if (json.is_null()) return normalizers_in_order({});
  const std::string type = component_type(json);
  if (auto plain = plain_normalizer(type)) {
    expect_keys(json, {"type"});
    return plain;
  }
  if (type == "Sequence") return read_sequence(json, depth);
  if (type == "Prepend") {
    expect_keys(json, {"type", "prepend"});
    return prepending(json["prepend"].text());
  }
  if (type == "Replace") {
    expect_keys(json, {"type", "pattern", "content"});
    return std::make_unique<Replace>(read_pattern(json["pattern"]), json["content"].text());
  }
  if (type == "Strip") {
    expect_keys(json, {"type", "strip_left", "strip_right"});
    return std::make_unique<Strip>(
        StripSides{json["strip_left"].boolean(), json["strip_right"].boolean()});
  }
  if (type == "BertNormalizer") return read_bert(json);
  if (type == "Precompiled") {
    expect_keys(json, {"type", "precompiled_charsmap"});
    const JsonAt charsmap = json["precompiled_charsmap"];
    return precompiled_charsmap(from_base64(charsmap.text(), charsmap.where()), charsmap.where());
  }
  refuse_type(json,
              "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Replace, Prepend, "
              "ByteLevel, BertNormalizer, Precompiled, Nmt");
}

}  // namespace

AlignedText lowercased(const AlignedText& text) {
  AlignedText result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = code_point_at(text.text(), at);
    for (const char32_t lower : lowercase(character.value)) result.append(lower, text.spans()[at]);
    at += character.size;
  }
  return result;
}

std::unique_ptr<Normalizer> read_normalizer(const JsonAt& json) { return read_nested(json, 1); }

std::unique_ptr<Normalizer> unicode_form(UnicodeForm form) {
  return std::make_unique<ToUnicodeForm>(form);
}

std::unique_ptr<Normalizer> prepending(const std::string& content) {
  return std::make_unique<Prepend>(content);
}

std::unique_ptr<Normalizer> replacing(const std::string& literal, const std::string& content) {
  return std::make_unique<Replace>(literal_pattern(literal), content);
}

std::unique_ptr<Normalizer> normalizers_in_order(std::vector<std::unique_ptr<Normalizer>> steps) {
  return std::make_unique<InOrder>(std::move(steps));
}

}  // namespace lockstep
