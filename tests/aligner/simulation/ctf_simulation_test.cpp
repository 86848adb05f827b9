#include "aligner/simulation/ctf_simulation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "aligner/recordings/open_recording.h"
#include "aligner/simulation/ctf_array.h"
#include "aligner/simulation/session_plan.h"
#include "base/schemas/simulation_record.h"
#include "tests/support/messages.h"
#include "tests/support/python.h"
#include "tests/support/raw_simulation.h"
#include "tests/support/recordings.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

using testing::holds;
using testing::message_of;
using testing::read_bytes;

constexpr const char* kDs = "sub-001/ses-001/meg/sub-001_ses-001_task-compr_meg.ds";

class CtfSimulations : public testing::RawSimulations {
 protected:
  CtfSimulations() {
    options.num_bad_sensors = 1;
    lay_out_for_ctf(options);
    ctf.rate_hz = 300;
  }

  void write(const fs::path& output, int num_threads = 1) const {
    Provenance provenance;
    provenance.what = "lockstep simulate";
    provenance.options = {{"seed", options.seed}};
    write_ctf_simulation(simulate(), words, options, ctf, provenance, output, num_threads);
  }
  static std::map<std::string, std::string> contents_of(const fs::path& dataset) {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::recursive_directory_iterator(dataset)) {
      if (entry.is_regular_file())
        contents[fs::relative(entry.path(), dataset)] = read_bytes(entry.path());
    }
    return contents;
  }

  CtfSimulationOptions ctf;
};

TEST_F(CtfSimulations, HoldTheSimulatedSignalToHalfAUnit) {
  write(folder / "raw");

  const auto recording = open_recording(folder / "raw" / kDs);
  const Simulation simulation = simulate();
  const RecordedSignal signal = simulation.recorded(0, 300);
  ASSERT_EQ(recording->header().num_samples, signal.num_samples());
  EXPECT_EQ(recording->header().samples_a_trial, 3000);
  ASSERT_EQ(recording->header().channels.size(), 2u + 29 + 5 + 1);
  const Eigen::MatrixXd wanted = signal.piece(0, signal.num_samples()).sensors;
  const CtfArray array(helmet(5));
  for (std::size_t sensor = 0; sensor < 5; ++sensor) {
    const auto read = recording->read(std::vector{31 + sensor}, {0, signal.num_samples()});
    const double unit = std::abs(array.sensors()[sensor].scale());
    double largest = 0;
    for (std::size_t n = 0; n < read.size(); ++n) {
      largest = std::max(largest,
                         std::abs(read[n] - wanted(static_cast<Eigen::Index>(n),
                                                   static_cast<Eigen::Index>(sensor))));
    }
    EXPECT_LE(largest, 0.501 * unit) << "sensor " << sensor;
    EXPECT_EQ(recording->header().channels[31 + sensor].bad,
              simulation.header().sensors[sensor].bad);
  }
}

TEST_F(CtfSimulations, LeaveTwentySecondsBeforeTheFirstAndAfterTheLastWord) {
  write(folder / "raw");

  const Simulation simulation = simulate();
  const RecordingInfo& info = simulation.header().recordings[0];
  const auto length = open_recording(folder / "raw" / kDs)->header().num_samples;
  const double length_s = static_cast<double>(length) / 300;
  EXPECT_GE(info.events.front().onset_s, 20);
  EXPECT_GE(length_s - info.events.back().onset_s, 20);
  EXPECT_EQ(std::fmod(length_s, 10), 0);
}

TEST_F(CtfSimulations, LoseTheFarFieldAtGradeThree) {
  write(folder / "raw");

  const auto spread = [&](int32_t grade) {
    const auto recording = compensated(open_recording(folder / "raw" / kDs), grade);
    std::size_t good = 31;
    while (recording->header().channels[good].bad) ++good;
    // Mains is the most of it.
    const auto values = recording->read(std::vector{good}, {0, 3000});
    double real = 0, imaginary = 0;
    for (std::size_t n = 0; n < values.size(); ++n) {
      const double turn = 2 * M_PI * 50 * static_cast<double>(n) / 300;
      real += values[n] * std::cos(turn);
      imaginary += values[n] * std::sin(turn);
    }
    return std::hypot(real, imaginary);
  };
  EXPECT_LT(spread(3), 0.05 * spread(0));
  EXPECT_NEAR(spread(1) / spread(0), 0.2, 0.03);
}

