#include "aligner/simulation/reference_latency.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <numeric>

#include "aligner/scores/peak_time.h"
#include "base/random_stream.h"

namespace lockstep {
namespace {

constexpr int kWords = 4000;
constexpr int kTaps = 3;
constexpr int kComponents = 2;
constexpr double kRate_hz = 30;

/// Words 0.34 s apart on average, with components that the taps share to the degree `shared` (a
/// variance).
struct Experiment {
  explicit Experiment(double shared, const std::vector<double>& latencies_s) {
    RandomStream stream(11, "experiment");
    features.num_taps = kTaps;
    features.num_components = kComponents;
    features.values.resize(kWords, kTaps * kComponents);
    double time_s = 20;
    for (int word = 0; word < kWords; ++word) {
      double common[kComponents];
      for (double& value : common) value = stream.normal();
      for (int feature = 0; feature < kTaps * kComponents; ++feature) {
        features.values(word, feature) = std::sqrt(shared) * common[feature % kComponents] +
                                         std::sqrt(1 - shared) * stream.normal();
      }
      heard.push_back({word, time_s});
      words.push_back({word, static_cast<int64_t>(std::nearbyint(time_s * kRate_hz))});
      time_s += 0.24 + 0.2 * stream.uniform();
    }
    features.targets = features.values;
    std::vector<ResponseKernel> kernels;
    for (const double latency_s : latencies_s)
      kernels.emplace_back(ResponseShape{.latency_s = latency_s, .width_s = 0.08}, ImportedBand{});
    responses = std::make_unique<WordResponses>(heard, kernels, features.values);
    offsets.resize(28);
    std::iota(offsets.begin(), offsets.end(), -4);
  }

  PlantedFeatures features;
  std::vector<HeardWord> heard;
  std::vector<AnalysedWord> words;
  std::unique_ptr<WordResponses> responses;
  std::vector<int64_t> offsets;
};

/// What least squares on noisy sources really reaches: mean correlation over components, tap x
/// offset.
Eigen::MatrixXd decoded(const Experiment& experiment, double noise) {
  RandomStream stream(12, "noise");
  Eigen::MatrixXd scores =
      Eigen::MatrixXd::Zero(kTaps, static_cast<Eigen::Index>(experiment.offsets.size()));
  for (std::size_t k = 0; k < experiment.offsets.size(); ++k) {
    std::vector<double> times_s;
    for (const auto& word : experiment.words)
      times_s.push_back(static_cast<double>(word.sample + experiment.offsets[k]) / kRate_hz);
    Eigen::MatrixXd sources = experiment.responses->at(times_s);
    for (double& value : sources.reshaped()) value += noise * stream.normal();
    sources.rowwise() -= sources.colwise().mean().eval();
    Eigen::MatrixXd targets = experiment.features.targets;
    targets.rowwise() -= targets.colwise().mean().eval();
    const Eigen::MatrixXd predicted =
        sources * (sources.transpose() * sources).ldlt().solve(sources.transpose() * targets);
    for (Eigen::Index feature = 0; feature < targets.cols(); ++feature) {
      const double r = predicted.col(feature).dot(targets.col(feature)) /
                       (predicted.col(feature).norm() * targets.col(feature).norm());
      scores(feature / kComponents, static_cast<Eigen::Index>(k)) += r / kComponents;
    }
  }
  return scores;
}

Eigen::MatrixXd strength_of(const Experiment& experiment, int num_threads = 1) {
  return decoding_strength({{experiment.responses.get(), experiment.words}},
                           experiment.features,
                           kRate_hz,
                           experiment.offsets,
                           num_threads);
}

TEST(ReferenceLatency, IsThatOfADecoderThatHasSeenEnough) {
  const Experiment experiment(0.8, {0.2, 0.3, 0.4});

  const Eigen::MatrixXd strength = strength_of(experiment);
  const Eigen::MatrixXd scores = decoded(experiment, 3);

  const std::vector<double> expected = reference_latencies(scores, experiment.offsets, kRate_hz);
  const std::vector<double> reference = reference_latencies(strength, experiment.offsets, kRate_hz);
  for (int tap = 0; tap < kTaps; ++tap) {
    EXPECT_NEAR(
        reference[static_cast<std::size_t>(tap)], expected[static_cast<std::size_t>(tap)], 0.034)
        << "tap " << tap;
    const Eigen::RowVectorXd a = strength.row(tap) / strength.row(tap).maxCoeff();
    const Eigen::RowVectorXd b = scores.row(tap) / scores.row(tap).maxCoeff();
    for (Eigen::Index k = 0; k < a.size(); ++k) {
      if (a[k] < 0.5) continue;
      EXPECT_NEAR(a[k], b[k], 0.1)
          << "tap " << tap << ", offset " << experiment.offsets[static_cast<std::size_t>(k)];
    }
  }
}

TEST(ReferenceLatency, IsTheLatencyWhereNothingIsShared) {
  // On the grid of samples, so that rounding of onsets is symmetric.
  const Experiment experiment(0, {0.2, 0.3, 0.4});

  const std::vector<double> reference =
      reference_latencies(strength_of(experiment), experiment.offsets, kRate_hz);

  EXPECT_NEAR(reference[0], 0.2, 1e-9);
  EXPECT_NEAR(reference[1], 0.3, 1e-9);
  EXPECT_NEAR(reference[2], 0.4, 1e-9);
}

TEST(ReferenceLatency, MovesTowardsTheOthersWhereComponentsAreShared) {
  const Experiment experiment(0.95, {0.2, 0.2667, 0.3333});

  const std::vector<double> reference =
      reference_latencies(strength_of(experiment), experiment.offsets, kRate_hz);

  EXPECT_GT(reference[0], 0.2001);
  EXPECT_LT(reference[2], 0.3332);
}

TEST(DecodingStrength, IsNothingWhereNothingAnswers) {
  Experiment experiment(0.5, {0.2, 0.3, 0.4});
  experiment.features.values.setZero();

  const Eigen::MatrixXd strength = strength_of(experiment);

  EXPECT_EQ(strength, Eigen::MatrixXd::Zero(kTaps, strength.cols()));
  EXPECT_TRUE(std::isnan(reference_latencies(strength, experiment.offsets, kRate_hz)[0]));
}

TEST(DecodingStrength, SubtractsWhatUnrelatedWordsGiveByChance) {
  Experiment experiment(0.5, {0.2, 0.3, 0.4});
  experiment.words.resize(300);
  RandomStream stream(13, "unrelated");
  for (double& value : experiment.features.targets.reshaped()) value = stream.normal();

  const Eigen::MatrixXd strength = strength_of(experiment);

  // Squares about their mean: both components of a tap are below it now and then.
  EXPECT_GT((strength.array() == 0).count(), strength.size() / 20);
}

TEST(DecodingStrength, IsTheSameWhateverTheThreads) {
  const Experiment experiment(0.5, {0.2, 0.3, 0.4});

  EXPECT_EQ(strength_of(experiment, 1), strength_of(experiment, 3));
}

}  // namespace
}  // namespace lockstep
