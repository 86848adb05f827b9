#include "aligner/simulation/background.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace lockstep {
namespace {

constexpr int64_t kSamples = 9000;  // five minutes
constexpr double kRate_hz = 30;

SimulationOptions options_of(int64_t num_sensors) {
  SimulationOptions options;
  options.num_sensors = num_sensors;
  options.drift = 0;
  return options;
}

Eigen::MatrixXd field_of(const SimulationOptions& options, const std::string& recording = "rec") {
  const BackgroundBrain brain = background_brain(options, "sub-001");
  const Eigen::MatrixXd lead =
      lead_field(helmet(options.num_sensors), brain.dipoles, Eigen::Matrix3d::Identity());
  return background_field(brain, lead, options, recording, kSamples).field;
}

/// Mean power over sensors in bands [from, to) of a field.
double power_in(const Eigen::MatrixXd& field, double from_hz, double to_hz) {
  Fourier fourier;
  double power = 0;
  int count = 0;
  for (Eigen::Index sensor = 0; sensor < field.cols(); ++sensor) {
    const auto half = fourier.spectrum(
        std::span<const double>(field.col(sensor).data(), static_cast<std::size_t>(field.rows())));
    for (std::size_t k = 0; k < half.size(); ++k) {
      const double f = static_cast<double>(k) * kRate_hz / static_cast<double>(field.rows());
      if (f < from_hz || f >= to_hz) continue;
      power += std::norm(half[k]);
      ++count;
    }
  }
  return power / count;
}

TEST(ColouredNoise, HasThePowersAskedFor) {
  Fourier fourier;
  std::vector<double> amplitude(501, 0.0);
  amplitude[20] = 2;
  amplitude[300] = 1;
  double power_20 = 0;
  double power_300 = 0;
  double variance = 0;
  for (uint64_t k = 0; k < 400; ++k) {
    RandomStream stream(1, "noise", k);
    const auto signal = coloured_noise(stream, amplitude, 1000, fourier);
    const auto half = fourier.spectrum(signal);
    power_20 += std::norm(half[20]) / 400;
    power_300 += std::norm(half[300]) / 400;
    for (const double value : signal) variance += value * value / 400000;
  }

  EXPECT_NEAR(variance, 5, 0.8);  // 4 standard errors
  EXPECT_NEAR(power_20 / power_300, 4, 1.2);
}

TEST(BackgroundField, FallsAsOneOverF) {
  for (const double exponent : {0.5, 1.0, 1.5}) {
    SimulationOptions options = options_of(20);
    options.alpha = 0;
    options.sensor_noise = 1e-9;
    options.exponent = exponent;

    const Eigen::MatrixXd field = field_of(options);

    const double slope =
        std::log(power_in(field, 7.5, 8.5) / power_in(field, 0.75, 0.85)) / std::log(10);
    EXPECT_NEAR(slope, -exponent, 0.1);
  }
}

TEST(BackgroundField, HasAnAlphaRhythm) {
  SimulationOptions options = options_of(20);
  options.alpha = 0.5;
  const double alpha_hz = background_brain(options, "sub-001").alpha_hz;

  const Eigen::MatrixXd with = field_of(options);
  options.alpha = 0;
  const Eigen::MatrixXd without = field_of(options);

  EXPECT_NEAR(alpha_hz, 10, 2);
  const auto gain = [&](double at_hz) {
    return power_in(with, at_hz - 0.25, at_hz + 0.25) /
           power_in(without, at_hz - 0.25, at_hz + 0.25);
  };
  EXPECT_GT(gain(alpha_hz), 5);
  EXPECT_GT(gain(alpha_hz), 3 * gain(alpha_hz - 3));
  EXPECT_GT(gain(alpha_hz), 3 * gain(alpha_hz + 3));
  EXPECT_LT(gain(2), 1.1);
}

TEST(BackgroundField, HasNothingOutsideTheBand) {
  const Eigen::MatrixXd field = field_of(options_of(5));

  // Cutting a recording out of the drawn signal smears 2 % of the power next to the border over it.
  EXPECT_LT(power_in(field, 0, 0.02), 0.04 * power_in(field, 0.2, 0.3));
}

TEST(BackgroundField, HasUnitVarianceOnTheMeanSensor) {
  const Eigen::MatrixXd field = field_of(options_of(40));

  const Eigen::MatrixXd centred = field.rowwise() - field.colwise().mean();
  EXPECT_NEAR(centred.squaredNorm() / static_cast<double>(field.size()), 1, 1e-9);
}

TEST(BackgroundField, IsAlikeAtNeighbouringSensors) {
  const Eigen::MatrixXd field = field_of(options_of(100));
  const std::vector<Point> sensors = helmet(100);

  const auto correlation = [&](Eigen::Index a, Eigen::Index b) {
    const Eigen::VectorXd x = field.col(a).array() - field.col(a).mean();
    const Eigen::VectorXd y = field.col(b).array() - field.col(b).mean();
    return x.dot(y) / (x.norm() * y.norm());
  };
  double near = 0;
  int num_near = 0;
  double far = 0;
  int num_far = 0;
  for (Eigen::Index a = 0; a < 100; ++a) {
    for (Eigen::Index b = 0; b < a; ++b) {
      const double distance_m =
          (sensors[static_cast<std::size_t>(a)] - sensors[static_cast<std::size_t>(b)]).norm();
      if (distance_m < 0.03) near += std::abs(correlation(a, b)), ++num_near;
      if (distance_m > 0.12) far += std::abs(correlation(a, b)), ++num_far;
    }
  }
  EXPECT_GT(near / num_near, 0.6);
  EXPECT_LT(far / num_far, 0.3);
}

TEST(BackgroundField, DriftsIfAsked) {
  SimulationOptions options = options_of(20);
  const Eigen::MatrixXd still = field_of(options);
  options.drift = 3;
  const Eigen::MatrixXd drifting = field_of(options);

  const Eigen::MatrixXd drift = drifting - still;
  EXPECT_GT(power_in(drift, 0.05, 0.3), 1000 * power_in(drift, 1, 5));
  EXPECT_EQ(Eigen::FullPivLU<Eigen::MatrixXd>(drift.topRows(200)).setThreshold(1e-9).rank(), 3);
}

TEST(BackgroundField, DiffersFromRecordingToRecordingAndNotFromCallToCall) {
  const SimulationOptions options = options_of(4);

  EXPECT_EQ(field_of(options), field_of(options));
  EXPECT_NE(field_of(options, "a"), field_of(options, "b"));
}

TEST(Impulses, ComeAsOftenAsAskedAndStandOut) {
  SimulationOptions options = options_of(3);
  options.impulses_per_minute = 2;
  const ImportedBand import = {options.band, kRate_hz};

  const Eigen::MatrixXd field = impulses(options, import, "rec", kSamples);

  EXPECT_GT(field.cwiseAbs().maxCoeff(), 3);
  int64_t quiet = 0;
  for (Eigen::Index n = 0; n < field.rows(); ++n) quiet += field.row(n).cwiseAbs().maxCoeff() < 0.5;
  EXPECT_GT(quiet, kSamples * 9 / 10);
  options.impulses_per_minute = 0;
  EXPECT_EQ(impulses(options, import, "rec", kSamples), Eigen::MatrixXd::Zero(kSamples, 3));
}

}  // namespace
}  // namespace lockstep
