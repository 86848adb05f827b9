// Slow parts are drawn whole, at a rate that leaves room for a filter, and interpolated; the rest
// is a function of time, or drawn in blocks of a second that know nothing of each other.
#include "aligner/simulation/recorded_signal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "aligner/simulation/sensor_field.h"

namespace lockstep {
namespace {

using std::numbers::pi;

// The slow signal ends at a quarter of its rate, its first image begins at three quarters. Within
// these a sinc under a Kaiser window of this many samples a side lets 1e-8 of the image pass
// (Kaiser 1974, "Nonrecursive digital filter design using the I0-sinh window function").
constexpr int64_t kReach = 12;
constexpr double kKaiserBeta = 16;
constexpr Eigen::Index kSourcesAtOnce = 32;
constexpr Eigen::Index kRowsAtOnce = 4096;
constexpr double kMains_hz = 50;
constexpr std::array kMainsHeight{2.0, 0.5, 0.7};  // of the first three harmonics, in units
constexpr double kOffset = 30;                     // SD of a sensor's offset, in units

double kaiser(double x) {
  return std::abs(x) >= 1 ? 0
                          : std::cyl_bessel_i(0, kKaiserBeta * std::sqrt(1 - x * x)) /
                                std::cyl_bessel_i(0, kKaiserBeta);
}

// Weights of the 2 * kReach samples around a time between samples kReach - 1 and kReach of them,
// `share` after the first of these.
std::array<double, 2 * kReach> interpolation(double share) {
  std::array<double, 2 * kReach> weights{};
  double sum = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const double distance = static_cast<double>(k) - static_cast<double>(kReach - 1) - share;
    const double sinc = distance == 0 ? 1 : std::sin(pi * distance) / (pi * distance);
    weights[k] = sinc * kaiser(distance / static_cast<double>(kReach));
    sum += weights[k];
  }
  for (double& weight : weights) weight /= sum;  // a constant stays one
  return weights;
}

}  // namespace

RecordedSignal::RecordedSignal(Ingredients ingredients,
                               const BackgroundBrain& brain,
                               const Eigen::MatrixXd& lead_field,
                               double rate_hz)
    : what_(std::move(ingredients)), rate_hz_(rate_hz) {
  const double duration_s = static_cast<double>(what_.num_imported_samples) / what_.import.rate_hz;
  num_samples_ = static_cast<int64_t>(std::floor(duration_s * rate_hz_ + 1e-6));
  impulses_ = plan_impulses(what_.options, what_.recording, duration_s);
  const ResponseShape shape{.latency_s = 0, .width_s = kImpulseWidth_s};
  impulse_gain_ = 1 / ResponseKernel(shape, what_.import).at(0);
  draw_background(brain, lead_field);
}

void RecordedSignal::draw_background(const BackgroundBrain& brain,
                                     const Eigen::MatrixXd& lead_field) {
  const BackgroundSpectra spectra(what_.options,
                                  what_.import,
                                  brain.alpha_hz,
                                  what_.num_imported_samples,
                                  BackgroundStage::kRecorded);
  const Eigen::Index rows = what_.num_imported_samples * kRecordedOversampling + 2 * kReach;
  // Draws are periodic: before sample 0 comes the last one.
  const auto unrolled = [&](const std::vector<double>& drawn) {
    Eigen::VectorXd all(rows);
    const auto length = static_cast<int64_t>(drawn.size());
    for (Eigen::Index row = 0; row < rows; ++row)
      all[row] = drawn[static_cast<std::size_t>((row - kReach + length) % length)];
    return all;
  };
  Fourier fourier;
  slow_ = Eigen::MatrixXf::Zero(rows, lead_field.rows());
  const auto num_sources = static_cast<Eigen::Index>(brain.dipoles.size());
  for (Eigen::Index first = 0; first < num_sources; first += kSourcesAtOnce) {
    const Eigen::Index count = std::min(kSourcesAtOnce, num_sources - first);
    Eigen::MatrixXd activity(rows, count);
    for (Eigen::Index k = 0; k < count; ++k) {
      const auto source = static_cast<std::size_t>(first + k);
      activity.col(k) = unrolled(dipole_activity(
          spectra,
          brain.alpha_strength[source],
          RandomStream(what_.options.seed, "background in " + what_.recording, source),
          fourier));
    }
    const Eigen::MatrixXd patterns = lead_field.middleCols(first, count) / what_.scales.brain;
    for (Eigen::Index row = 0; row < rows; row += kRowsAtOnce) {
      const Eigen::Index num_rows = std::min(kRowsAtOnce, rows - row);
      Eigen::MatrixXd field = Eigen::MatrixXd::Zero(num_rows, lead_field.rows());
      add_sensor_field(field, activity.middleRows(row, num_rows), patterns);
      slow_.middleRows(row, num_rows) += field.cast<float>();
    }
  }
  for (Eigen::Index sensor = 0; sensor < slow_.cols(); ++sensor) {
    RandomStream stream(
        what_.options.seed, "sensor noise in " + what_.recording, static_cast<uint64_t>(sensor));
    const Eigen::VectorXd noise =
        unrolled(coloured_noise(stream, spectra.sensor_noise(), spectra.length(), fourier));
    slow_.col(sensor) += (std::sqrt(what_.options.sensor_noise) * noise).cast<float>();
    slow_.col(sensor) /= static_cast<float>(what_.scales.sum);
  }
  drift_.resize(rows, 3);
  for (int axis = 0; axis < 3; ++axis) {
    drift_.col(axis) =
        unrolled(drift_course(spectra, what_.options, what_.recording, axis, fourier));
  }
}

