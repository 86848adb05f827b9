// Simulated raw recordings, imported, are what is simulated after import.
#include <gtest/gtest.h>

#include <cmath>

#include "aligner/datasets/find_recordings.h"
#include "aligner/events/recording_events.h"
#include "aligner/import/write_import.h"
#include "aligner/simulation/ctf_simulation.h"
#include "tests/support/raw_simulation.h"

namespace lockstep {
namespace {

class RawPath : public testing::RawSimulations {
 protected:
  RawPath() { lay_out_for_ctf(options); }

  /// simulate --format ctf, then import --dataset armeni2022 --preset paper.
  MegFile import_of(const Simulation& simulation) {
    write_ctf_simulation(simulation, words, options, {}, {}, folder / "raw", 1);
    ImportInputs inputs;
    inputs.recordings = find_recordings(std::vector{folder / "raw"},
                                        {.dataset = "armeni2022", .format = "", .faults_off = {}});
    inputs.words_sha256 = words.sha256;
    inputs.read_events = [this](const RecordingFiles& files, const RawRecording& recording) {
      return read_recording_events(files, recording, words, {.dataset = "armeni2022"});
    };
    write_import(plan_import(inputs, import_settings({})),
                 {.output = folder / "meg.h5", .shard = {}});
    return MegFile(folder / "meg.h5");
  }
};

TEST_F(RawPath, LeadsToTheImportedSimulation) {
  const Simulation simulation = simulate();
  const MegFile meg = import_of(simulation);

  ASSERT_EQ(meg.header().recordings.size(), 1u);
  const RecordingInfo& found = meg.header().recordings[0];
  const RecordingInfo& wanted = simulation.header().recordings[0];
  EXPECT_EQ(found.subject, wanted.subject);
  EXPECT_EQ(found.num_samples, wanted.num_samples);
  EXPECT_EQ(found.time_error_ms, 0);
  const Eigen::MatrixXd after = simulation.data(0);
  const std::vector<float> rows = meg.read(0);
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(after.size()));
  constexpr Eigen::Index kEdge = 17 * 30;  // half the filter's length
  for (Eigen::Index sensor = 0; sensor < after.cols(); ++sensor) {
    double power = 0, difference = 0;
    for (Eigen::Index row = kEdge; row < after.rows() - kEdge; ++row) {
      const double value = after(row, sensor);
      const double stored = rows[static_cast<std::size_t>(row * after.cols() + sensor)];
      power += value * value;
      difference += (stored - value) * (stored - value);
    }
    EXPECT_LT(std::sqrt(difference / power), 0.03) << "sensor " << sensor;
  }
}

TEST_F(RawPath, FindsEveryWordWithinAMicrosecond) {
  const Simulation simulation = simulate();
  const MegFile meg = import_of(simulation);

  std::vector<WordEvent> heard;
  for (const WordEvent& event : meg.header().recordings[0].events) {
    if (event.kind == EventKind::kWord && event.word >= 0) heard.push_back(event);
  }
  const auto& wanted = simulation.header().recordings[0].events;
  ASSERT_EQ(heard.size(), wanted.size());
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    EXPECT_EQ(heard[k].word, wanted[k].word) << k;
    EXPECT_NEAR(heard[k].onset_s, wanted[k].onset_s, 1e-6) << k;
    EXPECT_EQ(heard[k].reason, EventReason::kValid) << k;
  }
}

TEST_F(RawPath, KeepsTheTruth) {
  const Simulation simulation = simulate();
  const MegFile meg = import_of(simulation);

  ASSERT_NE(meg.header().truth, nullptr);
  EXPECT_EQ(meg.header().truth->reference_s, simulation.header().truth->reference_s);
  EXPECT_EQ(meg.header().truth->latency_s, simulation.header().truth->latency_s);
}

}  // namespace
}  // namespace lockstep
