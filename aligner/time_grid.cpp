#include "aligner/time_grid.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace lockstep {
namespace {

double parse_seconds(std::string_view word, const std::string& whole) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !(std::abs(value) <= 1e4)) {
    fail(
        Blame::kCommandLine,
        "--times {}: \"{}\" is no time; wanted FIRST:LAST in seconds after word onset, for example "
        "-2.5:3",
        whole,
        word);
  }
  return value;
}

/// The default rounding mode of IEEE 754 is half to even.
int64_t round_half_even(double value) { return static_cast<int64_t>(std::nearbyint(value)); }

}  // namespace

std::vector<double> TimeGrid::times_s() const {
  std::vector<double> times;
  for (int64_t k = 0; k < count; ++k) {
    times.push_back(static_cast<double>((first + k) * rate_denominator) /
                    static_cast<double>(rate_numerator));
  }
  return times;
}

TimeGrid make_time_grid(const std::string& times,
                        const std::string& end,
                        const RecordingInfo& recording) {
  TimeGrid grid;
  grid.rate_numerator = recording.rate_numerator;
  grid.rate_denominator = recording.rate_denominator;
  const auto colon = times.find(':');
  const std::string_view text = times;
  const double first_s = parse_seconds(text.substr(0, colon), times);
  const double last_s =
      colon == std::string::npos ? first_s : parse_seconds(text.substr(colon + 1), times);
  grid.first = round_half_even(first_s * grid.rate_hz());
  grid.count = round_half_even(last_s * grid.rate_hz()) - grid.first;
  if (end == "included") grid.count += 1;
  if (grid.count < 1) {
    fail(Blame::kCommandLine,
         "--times {}: no sample at {} Hz; wanted FIRST:LAST with FIRST before LAST",
         times,
         grid.rate_hz());
  }
  return grid;
}

int64_t nearest_row(const RecordingInfo& recording, double time_s) {
  return round_half_even((time_s - recording.start_s) * recording.rate_hz());
}

}  // namespace lockstep
