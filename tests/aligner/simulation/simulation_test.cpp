#include "aligner/simulation/simulation.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>

#include "aligner/targets/reduction.h"
#include "tests/support/messages.h"
#include "tests/support/small_study.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::noise_value;
using testing::SmallActivations;
using testing::TemporaryFolder;

/// 240 words in two stories, three taps of four components that have nothing in common; ten
/// sensors, one of them bad.
class Simulations : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = new TemporaryFolder;
    words = new Words(testing::small_words(folder->path(), 240, 120));
    SmallActivations shape;
    shape.value = [](int64_t context, int64_t tap, int64_t word, int64_t unit) {
      return noise_value(1, context, tap, word, unit);
    };
    write_small_activations(*folder / "activations.h5", *words, shape);
    const ActivationsFile activations(*folder / "activations.h5");
    const Reduction reduction =
        reduce_activations(activations, {.stimuli = words}, {.num_components = 4});
    write_targets(*folder / "targets.h5", reduction.header, reduction.fits);
  }
  static void TearDownTestSuite() {
    delete words;
    delete folder;
  }

  Simulations() : targets(*folder / "targets.h5") {
    options.num_subjects = 2;
    options.num_sensors = 10;
    options.num_bad_sensors = 1;
    options.jitter_s = 0;
  }

  Simulation simulate(int num_threads = 1) const {
    return Simulation(targets, *words, options, num_threads);
  }
  Simulation simulate(Null null) {
    options.null = null;
    return simulate();
  }

  static TemporaryFolder* folder;
  static Words* words;
  TargetsFile targets;
  SimulationOptions options;
};
TemporaryFolder* Simulations::folder = nullptr;
Words* Simulations::words = nullptr;

Eigen::RowVectorXd variances(const Eigen::MatrixXd& values) {
  return (values.rowwise() - values.colwise().mean()).colwise().squaredNorm() /
         static_cast<double>(values.rows());
}

TEST_F(Simulations, HaveARecordingForEverybodyAndEachStory) {
  const Simulation simulation = simulate();

  const MegHeader& header = simulation.header();
  ASSERT_EQ(header.recordings.size(), 4u);
  EXPECT_EQ(header.recordings[1].name, "sub-001_ses-002");
  EXPECT_EQ(header.recordings[2].subject, "sub-002");
  ASSERT_EQ(header.recordings[1].events.size(), 120u);
  EXPECT_EQ(header.recordings[1].events[0].word, 120);
  EXPECT_NEAR(header.recordings[1].events[7].onset_s - words->rows[127].onset_s, 5, 1e-12);
  EXPECT_EQ(header.recordings[0].segments[0].second, header.recordings[0].num_samples);
  EXPECT_EQ(simulation.num_analysed(),
            118);  // content words but for the first of each story, which lacks context 3
}

TEST_F(Simulations, ReachTheSnrAskedFor) {
  const Simulation simulation = simulate();
  for (std::size_t recording = 0; recording < 4; ++recording) {
    const RecordingParts parts = simulation.parts(recording);

    double sum = 0;
    for (Eigen::Index sensor = 0; sensor < 10; ++sensor) {
      if (!simulation.header().sensors[static_cast<std::size_t>(sensor)].bad)
        sum += variances(parts.responses)[sensor] / variances(parts.background)[sensor];
    }
    EXPECT_NEAR(sum / 9, 0.05, 0.001) << "recording " << recording;
  }
  EXPECT_EQ(simulation.header().truth->snr_reached, 0.05);
}

TEST_F(Simulations, DifferFromBackgroundByTheResponsesAlone) {
  const Eigen::MatrixXd with = simulate().data(0);
  const Eigen::MatrixXd responses = simulate().parts(0).responses;

  const Simulation noise = simulate(Null::kNoise);
  const Eigen::MatrixXd without = noise.data(0);

  for (Eigen::Index sensor = 0; sensor < 10; ++sensor) {
    const bool is_bad = noise.header().sensors[static_cast<std::size_t>(sensor)].bad;
    const double difference =
        ((with - without).col(sensor) / kBackground_t - (is_bad ? 0 : 1) * responses.col(sensor))
            .cwiseAbs()
            .maxCoeff();
    EXPECT_LT(difference, 1e-9) << "sensor " << sensor;
  }
  EXPECT_EQ(noise.parts(0).responses.cwiseAbs().maxCoeff(), 0);
  EXPECT_EQ(noise.header().truth->snr_reached, 0);
}

