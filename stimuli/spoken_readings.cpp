// Readings of numbers are built from their digits, so that every spoken word knows which characters
// it comes from; words that come from none (hundred, and, point) then take what stands between
// their neighbours, if anything does.
#include "stimuli/spoken_readings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "stimuli/characters.h"
#include "stimuli/number_names.h"

namespace lockstep {
namespace {

constexpr int64_t kNowhere = -1;

/// A word of a reading under construction; positions count from the start of the part.
struct Piece {
  std::string word;
  int64_t begin = kNowhere;
  int64_t end = kNowhere;
};
using Pieces = std::vector<Piece>;

/// A digit and where it stands.
struct Digit {
  int value = 0;
  int64_t at = 0;
};
using Digits = std::vector<Digit>;

enum class And { kSaid, kLeftOut };

Pieces operator+(Pieces left, const Pieces& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Piece of_digit(const std::string& word, const Digit& digit) {
  return {word, digit.at, digit.at + 1};
}

Digits part_of(const Digits& digits, std::size_t begin, std::size_t end) {
  return {digits.begin() + static_cast<std::ptrdiff_t>(begin),
          digits.begin() + static_cast<std::ptrdiff_t>(end)};
}

bool all_zero(const Digits& digits) {
  return std::all_of(
      digits.begin(), digits.end(), [](const Digit& digit) { return digit.value == 0; });
}

/// "seven", "seventeen", "seventy seven"; nothing for 00.
Pieces below_hundred(const Digit& tens, const Digit& units) {
  if (tens.value == 1) return {{unit_name(10 + units.value), tens.at, units.at + 1}};
  if (tens.value > 1 && units.value == 0) return {{tens_name(tens.value), tens.at, units.at + 1}};
  Pieces pieces;
  if (tens.value > 1) pieces.push_back(of_digit(tens_name(tens.value), tens));
  if (units.value > 0) pieces.push_back(of_digit(unit_name(units.value), units));
  return pieces;
}

/// Up to three digits; nothing for zero.
Pieces below_thousand(const Digits& digits, And with_and) {
  if (digits.size() == 1)
    return digits[0].value == 0 ? Pieces{}
                                : Pieces{of_digit(unit_name(digits[0].value), digits[0])};
  const Pieces rest = below_hundred(digits[digits.size() - 2], digits.back());
  if (digits.size() == 2 || digits[0].value == 0) return rest;
  Pieces pieces = {of_digit(unit_name(digits[0].value), digits[0]), {"hundred"}};
  if (!rest.empty() && with_and == And::kSaid) pieces.push_back({"and"});
  return pieces + rest;
}

/// A whole number of up to 15 digits.
Pieces cardinal(const Digits& digits, And with_and) {
  if (all_zero(digits)) return {{"zero", digits.front().at, digits.back().at + 1}};
  Pieces pieces;
  std::size_t begin = 0;
  for (std::size_t left = digits.size(); left > 0;) {
    const std::size_t size = (left - 1) % 3 + 1;
    left -= size;
    const Digits group = part_of(digits, begin, begin + size);
    const Pieces said = below_thousand(group, with_and);
    const bool small = size == 3 && group[0].value == 0;
    if (left == 0 && !said.empty() && !pieces.empty() && small && with_and == And::kSaid)
      pieces.push_back({"and"});
    pieces = pieces + said;
    if (left > 0 && !said.empty()) pieces.push_back({scale_name(left / 3)});
    begin += size;
  }
  return pieces;
}

/// Each digit by itself.
Pieces one_by_one(const Digits& digits, const std::string& zero) {
  Pieces pieces;
  for (const Digit& digit : digits)
    pieces.push_back(of_digit(digit.value == 0 ? zero : unit_name(digit.value), digit));
  return pieces;
}

constexpr std::array<const char*, 5> kZeros = {"zero", "oh", "o", "nought", "naught"};

/// "eighteen eighty eight", "nineteen oh five", "four forty", "nineteen hundred (and) five": the
/// last two digits apart.
std::vector<Pieces> in_pairs(const Digits& digits) {
  const std::size_t size = digits.size();
  if (size < 3 || size > 4 || digits[0].value == 0) return {};
  const Pieces first = size == 3 ? below_thousand(part_of(digits, 0, 1), And::kSaid)
                                 : below_hundred(digits[0], digits[1]);
  const Digit& tens = digits[size - 2];
  const Digit& units = digits[size - 1];
  const Pieces rest = below_hundred(tens, units);
  if (rest.empty()) return {first + Pieces{{"hundred"}}};
  std::vector<Pieces> readings = {first + Pieces{{"hundred"}} + rest,
                                  first + Pieces{{"hundred"}, {"and"}} + rest};
  if (tens.value > 0) {
    readings.push_back(first + rest);
  } else {
    for (const char* zero : kZeros) readings.push_back(first + one_by_one({tens, units}, zero));
  }
  return readings;
}

/// Every way to say a whole number.
std::vector<Pieces> whole_numbers(const Digits& digits) {
  std::vector<Pieces> readings = in_pairs(digits);
  if (digits.size() <= 15) {
    for (const And with_and : {And::kLeftOut, And::kSaid}) {
      Pieces pieces = cardinal(digits, with_and);
      readings.push_back(pieces);
      if (pieces.size() > 1 && pieces[0].word == "one") {
        pieces[0].word = "a";
        readings.push_back(pieces);
      }
    }
  }
  if (digits.size() > 1 || digits[0].value == 0) {
    for (const char* zero : kZeros) readings.push_back(one_by_one(digits, zero));
  }
  return readings;
}

void append_each(std::vector<Pieces>& readings,
                 const std::vector<Pieces>& starts,
                 const Pieces& rest) {
  for (const Pieces& start : starts) readings.push_back(start + rest);
}

template <class Change>
std::vector<Pieces> with_last(std::vector<Pieces> readings, const Change& change) {
  for (Pieces& pieces : readings) pieces.back().word = change(pieces.back().word);
  return readings;
}

/// A number as it is written: sign, digits, what follows them.
struct WrittenNumber {
  char32_t sign = 0;
  Digits whole;
  Digits fraction;  // behind a point
  Digits minutes;   // behind a colon
  int64_t point_at = 0;
  std::u32string suffix;
  int64_t suffix_at = 0;
};

std::optional<WrittenNumber> parse_number(std::u32string_view part) {
  WrittenNumber number;
  std::size_t at = 0;
  if (at < part.size() && is_spoken_sign_of_money(part[at])) number.sign = part[at++];
  const auto digit_follows = [&] { return at + 1 < part.size() && is_digit(part[at + 1]); };
  Digits* into = &number.whole;
  for (; at < part.size(); ++at) {
    const char32_t c = part[at];
    if (is_digit(c)) {
      into->push_back({static_cast<int>(c - U'0'), static_cast<int64_t>(at)});
    } else if (number.whole.empty()) {
      return std::nullopt;
    } else if (c == U',' && into == &number.whole && digit_follows()) {
      continue;
    } else if ((c == U'.' || c == U':') && into == &number.whole && digit_follows()) {
      number.point_at = static_cast<int64_t>(at);
      into = c == U'.' ? &number.fraction : &number.minutes;
    } else {
      break;
    }
  }
  if (number.whole.empty()) return std::nullopt;
  number.suffix = match_key(part.substr(at));
  if (number.suffix.empty() && at < part.size()) number.suffix = part.substr(at);
  number.suffix_at = static_cast<int64_t>(at);
  return number;
}

std::vector<Pieces> fractions(const WrittenNumber& number) {
  std::vector<Pieces> readings;
  for (const char* zero : kZeros) {
    const Pieces behind =
        Pieces{{"point", number.point_at, number.point_at + 1}} + one_by_one(number.fraction, zero);
    append_each(readings, whole_numbers(number.whole), behind);
    if (all_zero(number.whole)) readings.push_back(behind);
  }
  return readings;
}

std::vector<Pieces> times_of_day(const WrittenNumber& number) {
  std::vector<Pieces> readings;
  const std::vector<Pieces> hours = whole_numbers(number.whole);
  if (all_zero(number.minutes)) {
    for (const Pieces& rest : {Pieces{}, Pieces{{"oclock"}}, Pieces{{"hundred"}}})
      append_each(readings, hours, rest);
  } else if (number.minutes[0].value == 0) {
    for (const char* zero : kZeros) append_each(readings, hours, one_by_one(number.minutes, zero));
  } else {
    append_each(readings, hours, cardinal(number.minutes, And::kSaid));
  }
  return readings;
}

/// "forty pounds", "five pounds (and) twenty (pence)".
std::vector<Pieces> sums_of_money(const WrittenNumber& number, const std::vector<Pieces>& amounts) {
  std::vector<Pieces> readings;
  const MoneyNames& names = money_names(number.sign);
  for (const char* name : {names.many, names.one}) {
    append_each(readings, amounts, {{name}});
    if (number.fraction.size() != 2) continue;
    const Pieces behind = cardinal(number.fraction, And::kLeftOut);
    for (const Pieces& between : {Pieces{{name}}, Pieces{{name}, {"and"}}}) {
      append_each(readings, whole_numbers(number.whole), between + behind);
      for (const char* small : {names.small_many, names.small_one}) {
        append_each(readings, whole_numbers(number.whole), between + behind + Pieces{{small}});
      }
    }
  }
  return readings;
}

std::vector<Pieces> number_readings(const WrittenNumber& number) {
  std::vector<Pieces> amounts = !number.fraction.empty()  ? fractions(number)
                                : !number.minutes.empty() ? times_of_day(number)
                                                          : whole_numbers(number.whole);
  const std::u32string& suffix = number.suffix;
  if (suffix == U"st" || suffix == U"nd" || suffix == U"rd" || suffix == U"th")
    return with_last(amounts, ordinal_name);
  std::vector<Pieces> readings;
  if (suffix.empty()) {
    readings = amounts;
    if (number.sign != 0) readings = sums_of_money(number, amounts);
    if (number.whole.size() <= 2 && number.fraction.empty() &&
        number.minutes.empty()) {  // a day: "March 14"
      const auto days = with_last(amounts, ordinal_name);
      readings.insert(readings.end(), days.begin(), days.end());
    }
    return readings;
  }
  if (suffix == U"s") readings = with_last(amounts, plural_name);  // "1890s"
  const auto names = suffix_names(suffix);
  for (const auto& words : names) {
    Pieces behind;
    for (const auto& word : words) behind.push_back({word});
    append_each(readings, amounts, behind);
  }
  if (names.empty()) {  // "221b"
    const auto end = number.suffix_at + static_cast<int64_t>(suffix.size());
    append_each(readings, amounts, {{to_ascii(suffix), number.suffix_at, end}});
  }
  return readings;
}

/// Gives every character of the part to a word: a gap goes to the first word without characters
/// that stands there, else to the word before it. What is still without characters gets an empty
/// span.
Reading with_spans(Pieces pieces, CharSpan part) {
  const int64_t size = part.end - part.begin;
  int64_t covered = 0;
  for (std::size_t at = 0; at < pieces.size(); ++at) {
    Piece& piece = pieces[at];
    if (piece.begin != kNowhere) {
      if (at == 0) piece.begin = 0;
      piece.end = std::min(piece.end, size);
      covered = std::max(covered, piece.end);
      continue;
    }
    std::size_t next = at;
    while (next < pieces.size() && pieces[next].begin == kNowhere) ++next;
    const int64_t gap_end = next < pieces.size() ? pieces[next].begin : size;
    piece.begin = covered;
    piece.end = covered = std::max(covered, gap_end);
  }
  Reading reading;
  for (std::size_t at = 0; at < pieces.size(); ++at) {
    const std::string& word = pieces[at].word;
    reading.push_back({std::u32string(word.begin(), word.end()),
                       {part.begin + pieces[at].begin, part.begin + pieces[at].end}});
  }
  if (!reading.empty() && reading.back().span.begin < reading.back().span.end)
    reading.back().span.end = part.end;
  return reading;
}

/// Words that share a part without telling which characters are whose: even shares, in order.
Reading evenly(const std::vector<std::string>& words, CharSpan part) {
  Reading reading;
  const int64_t size = part.end - part.begin;
  const auto count = static_cast<int64_t>(words.size());
  for (int64_t at = 0; at < count; ++at) {
    const std::string& word = words[static_cast<std::size_t>(at)];
    reading.push_back({std::u32string(word.begin(), word.end()),
                       {part.begin + at * size / count, part.begin + (at + 1) * size / count}});
  }
  return reading;
}

std::vector<Reading> roman_readings(std::u32string_view written, CharSpan part) {
  const int64_t value = roman_value(written);
  if (value == 0) return {};
  Digits digits;
  for (const char c : std::to_string(value)) digits.push_back({c - '0', 0});
  std::vector<Reading> readings;
  for (const Pieces& pieces : whole_numbers(digits)) {
    std::vector<std::string> words;
    for (const Piece& piece : pieces) words.push_back(piece.word);
    readings.push_back(evenly(words, part));
    words.back() = ordinal_name(words.back());
    readings.push_back(evenly(words, part));
  }
  return readings;
}

}  // namespace

std::vector<Reading> spoken_readings(std::u32string_view text, CharSpan part) {
  const auto written = text.substr(static_cast<std::size_t>(part.begin),
                                   static_cast<std::size_t>(part.end - part.begin));
  if (const auto number = parse_number(written)) {
    std::vector<Reading> readings;
    for (Pieces& pieces : number_readings(*number))
      readings.push_back(with_spans(std::move(pieces), part));
    return readings;
  }
  std::vector<Reading> readings = roman_readings(written, part);
  for (const auto& words : abbreviation_names(written)) readings.push_back(evenly(words, part));
  return readings;
}

}  // namespace lockstep
