#include "aligner/import/import_settings.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

TEST(ImportSettings, OptionsGoBeforeThePreset) {
  const ImportSettings settings = import_settings({.preset = "clean",
                                                   .band = ":40",
                                                   .notch = "50,100",
                                                   .rate = "125/4",
                                                   .grade = "as_recorded"});

  EXPECT_EQ(settings.band.low_hz, 0);
  EXPECT_EQ(settings.band.high_hz, 40);
  EXPECT_EQ(settings.notch_hz, (std::vector<double>{50, 100}));
  EXPECT_EQ(settings.rate, (SamplingRate{125, 4}));
  EXPECT_FALSE(settings.grade);
  EXPECT_EQ(settings.clamp, 5);
}

TEST(ImportSettings, NoScaleMeansNoClamp) {
  EXPECT_EQ(import_settings({.preset = "clean", .scaling = "none"}).clamp, 0);
}

TEST(ImportSettings, RefusesWhatItCannotRead) {
  const auto refused = [](const ImportChoices& choices, const char* part) {
    return holds(message_of(Blame::kCommandLine, [&] { import_settings(choices); }), part);
  };
  EXPECT_TRUE(refused({.preset = "best"}, "--preset best: unknown; paper or mne or clean"));
  EXPECT_TRUE(refused({.band = "20"}, "--band 20: unknown; LOW:HIGH in Hz"));
  EXPECT_TRUE(refused({.band = "20:1"}, "--band 20:1"));
  EXPECT_TRUE(refused({.notch = "50,,60"}, "--notch 50,,60: unknown; frequencies in Hz"));
  EXPECT_TRUE(refused({.rate = "30/0"}, "--rate 30/0: unknown; samples a second"));
  EXPECT_TRUE(refused({.grade = "4"}, "--grade 4: unknown; as_recorded, 0, 1, 2 or 3"));
  EXPECT_TRUE(refused({.scaling = "z"}, "--scale z: unknown; none or robust"));
  EXPECT_TRUE(refused({.clamp = "-1"}, "--clamp -1: unknown; a positive number or none"));
  EXPECT_TRUE(refused({.clamp = "5"}, "--clamp 5: of values that are not scaled"));
}

}  // namespace
}  // namespace lockstep
