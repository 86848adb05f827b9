#include "aligner/simulation/simulation_options.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

struct Wrong {
  void (*change)(SimulationOptions&);
  const char* message;
};

class WrongOptions : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongOptions, AreNamedWithTheirValue) {
  SimulationOptions options;
  options.check();

  GetParam().change(options);

  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { options.check(); }), GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    WrongOptions,
    ::testing::Values(
        Wrong{[](SimulationOptions& o) { o.last_latency_s = 7; },
              "simulate: --latency: 7; at most 5 s from the onset is wanted"},
        Wrong{[](SimulationOptions& o) { o.width_s = 0.001; },
              "simulate: --width: 0.001; 0.005 to 5 s is wanted"},
        Wrong{[](SimulationOptions& o) { o.skew = 1; },
              "simulate: --skew: 1; a number between -1 and 1 is wanted"},
        Wrong{[](SimulationOptions& o) { o.onset_share = -1; },
              "simulate: --onset: -1; 0 to 100 is wanted"},
        Wrong{[](SimulationOptions& o) { o.snr = 0; }, "simulate: --snr: 0; a number above 0"},
        Wrong{[](SimulationOptions& o) { o.num_subjects = 0; },
              "simulate: --subjects: 0; 1 to 999 is wanted"},
        Wrong{[](SimulationOptions& o) { o.num_sensors = 0; },
              "simulate: --sensors-count: 0; 1 to 9999 is wanted"},
        Wrong{[](SimulationOptions& o) { o.num_bad_sensors = 269; },
              "simulate: --bad-sensors: 269; 0 or more, fewer than sensors is wanted"},
        Wrong{[](SimulationOptions& o) { o.rate_hz = 0; },
              "simulate: --rate: 0; 1 to 1200 samples a second is wanted"},
        Wrong{[](SimulationOptions& o) { o.band.low_hz = 15; },
              "simulate: --band: 15; a lower border above 0 and below half the rate is wanted"},
        Wrong{
            [](SimulationOptions& o) { o.band.high_hz = 400; },
            "simulate: --band: 400; an upper border above the lower one, at most 300 Hz is wanted"},
        Wrong{[](SimulationOptions& o) { o.jitter_s = 2; },
              "simulate: --jitter: 2; 0 to 1 s is wanted"},
        Wrong{[](SimulationOptions& o) { o.exponent = 5; },
              "simulate: --exponent: 5; 0 to 4 is wanted"},
        Wrong{[](SimulationOptions& o) { o.alpha = -1; },
              "simulate: --alpha: -1; 0 to 100 is wanted"},
        Wrong{[](SimulationOptions& o) { o.sensor_noise = 0; },
              "simulate: --sensor-noise: 0; a number above 0, at most 100 is wanted"},
        Wrong{[](SimulationOptions& o) { o.drift = -1; },
              "simulate: --drift: -1; 0 to 1000 is wanted"},
        Wrong{[](SimulationOptions& o) { o.impulses_per_minute = -1; },
              "simulate: --impulses: -1; 0 to 600 a minute is wanted"}));

TEST(Names, ReadBack) {
  for (const Null null : {Null::kNoise, Null::kCommon, Null::kReverse, Null::kStatic, Null::kLeak})
    EXPECT_EQ(null_of(name_of(null)), null);
  EXPECT_EQ(null_of("none"), Null::kNone);
  EXPECT_EQ(name_of(Null::kNone), "");
  EXPECT_EQ(planting_of("unique"), Planting::kUnique);
  EXPECT_EQ(name_of(Planting::kFull), "full");
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [] { null_of("some"); }),
                    "--null: some; one of none, noise, common, reverse, static, leak is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [] { planting_of("some"); }),
                    "--plant: some; one of full, unique is wanted"));
}

}  // namespace
}  // namespace lockstep