/// Mean over analysed words of what the sensors hold about each tap: sum over components and
/// sensors of the squared covariance, by offset.
std::vector<double> answers(const Simulation& simulation,
                            std::size_t tap,
                            const std::vector<int64_t>& offsets) {
  const Eigen::MatrixXd field = simulation.parts(0).responses;
  const MegHeader& header = simulation.header();
  std::vector<double> found;
  for (const int64_t offset : offsets) {
    Eigen::MatrixXd products = Eigen::MatrixXd::Zero(4, field.cols());
    for (const WordEvent& event : header.recordings[0].events) {
      const auto sample = static_cast<Eigen::Index>(std::nearbyint(event.onset_s * 30)) + offset;
      products += simulation.features()
                      .targets.row(event.word)
                      .segment(static_cast<Eigen::Index>(tap) * 4, 4)
                      .transpose() *
                  field.row(sample);
    }
    found.push_back(products.squaredNorm());
  }
  return found;
}

double latency_found(const Simulation& simulation, std::size_t tap) {
  std::vector<int64_t> offsets;
  for (int64_t k = -6; k <= 30; ++k) offsets.push_back(k);
  const std::vector<double> found = answers(simulation, tap, offsets);
  const auto largest = std::max_element(found.begin(), found.end()) - found.begin();
  return static_cast<double>(offsets[static_cast<std::size_t>(largest)]) / 30;
}

TEST_F(Simulations, AnswerAtTheLatenciesAskedFor) {
  options.first_latency_s = 0.2;
  options.last_latency_s = 0.6;
  const Simulation simulation = simulate();

  for (std::size_t tap = 0; tap < 3; ++tap) {
    EXPECT_NEAR(
        simulation.header().truth->latency_s[tap], 0.2 + 0.2 * static_cast<double>(tap), 1e-9)
        << "tap " << tap;
    EXPECT_NEAR(latency_found(simulation, tap), 0.2 + 0.2 * static_cast<double>(tap), 1e-9)
        << "tap " << tap;
    EXPECT_NEAR(
        simulation.header().truth->reference_s[tap], 0.2 + 0.2 * static_cast<double>(tap), 0.018)
        << "tap " << tap;
  }
}

TEST_F(Simulations, CanAnswerInReverse) {
  options.first_latency_s = 0.2;
  options.last_latency_s = 0.6;
  const Simulation simulation = simulate(Null::kReverse);

  EXPECT_NEAR(latency_found(simulation, 0), 0.6, 1e-9);
  EXPECT_NEAR(latency_found(simulation, 2), 0.2, 1e-9);
  EXPECT_EQ(simulation.header().truth->null, "reverse");
}

TEST_F(Simulations, CanAnswerAllAtOnce) {
  options.first_latency_s = 0.2;
  options.last_latency_s = 0.6;
  const Simulation simulation = simulate(Null::kCommon);

  for (std::size_t tap = 0; tap < 3; ++tap)
    EXPECT_NEAR(latency_found(simulation, tap), 0.4, 1e-9) << "tap " << tap;
  for (const double latency_s : simulation.header().truth->latency_s)
    EXPECT_NEAR(latency_s, 0.4, 1e-12);
}

TEST_F(Simulations, CanAnswerToTheFirstTapAlone) {
  options.onset_share = 0;
  const Simulation simulation = simulate(Null::kStatic);

  EXPECT_EQ(simulation.features().values.rightCols(8).cwiseAbs().maxCoeff(), 0);
  EXPECT_GT(simulation.features().values.leftCols(4).cwiseAbs().maxCoeff(), 0);
  EXPECT_NEAR(simulation.header().truth->latency_s[0], 0.35, 1e-12);
  EXPECT_TRUE(std::isnan(simulation.header().truth->latency_s[1]));
}

TEST_F(Simulations, CanLeak) {
  options.onset_share = 0;
  const Simulation simulation = simulate(Null::kLeak);

  // A leak is slow and does not follow words: as strong a second before a word as after it.
  const std::vector<double> found = answers(simulation, 1, {-15, 0, 15});
  EXPECT_GT(found[0], 0.3 * found[1]);
  EXPECT_GT(found[2], 0.3 * found[1]);
  EXPECT_TRUE(std::isnan(simulation.header().truth->latency_s[0]));
  EXPECT_TRUE(std::isnan(simulation.header().truth->reference_s[0]));
}

TEST_F(Simulations, AnswerToEveryWordAlike) {
  options.onset_share = 100;
  const Simulation simulation = simulate();

  const Eigen::MatrixXd field = simulation.parts(0).responses;
  std::vector<double> mean;
  for (int64_t k = -3; k <= 12; ++k) {
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(field.cols());
    for (const WordEvent& event : simulation.header().recordings[0].events)
      sum += field.row(static_cast<Eigen::Index>(std::nearbyint(event.onset_s * 30)) + k);
    mean.push_back(sum.norm());
  }
  EXPECT_EQ(std::max_element(mean.begin(), mean.end()) - mean.begin(), 6);  // 0.1 s
}

