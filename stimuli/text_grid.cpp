// Both text forms are a sequence of numbers, quoted strings and flags in the same order; the long
// form adds names, which are skipped: a number counts only if it stands alone between white space,
// a string may hold "" for a quote.
//   "ooTextFile" "TextGrid" xmin xmax <exists> tiers, then for each tier
//   "IntervalTier" name xmin xmax count (xmin xmax text)*   or   "TextTier" name xmin xmax count
//   (time mark)*
#include "stimuli/text_grid.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/error.h"
#include "base/utf8.h"

namespace lockstep {
namespace {

bool is_utf16(std::string_view bytes) {
  return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
}

std::string from_utf16(std::string_view bytes, const std::filesystem::path& path) {
  const bool big_endian = bytes[0] == '\xFE';
  std::u32string text;
  if (bytes.size() % 2 != 0)
    fail(Blame::kData, "{}: {} bytes; UTF-16 has an even number", path, bytes.size());
  for (std::size_t at = 2; at < bytes.size(); at += 2) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    const auto unit =
        static_cast<char32_t>(big_endian ? first * 256 + second : second * 256 + first);
    const bool is_low = unit >= 0xDC00 && unit < 0xE000;
    const bool after_high = !text.empty() && text.back() >= 0xD800 && text.back() < 0xDC00;
    if (is_low != after_high)
      fail(Blame::kData, "{}: byte {}: half of a surrogate pair; UTF-16 is wanted", path, at);
    if (is_low) {
      text.back() = 0x10000 + ((text.back() - 0xD800) << 10) + (unit - 0xDC00);
    } else {
      text += unit;
    }
  }
  if (!text.empty() && text.back() >= 0xD800 && text.back() < 0xDC00) {
    fail(Blame::kData, "{}: ends in half of a surrogate pair; UTF-16 is wanted", path);
  }
  return to_utf8(text);
}

/// The numbers and strings of a text, in order.
class Values {
 public:
  Values(std::string_view text, const std::filesystem::path& path) : text_(text), path_(path) {}

  std::string string(const char* what) {
    skip_to([this] { return text_[at_] == '"'; }, what);
    std::string value;
    while (++at_ < text_.size()) {
      if (text_[at_] != '"') {
        value += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        value += text_[++at_];
      } else {
        ++at_;
        return value;
      }
    }
    fail(Blame::kData,
         "{}: ends inside a quoted string, {}; a whole TextGrid is wanted",
         path_,
         what);
  }

  double number(const char* what) {
    double value = 0;
    const char* end = nullptr;
    skip_to(
        [&] {
          if (at_ > 0 && std::isspace(static_cast<unsigned char>(text_[at_ - 1])) == 0)
            return false;
          const auto result =
              std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
          end = result.ptr;
          return result.ec == std::errc() && (end == text_.data() + text_.size() ||
                                              std::isspace(static_cast<unsigned char>(*end)) != 0);
        },
        what);
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }

  int64_t count(const char* what) {
    const double value = number(what);
    if (value < 0 || value > static_cast<double>(text_.size()) ||
        value != static_cast<double>(static_cast<int64_t>(value))) {
      fail(Blame::kData,
           "{}: {} {}; a whole number that the file can hold is wanted",
           path_,
           value,
           what);
    }
    return static_cast<int64_t>(value);
  }

 private:
  template <class Found>
  void skip_to(const Found& found, const char* what) {
    while (at_ < text_.size() && !found()) ++at_;
    if (at_ == text_.size())
      fail(Blame::kData, "{}: ends before {}; a whole TextGrid is wanted", path_, what);
  }

  std::string_view text_;
  const std::filesystem::path& path_;
  std::size_t at_ = 0;
};

struct Tier {
  std::string name;
  std::vector<TimedWord> words;
};

Tier read_tier(Values& values, const std::string& kind, const std::filesystem::path& path) {
  Tier tier{values.string("the name of a tier"), {}};
  values.number("the start of a tier");
  values.number("the end of a tier");
  const bool has_intervals = kind == "IntervalTier";
  const int64_t count = values.count(has_intervals ? "intervals" : "points");
  for (int64_t k = 0; k < count; ++k) {
    TimedWord word;
    word.block = "1";
    word.onset_s = values.number("the start of an interval");
    const double end_s = has_intervals ? values.number("the end of an interval") : word.onset_s;
    word.duration_s = end_s - word.onset_s;
    word.word = values.string("the text of an interval");
    if (word.duration_s < 0) {
      fail(Blame::kData,
           "{}: tier \"{}\": \"{}\" from {} to {} s; an end after the start is wanted",
           path,
           tier.name,
           word.word,
           word.onset_s,
           end_s);
    }
    std::replace_if(
        word.word.begin(),
        word.word.end(),
        [](char c) { return c == '\n' || c == '\t' || c == '\r'; },
        ' ');
    const auto first = word.word.find_first_not_of(' ');
    word.word = first == std::string::npos
                    ? ""
                    : word.word.substr(first, word.word.find_last_not_of(' ') - first + 1);
    tier.words.push_back(std::move(word));
  }
  return tier;
}

bool is_word_tier(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return name.ends_with("words") || name.ends_with("word");
}

}  // namespace

bool is_text_grid(std::string_view bytes) {
  std::string plain;
  for (const char c : bytes.substr(0, 200)) {
    if (c != '\0') plain += c;
  }
  return plain.find("ooTextFile") != std::string::npos &&
         plain.find("TextGrid") != std::string::npos;
}

Transcript read_text_grid(std::string_view bytes, const std::filesystem::path& path) {
  const std::string text = is_utf16(bytes) ? from_utf16(bytes, path) : std::string(bytes);
  Values values(text, path);
  const std::string type = values.string("its type");
  if (!type.starts_with("ooTextFile") || values.string("its class") != "TextGrid") {
    fail(Blame::kData,
         "{}: no TextGrid in text form; \"ooTextFile\" and \"TextGrid\" are wanted",
         path);
  }
  values.number("its start");
  values.number("its end");
  std::vector<Tier> tiers;
  std::vector<std::string> names;
  const int64_t num_tiers = values.count("tiers");
  for (int64_t k = 0; k < num_tiers; ++k) {
    const std::string kind = values.string("the kind of a tier");
    if (kind != "IntervalTier" && kind != "TextTier") {
      fail(Blame::kData, "{}: tier of kind \"{}\"; IntervalTier or TextTier is wanted", path, kind);
    }
    Tier tier = read_tier(values, kind, path);
    if (kind != "IntervalTier") continue;
    names.push_back('"' + tier.name + '"');
    tiers.push_back(std::move(tier));
  }
  if (tiers.size() > 1)
    std::erase_if(tiers, [](const Tier& tier) { return !is_word_tier(tier.name); });
  if (tiers.size() != 1) {
    fail(Blame::kData,
         "{}: {} tiers of words among the interval tiers {}; one whose name ends in \"words\" is "
         "wanted",
         path,
         tiers.size(),
         names.empty() ? std::string("(none)") : join(names, ", "));
  }
  return {std::move(tiers[0].words), {}};
}

}  // namespace lockstep
