#include "models/tokenizers/aligned_text.h"

#include <limits>

#include "base/error.h"
#include "base/utf8.h"
#include "models/tokenizers/code_points.h"

namespace lockstep {

AlignedText AlignedText::of(std::string_view utf8) {
  const std::size_t num_characters = from_utf8(utf8, "text").size();
  if (num_characters > static_cast<std::size_t>(std::numeric_limits<int32_t>::max())) {
    fail(Blame::kData, "text: {} characters; fewer than 2^31 are wanted", num_characters);
  }
  AlignedText aligned;
  aligned.text_ = utf8;
  aligned.spans_.reserve(utf8.size());
  int32_t character = -1;
  for (const char byte : utf8) {
    if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) ++character;
    aligned.spans_.push_back({character, character + 1});
  }
  return aligned;
}

AlignedText AlignedText::slice(std::size_t begin, std::size_t end) const {
  AlignedText part;
  part.text_ = text_.substr(begin, end - begin);
  part.spans_.assign(spans_.begin() + static_cast<std::ptrdiff_t>(begin),
                     spans_.begin() + static_cast<std::ptrdiff_t>(end));
  return part;
}

void AlignedText::reserve(std::size_t num_bytes) {
  text_.reserve(num_bytes);
  spans_.reserve(num_bytes);
}

void AlignedText::append(const AlignedText& other) {
  text_ += other.text_;
  spans_.insert(spans_.end(), other.spans_.begin(), other.spans_.end());
}

void AlignedText::append(char32_t character, Span span) {
  if (character < 0x80) {
    text_ += static_cast<char>(character);
  } else if (character < 0x800) {
    text_ += static_cast<char>(0xC0 | (character >> 6));
    text_ += static_cast<char>(0x80 | (character & 0x3F));
  } else {
    text_ += to_utf8(character);
  }
  spans_.resize(text_.size(), span);
}

void AlignedText::transform(const std::vector<Change>& changes, std::size_t num_dropped) {
  AlignedText result;
  result.reserve(size());
  std::size_t position = 0;
  const auto drop = [&](std::size_t count) {
    for (; count > 0 && position < size(); --count) position += code_point_at(text_, position).size;
  };
  drop(num_dropped);
  for (const Change& change : changes) {
    if (change.kind > 0) {
      const Span here = empty() ? Span{} : Span{spans_.front().begin, spans_.front().begin};
      result.append(change.character, position == 0 ? here : spans_[position - 1]);
      continue;
    }
    if (position >= size()) {
      fail(Blame::kProgram, "normalisation of {} bytes of text: more changes than text", size());
    }
    result.append(change.character, spans_[position]);
    drop(1 + static_cast<std::size_t>(-change.kind));
  }
  *this = std::move(result);
}

void AlignedText::replace(const Pattern& pattern, std::string_view content) {
  AlignedText result;
  for (const Section& section : pattern.sections(text_)) {
    if (!section.is_match) {
      result.append(slice(section.begin, section.end));
      continue;
    }
    const Span start = empty() ? Span{} : Span{spans_.front().begin, spans_.front().begin};
    const Span span = section.end == 0 ? start : spans_[section.end - 1];
    result.text_ += content;
    result.spans_.resize(result.text_.size(), span);
    result.check_growth();
  }
  *this = std::move(result);
}

void AlignedText::prepend(std::string_view content) {
  if (empty()) return;
  const Span here{spans_.front().begin, spans_.front().begin};
  text_.insert(0, content);
  spans_.insert(spans_.begin(), content.size(), here);
  check_growth();
}

void AlignedText::filter(bool (*keep)(char32_t)) {
  AlignedText result;
  for (std::size_t at = 0; at < size();) {
    const CodePoint character = code_point_at(text_, at);
    if (keep(character.value)) result.append(character.value, spans_[at]);
    at += character.size;
  }
  *this = std::move(result);
}

void AlignedText::check_growth() const {
  constexpr std::size_t kBytesPerCharacter = 128;
  constexpr std::size_t kBeyond = 4096;
  if (empty()) return;
  const auto num_characters = static_cast<std::size_t>(spans_.back().end - spans_.front().begin);
  if (size() > kBytesPerCharacter * num_characters + kBeyond) {
    fail(
        Blame::kData,
        "tokenizer: {} bytes stand for {} characters of text; at most {} a character and {} beyond "
        "are wanted",
        size(),
        num_characters,
        kBytesPerCharacter,
        kBeyond);
  }
}

}  // namespace lockstep
