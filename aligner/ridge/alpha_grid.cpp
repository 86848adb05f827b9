#include "aligner/ridge/alpha_grid.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace lockstep {
namespace {

double parse_number(std::string_view word, const std::string& whole) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value) ||
      value <= 0) {
    fail(Blame::kCommandLine,
         "--alphas {}: \"{}\" is no penalty; wanted positive numbers: one, a list 0.1,1,10 or "
         "FIRST:LAST:COUNT",
         whole,
         word);
  }
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> words;
  while (true) {
    const auto at = text.find(separator);
    words.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return words;
    text.remove_prefix(at + 1);
  }
}

std::vector<double> parse_range(const std::vector<std::string_view>& words,
                                const std::string& whole) {
  if (words.size() != 3) {
    fail(Blame::kCommandLine,
         "--alphas {}: {} numbers with colons; a range is FIRST:LAST:COUNT",
         whole,
         words.size());
  }
  const double first = std::log10(parse_number(words[0], whole));
  const double last = std::log10(parse_number(words[1], whole));
  const double count = parse_number(words[2], whole);
  if (count != std::floor(count) || count < 2 || count > 1000) {
    fail(Blame::kCommandLine,
         "--alphas {}: a range of {} penalties; wanted a whole number from 2 to 1000",
         whole,
         words[2]);
  }
  std::vector<double> alphas;
  const double step = (last - first) / (count - 1);
  for (int i = 0; i + 1 < static_cast<int>(count); ++i) {
    alphas.push_back(std::pow(10.0, first + i * step));
  }
  alphas.push_back(std::pow(10.0, last));
  return alphas;
}

}  // namespace

std::vector<double> parse_alphas(const std::string& text) {
  std::vector<double> alphas;
  if (const auto range = split(text, ':'); range.size() > 1) {
    alphas = parse_range(range, text);
  } else {
    for (const auto word : split(text, ',')) alphas.push_back(parse_number(word, text));
  }
  for (std::size_t i = 1; i < alphas.size(); ++i) {
    if (alphas[i] <= alphas[i - 1]) {
      fail(Blame::kCommandLine,
           "--alphas {}: {} comes before {}; wanted ascending penalties",
           text,
           alphas[i - 1],
           alphas[i]);
    }
  }
  return alphas;
}

}  // namespace lockstep