TEST_F(Simulations, MixDifferentlyInEveryHeadAndALittleInEverySession) {
  options.num_sensors = 60;
  options.onset_share = 100;  // so that one pattern, that of the response to any word, leads
  const Simulation simulation = simulate();
  const auto pattern = [&](std::size_t recording) -> Eigen::VectorXd {
    const Eigen::MatrixXd field = simulation.parts(recording).responses;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> axes(field.transpose() * field);
    return axes.eigenvectors().col(59);
  };

  const Eigen::VectorXd first = pattern(0);
  const double sessions = std::abs(first.dot(pattern(1)));
  const double heads = std::abs(first.dot(pattern(2)));

  EXPECT_LT(heads, 0.9);
  EXPECT_GT(sessions, 0.9);
  EXPECT_LT(sessions, 0.9999);  // 0.99999 in a head that does not turn
}

TEST_F(Simulations, DelayResponsesFromHeadToHead) {
  const Simulation punctual = simulate();
  options.jitter_s = 0.2;
  const Simulation late = simulate();

  EXPECT_NE(punctual.parts(0).responses, late.parts(0).responses);
  EXPECT_EQ(punctual.parts(0).background, late.parts(0).background);
  EXPECT_EQ(punctual.header().recordings[0].events[5].onset_s,
            late.header().recordings[0].events[5].onset_s);
}

TEST_F(Simulations, FlagTheirBadSensors) {
  const Simulation simulation = simulate();

  const Eigen::RowVectorXd power = variances(simulation.data(0) / kBackground_t);
  int num_bad = 0;
  for (Eigen::Index sensor = 0; sensor < 10; ++sensor) {
    const bool is_bad = simulation.header().sensors[static_cast<std::size_t>(sensor)].bad;
    num_bad += is_bad;
    EXPECT_EQ(power[sensor] > 200, is_bad) << "sensor " << sensor;
  }
  EXPECT_EQ(num_bad, 1);
}

TEST_F(Simulations, WriteTheSameBytesWhateverTheThreads) {
  Provenance provenance;
  provenance.what = "lockstep simulate";
  write_simulation(simulate(1), provenance, *folder / "one.h5", 1);
  write_simulation(simulate(3), provenance, *folder / "three.h5", 3);
  options.seed = 1;
  write_simulation(simulate(1), provenance, *folder / "other.h5", 1);

  const std::string one = testing::read_bytes(*folder / "one.h5");
  EXPECT_EQ(one, testing::read_bytes(*folder / "three.h5"));
  EXPECT_NE(one, testing::read_bytes(*folder / "other.h5"));
}

TEST_F(Simulations, ReadBackAsTheyWere) {
  const Simulation simulation = simulate();
  write_simulation(simulation, {}, *folder / "meg.h5", 1);

  const MegFile file(*folder / "meg.h5");

  ASSERT_NE(file.header().truth, nullptr);
  EXPECT_EQ(file.header().truth->reference_s, simulation.header().truth->reference_s);
  EXPECT_EQ(file.header().words_sha256, words->sha256);
  EXPECT_EQ(file.header().recordings[3].events[17].onset_s,
            simulation.header().recordings[3].events[17].onset_s);
  const Eigen::MatrixXd data = simulation.data(3);
  const std::vector<float> read = file.read(3);
  ASSERT_EQ(static_cast<Eigen::Index>(read.size()), data.size());
  for (Eigen::Index sample = 0; sample < data.rows(); sample += 97)
    EXPECT_EQ(read[static_cast<std::size_t>(sample * 10 + 4)], static_cast<float>(data(sample, 4)));
}

TEST_F(Simulations, RefuseWordsThatDoNotFit) {
  Words other = *words;
  other.sha256 = "other";
  Words silent = *words;
  for (auto& row : silent.rows) row.onset_s = NAN;

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { Simulation(targets, other, options, 1); }),
                    "and the stimuli are words other; both must come from one words.tsv"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { Simulation(targets, silent, options, 1); }),
                    "simulate: none of 240 words has a time; a timed transcript is wanted"));
}

TEST_F(Simulations, CountWordsWithoutTime) {
  Words some = *words;
  for (std::size_t row = 200; row < 240; ++row) some.rows[row].onset_s = NAN;

  const Simulation simulation(targets, some, options, 1);

  EXPECT_EQ(simulation.num_words_without_time(), 40);
  EXPECT_EQ(simulation.header().recordings[1].events.size(), 80u);
}

}  // namespace
}  // namespace lockstep
