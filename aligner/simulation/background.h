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

/// Where a background is looked at: after import, filtered and at import's rate; or as recorded,
/// below half that rate, before any filter and at kRecordedOversampling times that rate. Both are
/// made of the same draws.
enum class BackgroundStage { kImported, kRecorded };
inline constexpr int64_t kRecordedOversampling = 2;

/// Spectra of what the background is made of, for recordings of one length: amplitudes of
/// coloured_noise. The variances are those after import, at either stage.
class BackgroundSpectra {
 public:
  /// `alpha_hz` is the middle of the alpha rhythm; `num_samples` counts at import's rate.
  BackgroundSpectra(const SimulationOptions& options,
                    const ImportedBand& import,
                    double alpha_hz,
                    int64_t num_samples,
                    BackgroundStage stage = BackgroundStage::kImported);

  int64_t length() const { return length_; }  ///< samples to draw: more than the recording has
  const std::vector<double>& brain() const { return brain_; }  ///< 1 / f^exponent power, variance 1
  const std::vector<double>& alpha() const { return alpha_; }  ///< Gaussian of SD 1 Hz, variance 1
  const std::vector<double>& envelope() const { return envelope_; }  ///< below 0.2 Hz, variance 1
  const std::vector<double>& drift() const {
    return drift_;
  }  ///< below 0.3 Hz, variance 1 before the band-pass
  const std::vector<double>& sensor_noise() const { return sensor_noise_; }  ///< white, variance 1

 private:
  int64_t length_;
  std::vector<double> brain_, alpha_, envelope_, drift_, sensor_noise_;
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

/// The activity of a dipole of that brain.
std::vector<double> dipole_activity(const BackgroundSpectra& spectra,
                                    double alpha_strength,
                                    RandomStream stream,
                                    Fourier& fourier);
/// A far field: its course over time. There is one for each axis; a sensor sees it by its direction
/// from the helmet's centre (far_field_share).
std::vector<double> drift_course(const BackgroundSpectra& spectra,
                                 const SimulationOptions& options,
                                 const std::string& recording,
                                 int axis,
                                 Fourier& fourier);

/// What fields were divided by for the variances that are wanted: the brain's field, then its sum
/// with the sensors' noise.
struct BackgroundScales {
  double brain = 1;
  double sum = 1;
};
struct Background {
  Eigen::MatrixXd field;  ///< samples x sensors
  BackgroundScales scales;
};

/// What a recording of one subject and session consists of beside responses, after import. Scaled
/// so that brain and sensor noise have variance 1 on the mean sensor; drifts, three far fields,
/// come on top. `recording` names the streams.
Background background_field(const BackgroundBrain& brain,
                            const Eigen::MatrixXd& lead_field,
                            const SimulationOptions& options,
                            const std::string& recording,
                            int64_t num_samples);

/// A spike: its height after import is `size` times `direction`.
struct Impulse {
  double time_s = 0;
  double size = 0;
  Eigen::RowVectorXd direction;  ///< one value a sensor
};
inline constexpr double kImpulseWidth_s = 0.01;
std::vector<Impulse> plan_impulses(const SimulationOptions& options,
                                   const std::string& recording,
                                   double duration_s);

/// Impulses that went through the band-pass, samples x sensors: artefacts, no part of the
/// background's variance.
Eigen::MatrixXd impulses(const SimulationOptions& options,
                         const ImportedBand& import,
                         const std::string& recording,
                         int64_t num_samples);

}  // namespace lockstep