void RecordedSignal::add_slow(RecordedPiece& piece, int64_t first) const {
  const double slow_hz = what_.import.rate_hz * static_cast<double>(kRecordedOversampling);
  const auto add = [](const auto& slow, Eigen::Index row, const auto& weights, auto column) {
    double sum = 0;
    for (std::size_t k = 0; k < weights.size(); ++k)
      sum += weights[k] * static_cast<double>(slow(row + static_cast<Eigen::Index>(k), column));
    return sum;
  };
  for (Eigen::Index n = 0; n < piece.sensors.rows(); ++n) {
    const double at = time_s(first + n) * slow_hz;
    const auto below = static_cast<Eigen::Index>(std::floor(at));
    const auto weights = interpolation(at - static_cast<double>(below));
    const Eigen::Index row = below + 1;  // kReach - 1 before `below`, and kReach rows in front
    for (Eigen::Index sensor = 0; sensor < piece.sensors.cols(); ++sensor)
      piece.sensors(n, sensor) += add(slow_, row, weights, sensor);
    for (Eigen::Index axis = 0; axis < 3; ++axis)
      piece.far(n, axis) += add(drift_, row, weights, axis);
  }
}

void RecordedSignal::add_responses(RecordedPiece& piece, int64_t first) const {
  if (!what_.content) return;
  std::vector<double> times_s;
  for (Eigen::Index n = 0; n < piece.sensors.rows(); ++n) times_s.push_back(time_s(first + n));
  add_sensor_field(piece.sensors, what_.content->at(times_s), what_.patterns.content);
  if (what_.onset) add_sensor_field(piece.sensors, what_.onset->at(times_s), what_.patterns.onset);
}

void RecordedSignal::add_impulses(RecordedPiece& piece, int64_t first) const {
  const ResponseShape shape{.latency_s = 0, .width_s = kImpulseWidth_s};
  for (const Impulse& impulse : impulses_) {
    const auto from = static_cast<int64_t>((impulse.time_s - 6 * kImpulseWidth_s) * rate_hz_);
    const auto to = static_cast<int64_t>((impulse.time_s + 6 * kImpulseWidth_s) * rate_hz_);
    for (int64_t n = std::max(from, first);
         n <= std::min(to, first + static_cast<int64_t>(piece.sensors.rows()) - 1);
         ++n) {
      piece.sensors.row(n - first) +=
          impulse_gain_ * impulse.size * shape.at(time_s(n) - impulse.time_s) * impulse.direction;
    }
  }
}

// The sensors' noise goes on above half of import's rate with the density it has below. A first
// difference of white noise has 3e-5 of its power there: nothing of import's band is changed.
void RecordedSignal::add_fast(RecordedPiece& piece, int64_t first) const {
  const auto block = static_cast<int64_t>(std::round(rate_hz_));  // a second, about
  const double density =
      std::sqrt(what_.options.sensor_noise * rate_hz_ / what_.import.rate_hz) / what_.scales.sum;
  const int64_t end = first + static_cast<int64_t>(piece.sensors.rows());
  for (int64_t number = first / block; number * block < end; ++number) {
    for (Eigen::Index sensor = 0; sensor < piece.sensors.cols(); ++sensor) {
      const bool is_bad = what_.is_bad[static_cast<std::size_t>(sensor)];
      RandomStream stream(what_.options.seed,
                          (is_bad ? "bad sensor in " : "fast noise in ") + what_.recording,
                          (static_cast<uint64_t>(sensor) << 32) + static_cast<uint64_t>(number));
      double last = stream.normal();
      for (int64_t n = number * block; n < std::min((number + 1) * block, end); ++n) {
        const double value = stream.normal();
        const double fast = is_bad ? kBadSensorDeviation * value : density * (value - last) / 2;
        last = value;
        if (n >= first) piece.sensors(n - first, sensor) += fast;
      }
    }
  }
}

RecordedPiece RecordedSignal::piece(int64_t first, int64_t count) const {
  RecordedPiece piece{Eigen::MatrixXd::Zero(count, slow_.cols()), Eigen::MatrixXd::Zero(count, 3)};
  add_slow(piece, first);
  add_responses(piece, first);
  add_impulses(piece, first);
  for (std::size_t harmonic = 0; harmonic < kMainsHeight.size(); ++harmonic) {
    const double hz = kMains_hz * static_cast<double>(harmonic + 1);
    for (Eigen::Index n = 0; n < count; ++n) {
      for (Eigen::Index axis = 0; axis < 3; ++axis) {
        piece.far(n, axis) += kMainsHeight[harmonic] *
                              std::sin(2 * pi * hz * time_s(first + n) + static_cast<double>(axis));
      }
    }
  }
  for (Eigen::Index sensor = 0; sensor < piece.sensors.cols(); ++sensor) {
    const auto k = static_cast<std::size_t>(sensor);
    if (what_.is_bad[k]) {
      piece.sensors.col(sensor).setZero();
    } else {
      piece.sensors.col(sensor) += piece.far * what_.sensors_m[k].normalized();
    }
    const double offset =
        RandomStream(what_.options.seed, "offset in " + what_.recording, k).normal();
    piece.sensors.col(sensor).array() += kOffset * offset;
  }
  add_fast(piece, first);
  piece.sensors *= kBackground_t;
  piece.far *= kBackground_t;
  return piece;
}

}  // namespace lockstep
