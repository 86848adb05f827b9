// The settings of align, its time grid and its sensors.
#include <gtest/gtest.h>

#include "aligner/align_settings.h"
#include "aligner/sensor_selection.h"
#include "aligner/time_grid.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

TEST(Presets, LegacyHasRandomHalvesAndHalfOpenTimes) {
  const AlignSettings legacy = preset_settings("legacy");

  EXPECT_EQ(legacy.folds, "shuffled:2");
  EXPECT_EQ(legacy.alphas, "1e-2:1e8:7");
  EXPECT_EQ(legacy.scale, "none");
  EXPECT_EQ(make_time_grid(legacy.times, legacy.time_end, {}).count, 165);
}

TEST(Presets, EveryPresetIsInOrder) {
  for (const auto& name : preset_names())
    EXPECT_NO_THROW(check_settings(preset_settings(name))) << name;
}

TEST(Settings, SayWhatIsWrong) {
  const auto said = [](auto change) {
    return message_of(Blame::kCommandLine, [&] {
      AlignSettings settings;
      change(settings);
      check_settings(settings);
    });
  };

  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [] { preset_settings("fast"); }),
                    "--preset fast: unknown; wanted paper, strict, legacy"));
  EXPECT_TRUE(holds(said([](auto& s) { s.alpha_by = "gcv"; }),
                    "--alpha-by gcv: unknown; wanted loo, block"));
  EXPECT_TRUE(holds(said([](auto& s) { s.scale = "robust"; }),
                    "--scale robust: unknown; wanted train, all, recording, none"));
  EXPECT_TRUE(holds(said([](auto& s) { s.solver = "plain"; }),
                    "--solver plain: unknown; wanted default, certified, all, gcv"));
  EXPECT_TRUE(holds(said([](auto& s) { s.solver = "gcv"; }),
                    "--solver gcv --alpha-by block: generalised cross-validation approximates"));
  EXPECT_TRUE(holds(said([](auto& s) {
                      s.scale = "recording";
                      s.direction = "encode";
                    }),
                    "--scale recording --encode: layers have no recordings; wanted train"));
  EXPECT_TRUE(holds(said([](auto& s) { s.time_end = "x"; }),
                    "--time-end x: unknown; wanted included, excluded"));
  EXPECT_TRUE(holds(said([](auto& s) { s.available = "all"; }),
                    "--available all: unknown; wanted common, each"));
  EXPECT_TRUE(
      holds(said([](auto& s) { s.null_draws = -1; }), "--null-draws -1: wanted 0 to 100000"));
  EXPECT_TRUE(holds(said([](auto& s) { s.seed = -2; }), "--seed -2: wanted 0 or more"));
  EXPECT_TRUE(
      holds(said([](auto& s) { s.embargo = "5s"; }), "--embargo 5s: wanted auto or seconds"));
  EXPECT_TRUE(
      holds(said([](auto& s) { s.embargo = "-1"; }), "--embargo -1: wanted auto or seconds"));
}

TEST(TimeGrid, HasBothEnds) {
  const TimeGrid grid = make_time_grid("-2.5:3", "included", {});

  EXPECT_EQ(grid.first, -75);
  EXPECT_EQ(grid.count, 166);
  EXPECT_EQ(grid.times_s()[75], 0);
  EXPECT_DOUBLE_EQ(grid.times_s().back(), 3);
}

TEST(TimeGrid, RoundsHalvesToEven) {
  RecordingInfo recording;
  recording.rate_numerator = 1;
  recording.start_s = 2;

  EXPECT_EQ(nearest_row(recording, 2.5), 0);
  EXPECT_EQ(nearest_row(recording, 3.5), 2);
  EXPECT_EQ(make_time_grid("-1.5:2.5", "included", recording).first, -2);
  EXPECT_EQ(make_time_grid("-1.5:2.5", "included", recording).count, 5);
}

TEST(TimeGrid, SaysWhatIsWrong) {
  const auto said = [](const std::string& times, const std::string& end) {
    return message_of(Blame::kCommandLine, [&] { make_time_grid(times, end, {}); });
  };

  EXPECT_TRUE(holds(said("1:x", "included"), "--times 1:x: \"x\" is no time"));
  EXPECT_TRUE(holds(said("1:0", "included"), "--times 1:0: no sample at 30 Hz"));
  EXPECT_TRUE(holds(said("1", "excluded"), "--times 1: no sample at 30 Hz"));
  EXPECT_TRUE(holds(said("1:99999", "included"), "\"99999\" is no time"));
}

std::vector<Sensor> some_sensors() {
  std::vector<Sensor> sensors(5);
  const char* kinds[] = {
      "meg_axial_gradiometer", "meg_magnetometer", "meg_reference", "eeg", "meg_planar"};
  for (std::size_t s = 0; s < 5; ++s) {
    sensors[s].name = "S" + std::to_string(s);
    sensors[s].kind = kinds[s];
  }
  sensors[4].bad = true;
  return sensors;
}

TEST(SensorSelection, TakesGroupsWithoutReferencesAndBadSensors) {
  const auto sensors = some_sensors();

  EXPECT_EQ(select_sensors(sensors, "all").sensors, (std::vector<int64_t>{0, 1, 3}));
  EXPECT_EQ(select_sensors(sensors, "all").num_bad, 1);
  EXPECT_EQ(select_sensors(sensors, "gradiometers").sensors, std::vector<int64_t>{0});
  EXPECT_EQ(select_sensors(sensors, "magnetometers").sensors, std::vector<int64_t>{1});
  EXPECT_EQ(select_sensors(sensors, "eeg").sensors, std::vector<int64_t>{3});
}

TEST(SensorSelection, TakesNamesOfAFile) {
  const testing::TemporaryFolder folder;
  const auto path = (folder / "names.txt").string();
  testing::write_bytes(path, "S3\r\nS0\n\n");

  EXPECT_EQ(select_sensors(some_sensors(), path).sensors, (std::vector<int64_t>{0, 3}));
  testing::write_bytes(path, "S9\n");
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { select_sensors(some_sensors(), path); }),
                    "names.txt: \"S9\" is no sensor of the recordings; they have S0 to S4"));
}

TEST(SensorSelection, SaysWhatIsWrong) {
  auto sensors = some_sensors();
  EXPECT_TRUE(
      holds(message_of(Blame::kCommandLine, [&] { select_sensors(sensors, "front"); }),
            "--sensors front: unknown; wanted all, eeg, gradiometers, magnetometers or a file"));
  sensors[3].bad = true;
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { select_sensors(sensors, "eeg"); }),
                    "--sensors eeg: none of the 5 sensors is left (1 are bad)"));
}

}  // namespace
}  // namespace lockstep