TEST_F(CtfSimulations, KeepTheTruth) {
  write(folder / "raw");

  const auto found = find_simulation_record(folder / "raw" / kDs);
  ASSERT_TRUE(found);
  const SimulationRecord record = read_simulation_record(*found);
  const Simulation simulation = simulate();
  const PlantedTruth& truth = *simulation.header().truth;
  EXPECT_EQ(record.truth.tap_name, truth.tap_name);
  EXPECT_EQ(record.truth.latency_s, truth.latency_s);
  EXPECT_EQ(record.truth.reference_s, truth.reference_s);
  EXPECT_EQ(record.truth.context, truth.context);
  EXPECT_EQ(record.words_sha256, words.sha256);
  EXPECT_EQ(record.import_rate_hz, 30);
  EXPECT_EQ(record.band_high_hz, 20);
  EXPECT_EQ(record.provenance.what, "lockstep simulate");
}

TEST_F(CtfSimulations, AreTheSameWhateverTheThreads) {
  write(folder / "one", 1);
  write(folder / "three", 3);

  const auto one = contents_of(folder / "one");
  EXPECT_EQ(one.size(), 12u);
  EXPECT_EQ(one, contents_of(folder / "three"));
}

TEST_F(CtfSimulations, GoOnWhereTheyWereCutOff) {
  options.num_subjects = 2;
  write(folder / "whole");
  // As a cut leaves it: the key, one session whole, the second begun.
  fs::copy(folder / "whole", folder / "cut.partial", fs::copy_options::recursive);
  Provenance provenance;
  provenance.what = "lockstep simulate";
  provenance.options = {{"seed", options.seed}};
  testing::write_bytes(folder / "cut.partial/simulation.key",
                       sha256_of(provenance.to_json().dump()));
  fs::remove(folder / "cut.partial/sub-002/ses-001/sub-002_ses-001_scans.tsv");
  fs::remove(folder / "cut.partial/simulation.json");
  const auto kept = folder / "cut.partial" / kDs / "BadChannels";
  const auto written = fs::last_write_time(kept);
  write(folder / "cut");

  EXPECT_EQ(contents_of(folder / "cut"), contents_of(folder / "whole"));
  EXPECT_EQ(fs::last_write_time(folder / "cut" / kDs / "BadChannels"), written);
  EXPECT_FALSE(fs::exists(folder / "cut.partial"));
}

TEST_F(CtfSimulations, RefuseWhatAnotherSimulationLeft) {
  fs::create_directory(folder / "raw.partial");

  EXPECT_TRUE(
      holds(message_of(Blame::kCommandLine, [&] { write(folder / "raw"); }),
            "raw.partial: what another simulation left; remove it, or simulate to another"));
  fs::create_directory(folder / "there");
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { write(folder / "there"); }),
                    "there: exists; the name of a new folder is wanted"));
  ctf.rate_hz = 99;
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { write(folder / "slow"); }),
                    "simulate: --rate: 99; 100 to 20000 samples a second are wanted for ctf"));
}

TEST_F(CtfSimulations, AreReadByMneWithTheSameSamplesAndTriggers) {
  ctf.largest_file = 2'000'000;  // several files
  write(folder / "raw");
  ASSERT_TRUE(fs::exists(folder / "raw" / kDs / "sub-001_ses-001_task-compr_meg.1_meg4"));

  const auto outcome = testing::run_oracle("read_recording.py", {(folder / "raw" / kDs).string()});

  if (outcome.status == testing::kNoOracle) GTEST_SKIP() << "no MNE-Python";
  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  const auto mne = nlohmann::json::parse(outcome.output)[0];
  const auto recording = open_recording(folder / "raw" / kDs);
  EXPECT_EQ(mne["sha256"], testing::sha256_of_values(testing::all_values(*recording)));
  EXPECT_EQ(mne["kinds"],
            nlohmann::json::parse(R"({"mag": 5, "ref_meg": 29, "stim": 1, "misc": 2})"));
  const Simulation simulation = simulate();
  const SessionPlan plan = plan_session(simulation.header().recordings[0], words, 300, 0);
  nlohmann::json triggers;
  for (const Trigger& trigger : plan.triggers) triggers.push_back({trigger.sample, trigger.value});
  EXPECT_EQ(mne["triggers"], triggers);
  EXPECT_EQ(mne["annotations"].size(), 6u);
}

}  // namespace
}  // namespace lockstep
