// The definition of the steps; stepper.h has the fast way to the same numbers.
#include "aligner/signal/signal_steps.h"

#include <algorithm>
#include <cmath>

#include "aligner/signal/fir_filter.h"
#include "base/error.h"

namespace lockstep {

int64_t num_rows(const SignalSteps& steps) {
  if (!steps.resamples()) return steps.num_samples;
  int64_t rows = 0;
  for (const Stretch& part : steps.parts) rows += resampled_length(part.length(), steps.ratio);
  return rows;
}

double filter_half_length_s(const SignalSteps& steps) {
  std::size_t reach = 0;
  for (const auto& filter : steps.filters) reach += filter.size() / 2;
  return static_cast<double>(reach) / steps.rate_hz;
}

double time_error_s(const SignalSteps& steps) {
  if (!steps.resamples()) return 0;
  const double row_s =
      static_cast<double>(steps.ratio.down) / (static_cast<double>(steps.ratio.up) * steps.rate_hz);
  double largest = 0;
  int64_t first_row = 0;
  for (const Stretch& part : steps.parts) {
    const double late_s =
        static_cast<double>(part.first) / steps.rate_hz - static_cast<double>(first_row) * row_s;
    const TimeError error =
        resampling_time_errors(part.length(), steps.rate_hz, steps.ratio, steps.ends);
    largest =
        std::max({largest, std::abs(late_s + error.first_s), std::abs(late_s + error.last_s)});
    first_row += resampled_length(part.length(), steps.ratio);
  }
  return largest;
}

std::vector<double> take_steps(std::span<const double> signal, const SignalSteps& steps) {
  if (static_cast<int64_t>(signal.size()) != steps.num_samples) {
    fail(Blame::kProgram,
         "take_steps: a signal of {} samples; {} are wanted",
         signal.size(),
         steps.num_samples);
  }
  std::vector<double> filtered(signal.size(), 0.0);
  for (const Stretch& stretch : steps.stretches) {
    const auto own = signal.subspan(static_cast<std::size_t>(stretch.first),
                                    static_cast<std::size_t>(stretch.length()));
    std::vector<double> values(own.begin(), own.end());
    for (const auto& filter : steps.filters) values = filter_zero_phase(values, filter);
    std::copy(values.begin(), values.end(), filtered.begin() + stretch.first);
  }
  if (!steps.resamples()) return filtered;
  std::vector<double> rows;
  for (const Stretch& part : steps.parts) {
    const auto values =
        resample(std::span(filtered).subspan(static_cast<std::size_t>(part.first),
                                             static_cast<std::size_t>(part.length())),
                 steps.ratio,
                 steps.ends);
    rows.insert(rows.end(), values.begin(), values.end());
  }
  return rows;
}

}  // namespace lockstep
