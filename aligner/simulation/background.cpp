// Everything is drawn as a spectrum at the imported rate: what the filter takes away is never made.
#include "aligner/simulation/background.h"

#include <cmath>
#include <complex>
#include <numbers>

#include "aligner/simulation/sensor_field.h"
#include "base/text.h"

namespace lockstep {
namespace {

constexpr double kLapped_s =
    60;  // longer than the recording by this: its ends know nothing of each other
constexpr double kFlatBelow_hz = 0.05;  // 1/f does not grow beyond
constexpr double kAlphaDeviation_hz = 1;
constexpr double kEnvelope_hz = 0.2;
constexpr double kEnvelopeSpread = 0.5;  // SD of the log of the envelope
constexpr double kDrift_hz = 0.3;
constexpr Eigen::Index kSourcesAtOnce = 32;

/// Scales so that the squares add up to 1.
std::vector<double> of_unit_power(std::vector<double> amplitude) {
  double power = 0;
  for (const double value : amplitude) power += value * value;
  for (double& value : amplitude) value /= std::sqrt(power);
  return amplitude;
}

/// exp(-x^2 / 2), and 0 where that is too little to be worth a draw.
double bell(double x) { return std::abs(x) > 6 ? 0 : std::exp(-0.5 * x * x); }

double mean_variance(const Eigen::MatrixXd& field) {
  return (field.rowwise() - field.colwise().mean()).colwise().squaredNorm().mean() /
         static_cast<double>(field.rows());
}

void add_drifts(Eigen::MatrixXd& field,
                const BackgroundSpectra& spectra,
                const SimulationOptions& options,
                const std::string& recording) {
  const std::vector<Point> sensors = helmet(field.cols());
  Fourier fourier;
  for (int axis = 0; axis < 3; ++axis) {
    const std::vector<double> drift = drift_course(spectra, options, recording, axis, fourier);
    for (Eigen::Index sensor = 0; sensor < field.cols(); ++sensor) {
      const double share = sensors[static_cast<std::size_t>(sensor)].normalized()[axis];
      for (Eigen::Index n = 0; n < field.rows(); ++n)
        field(n, sensor) += share * drift[static_cast<std::size_t>(n)];
    }
  }
}

}  // namespace

std::vector<double> coloured_noise(RandomStream& stream,
                                   const std::vector<double>& amplitude,
                                   int64_t length,
                                   Fourier& fourier) {
  std::vector<std::complex<double>> half(amplitude.size());
  for (std::size_t k = 1; k < half.size(); ++k) {
    if (amplitude[k] == 0) continue;
    const double real = stream.normal();
    const double imaginary = stream.normal();
    half[k] =
        static_cast<double>(length) / 2 * amplitude[k] * std::complex<double>(real, imaginary);
  }
  return fourier.signal(half, length);
}

std::vector<double> dipole_activity(const BackgroundSpectra& spectra,
                                    double alpha_strength,
                                    RandomStream stream,
                                    Fourier& fourier) {
  std::vector<double> activity = coloured_noise(stream, spectra.brain(), spectra.length(), fourier);
  if (alpha_strength == 0) return activity;
  const std::vector<double> alpha =
      coloured_noise(stream, spectra.alpha(), spectra.length(), fourier);
  const std::vector<double> envelope =
      coloured_noise(stream, spectra.envelope(), spectra.length(), fourier);
  for (std::size_t n = 0; n < activity.size(); ++n) {
    // exp(s e - s^2) has mean square 1 for e of variance 1.
    activity[n] += alpha_strength * alpha[n] *
                   std::exp(kEnvelopeSpread * envelope[n] - kEnvelopeSpread * kEnvelopeSpread);
  }
  return activity;
}

std::vector<double> drift_course(const BackgroundSpectra& spectra,
                                 const SimulationOptions& options,
                                 const std::string& recording,
                                 int axis,
                                 Fourier& fourier) {
  RandomStream stream(options.seed, "drift in " + recording, static_cast<uint64_t>(axis));
  std::vector<double> drift = coloured_noise(stream, spectra.drift(), spectra.length(), fourier);
  for (double& value : drift) value *= options.drift;
  return drift;
}

BackgroundSpectra::BackgroundSpectra(const SimulationOptions& options,
                                     const ImportedBand& import,
                                     double alpha_hz,
                                     int64_t num_samples,
                                     BackgroundStage stage)
    : length_(smooth_length(num_samples +
                            static_cast<int64_t>(std::ceil(kLapped_s * import.rate_hz)))) {
  std::vector<double> frequencies;
  for (int64_t k = 0; k <= length_ / 2; ++k)
    frequencies.push_back(static_cast<double>(k) * import.rate_hz / static_cast<double>(length_));
  std::vector<double> gains = import.gains(frequencies);
  gains[0] = 0;
  for (std::size_t k = 0; k < frequencies.size(); ++k) {
    const double f = frequencies[k];
    brain_.push_back(gains[k] * std::pow(std::max(f, kFlatBelow_hz), -options.exponent / 2));
    alpha_.push_back(gains[k] * bell((f - alpha_hz) / kAlphaDeviation_hz));
    envelope_.push_back(k == 0 ? 0 : bell(f / kEnvelope_hz));
    drift_.push_back(k == 0 || f > kDrift_hz ? 0 : 1 / std::max(f, kFlatBelow_hz / 5));
    sensor_noise_.push_back(brain_[k] == 0 ? 0 : 1);
  }
  for (auto* amplitude : {&brain_, &alpha_, &envelope_, &drift_, &sensor_noise_})
    *amplitude = of_unit_power(std::move(*amplitude));
  if (stage == BackgroundStage::kImported) {
    for (std::size_t k = 0; k < drift_.size(); ++k) drift_[k] *= gains[k];
    return;
  }
  for (std::size_t k = 0; k < frequencies.size(); ++k) {
    if (gains[k] == 0) continue;
    brain_[k] /= gains[k];
    alpha_[k] /= gains[k];
  }
  length_ *= kRecordedOversampling;
  for (auto* amplitude : {&brain_, &alpha_, &envelope_, &drift_, &sensor_noise_})
    amplitude->resize(static_cast<std::size_t>(length_ / 2 + 1), 0.0);
}

BackgroundBrain background_brain(const SimulationOptions& options, const std::string& subject) {
  BackgroundBrain brain;
  RandomStream places(options.seed, "background dipoles of " + subject);
  RandomStream rhythm(options.seed, "alpha rhythm of " + subject);
  brain.alpha_hz = 10 + 0.5 * rhythm.normal();
  for (int64_t source = 0; source < kBackgroundSources; ++source) {
    brain.dipoles.push_back(random_dipole(places));
    // Exponentially distributed power: a few dipoles carry most of the rhythm.
    brain.alpha_strength.push_back(std::sqrt(-options.alpha * std::log(1 - rhythm.uniform())));
  }
  return brain;
}

Background background_field(const BackgroundBrain& brain,
                            const Eigen::MatrixXd& lead_field,
                            const SimulationOptions& options,
                            const std::string& recording,
                            int64_t num_samples) {
  const ImportedBand import = {options.band, static_cast<double>(options.rate_hz)};
  const BackgroundSpectra spectra(options, import, brain.alpha_hz, num_samples);
  Fourier fourier;
  Background background;
  Eigen::MatrixXd& field = background.field;
  field = Eigen::MatrixXd::Zero(num_samples, lead_field.rows());
  const auto num_sources = static_cast<Eigen::Index>(brain.dipoles.size());
  for (Eigen::Index first = 0; first < num_sources; first += kSourcesAtOnce) {
    const Eigen::Index count = std::min(kSourcesAtOnce, num_sources - first);
    Eigen::MatrixXd activity(num_samples, count);
    for (Eigen::Index k = 0; k < count; ++k) {
      const auto source = static_cast<std::size_t>(first + k);
      const auto signal =
          dipole_activity(spectra,
                          brain.alpha_strength[source],
                          RandomStream(options.seed, "background in " + recording, source),
                          fourier);
      activity.col(k) = Eigen::Map<const Eigen::VectorXd>(signal.data(), num_samples);
    }
    add_sensor_field(field, activity, lead_field.middleCols(first, count));
  }
  background.scales.brain = std::sqrt(mean_variance(field));
  field /= background.scales.brain;
  for (Eigen::Index sensor = 0; sensor < field.cols(); ++sensor) {
    RandomStream stream(
        options.seed, "sensor noise in " + recording, static_cast<uint64_t>(sensor));
    const auto noise = coloured_noise(stream, spectra.sensor_noise(), spectra.length(), fourier);
    field.col(sensor) += std::sqrt(options.sensor_noise) *
                         Eigen::Map<const Eigen::VectorXd>(noise.data(), num_samples);
  }
  background.scales.sum = std::sqrt(mean_variance(field));
  field /= background.scales.sum;
  add_drifts(field, spectra, options, recording);
  return background;
}

std::vector<Impulse> plan_impulses(const SimulationOptions& options,
                                   const std::string& recording,
                                   double duration_s) {
  RandomStream stream(options.seed, "impulses in " + recording);
  const auto count =
      static_cast<std::size_t>(options.impulses_per_minute * duration_s / 60 + stream.uniform());
  std::vector<Impulse> planned(count);
  for (Impulse& impulse : planned) {
    impulse.time_s = duration_s * stream.uniform();
    impulse.size = 5 + 15 * stream.uniform();
    impulse.direction.resize(options.num_sensors);
    for (double& value : impulse.direction) value = stream.normal();
  }
  return planned;
}

Eigen::MatrixXd impulses(const SimulationOptions& options,
                         const ImportedBand& import,
                         const std::string& recording,
                         int64_t num_samples) {
  Eigen::MatrixXd field = Eigen::MatrixXd::Zero(num_samples, options.num_sensors);
  const std::vector<Impulse> planned =
      plan_impulses(options, recording, static_cast<double>(num_samples) / import.rate_hz);
  if (planned.empty()) return field;
  const ResponseKernel kernel({.latency_s = 0, .width_s = kImpulseWidth_s}, import);
  const double highest = kernel.at(0);
  for (const Impulse& impulse : planned) {
    for (Eigen::Index n = 0; n < num_samples; ++n) {
      const double time_s = static_cast<double>(n) / import.rate_hz - impulse.time_s;
      field.row(n) += impulse.size * kernel.at(time_s) / highest * impulse.direction;
    }
  }
  return field;
}

}  // namespace lockstep
