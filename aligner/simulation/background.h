#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

#include "aligner/signal/fourier.h"
#include "aligner/simulation/head_model.h"
#include "aligner/simulation/response_kernel.h"
#include "aligner/simulation/simulation_options.h"
#include "base/random_stream.h"

namespace lockstep {

/// Random signal of `length` samples whose expected power at bin k of its half spectrum is
/// amplitude[k]^2 (variance: their sum). Periodic. `amplitude` has length / 2 + 1 entries; the
/// first does not count, and zeros draw nothing.
std::vector<double> coloured_noise(RandomStream& stream,
                                   const std::vector<double>& amplitude,
                                   int64_t length,
                                   Fourier& fourier);

/// Spectra of what the background is made of, for recordings of one length: amplitudes of
/// coloured_noise after import.
class BackgroundSpectra {
 public:
  /// `alpha_hz` is the middle of the alpha rhythm.
  BackgroundSpectra(const SimulationOptions& options,
                    const ImportedBand& import,
                    double alpha_hz,
                    int64_t num_samples);

  int64_t length() const { return length_; }  ///< samples to draw: more than the recording has
  const std::vector<double>& brain() const { return brain_; }  ///< 1 / f^exponent power, variance 1
  const std::vector<double>& alpha() const { return alpha_; }  ///< Gaussian of SD 1 Hz, variance 1
  const std::vector<double>& envelope() const { return envelope_; }  ///< below 0.2 Hz, variance 1
  const std::vector<double>& drift() const {
    return drift_;
  }  ///< below 0.3 Hz, variance 1 before the band-pass

 private:
  int64_t length_;
  std::vector<double> brain_, alpha_, envelope_, drift_;
};

/// The brain that is not asked about: kBackgroundSources dipoles of one subject, each with 1/f
/// activity and an alpha rhythm of its own strength that waxes and wanes (lognormal envelope).
struct BackgroundBrain {
  std::vector<Dipole> dipoles;
  std::vector<double> alpha_strength;  ///< SD relative to the 1/f part of the same dipole
  double alpha_hz = 10;
};
inline constexpr int64_t kBackgroundSources = 300;
BackgroundBrain background_brain(const SimulationOptions& options, const std::string& subject);

/// What a recording of one subject and session consists of beside responses, samples x sensors.
/// Scaled so that brain and sensor noise have variance 1 on the mean sensor; drifts, three far
/// fields, come on top. `recording` names the streams.
Eigen::MatrixXd background_field(const BackgroundBrain& brain,
                                 const Eigen::MatrixXd& lead_field,
                                 const SimulationOptions& options,
                                 const std::string& recording,
                                 int64_t num_samples);

/// Impulses that went through the band-pass, samples x sensors: artefacts, no part of the
/// background's variance.
Eigen::MatrixXd impulses(const SimulationOptions& options,
                         const ImportedBand& import,
                         const std::string& recording,
                         int64_t num_samples);

}  // namespace lockstep
