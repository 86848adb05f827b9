// Both ways of taking the steps against MNE-Python, in double precision
// (tests/golden/signal/make.py).
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "aligner/signal/fir_filter.h"
#include "aligner/signal/low_rate_plan.h"
#include "aligner/signal/low_rate_steps.h"
#include "base/json_file.h"
#include "tests/aligner/signal/lcg_signal.h"

namespace lockstep {
namespace {

using testing::lcg_signal;
using testing::sum_of_squares;

struct MneCase {
  SignalSteps steps;
  nlohmann::json json;

  void expect(const std::vector<double>& rows, const std::string& way) const {
    const double largest = json["largest"];
    ASSERT_EQ(rows.size(), json["num_rows"].get<std::size_t>()) << way;
    for (std::size_t k = 0; k < json["places"].size(); ++k) {
      const std::size_t place = json["places"][k];
      EXPECT_NEAR(rows[place], json["values"][k].get<double>(), 1e-10 * largest)
          << way << ", row " << place;
    }
    const double squares = json["sum_of_squares"];
    EXPECT_NEAR(sum_of_squares(rows), squares, 1e-10 * squares) << way;
  }
};

MneCase case_of(const nlohmann::json& json) {
  SignalSteps steps;
  steps.rate_hz = json["rate_hz"];
  if (!json["notch_hz"].empty()) {
    steps.filters.push_back(notch(json["notch_hz"].get<std::vector<double>>(), steps.rate_hz));
  }
  Band band;
  if (!json["low_hz"].is_null()) band.low_hz = json["low_hz"];
  if (!json["high_hz"].is_null()) band.high_hz = json["high_hz"];
  steps.filters.push_back(band_pass(band, steps.rate_hz));
  for (const int64_t length : json["lengths"]) {
    steps.parts.push_back({steps.num_samples, steps.num_samples + length});
    steps.num_samples += length;
  }
  steps.stretches = {{0, steps.num_samples}};
  steps.ratio = {json["up"], json["down"]};
  steps.ends = ResamplingEnds::kMne;
  return {steps, json};
}

std::vector<double> by_low_rate(const SignalSteps& steps, std::span<const double> signal) {
  const LowRateSteps low(steps);
  auto channel = low.channel();
  for (int64_t block = 0; block < low.num_blocks(); ++block) {
    const Stretch samples = low.block_samples(block);
    low.take(channel,
             block,
             signal.subspan(static_cast<std::size_t>(samples.first),
                            static_cast<std::size_t>(samples.length())));
  }
  Fourier fourier;
  return low.rows(channel, channel, fourier).second;
}

TEST(MneSteps, AreThoseOfMneInDoublePrecision) {
  const auto golden = read_json_file(LOCKSTEP_SOURCE_DIR "/tests/golden/signal/mne_steps.json");
  ASSERT_EQ(golden["cases"].size(), 6u);
  int at_low_rate = 0;
  for (std::size_t k = 0; k < golden["cases"].size(); ++k) {
    const MneCase wanted = case_of(golden["cases"][k]);
    const auto signal = lcg_signal(static_cast<std::size_t>(wanted.steps.num_samples));
    const std::string name = "case " + std::to_string(k);
    wanted.expect(take_steps(signal, wanted.steps), name + " as defined");
    if (!has_low_rate(wanted.steps)) continue;
    wanted.expect(by_low_rate(wanted.steps, signal), name + " at the low rate");
    ++at_low_rate;
  }
  EXPECT_GE(at_low_rate, 3);
}

}  // namespace
}  // namespace lockstep
