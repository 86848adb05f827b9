#include "models/weights/weights_choice.h"

#include <charconv>
#include <string_view>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr std::string_view kShuffle = "shuffle:";

}  // namespace

WeightsChoice parse_untrained(const std::string& text) {
  if (text.empty()) return {};
  std::string_view number = text;
  WeightsChoice choice{.kind = WeightsChoice::Kind::kInitialised, .seed = 0};
  if (number.starts_with(kShuffle)) {
    choice.kind = WeightsChoice::Kind::kShuffled;
    number.remove_prefix(kShuffle.size());
  }
  const char* end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, choice.seed);
  if (error != std::errc() || stop != end) {
    fail(Blame::kCommandLine,
         "--untrained: {}; a seed, such as 17, or shuffle: and a seed is wanted",
         text);
  }
  return choice;
}

std::string to_text(const WeightsChoice& choice) {
  if (choice.is_trained()) return {};
  const bool is_shuffled = choice.kind == WeightsChoice::Kind::kShuffled;
  return text("{}{}", is_shuffled ? kShuffle : "", choice.seed);
}

}  // namespace lockstep
