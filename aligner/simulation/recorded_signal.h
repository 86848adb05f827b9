#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aligner/simulation/background.h"
#include "aligner/simulation/word_responses.h"

namespace lockstep {

inline constexpr double kBackground_t = 1e-13;     ///< tesla a unit of the background
inline constexpr double kBadSensorDeviation = 20;  ///< SD of the noise of a bad sensor, in units

/// How sources show at the sensors: sensor x source.
struct ResponsePatterns {
  Eigen::MatrixXd content;  ///< a source a feature
  Eigen::MatrixXd onset;    ///< one source
};

/// A stretch of a recording before import, in tesla.
struct RecordedPiece {
  Eigen::MatrixXd sensors;  ///< samples x sensors
  Eigen::MatrixXd far;  ///< samples x 3: the far field along each axis, of which the sensors have
                        ///< their shares
};

/// A simulated recording before import, made piece by piece; what a sample holds does not depend on
/// how the recording is cut. Import's filter and rate make of it what Simulation::data() holds:
/// the same draws of the brain, the same responses, drifts and impulses, none of them filtered. On
/// top come what import takes away: the sensors' noise above half of import's rate, mains at 50 Hz
/// with two harmonics, a constant offset of each sensor.
///
/// Memory: the background at kRecordedOversampling times import's rate in float32, so an hour of
/// 300 sensors at 30 Hz takes 260 MB, and what a piece needs.
class RecordedSignal {
 public:
  struct Ingredients {
    SimulationOptions options;
    ImportedBand import;
    std::string recording;
    int64_t num_imported_samples = 0;
    std::vector<bool> is_bad;      ///< sensor
    std::vector<Point> sensors_m;  ///< sensor
    BackgroundScales scales;
    ResponsePatterns patterns;             ///< in units of the background
    std::optional<WordResponses> content;  ///< unfiltered; nothing without responses
    std::optional<WordResponses> onset;
  };

  RecordedSignal(Ingredients ingredients,
                 const BackgroundBrain& brain,
                 const Eigen::MatrixXd& lead_field,
                 double rate_hz);

  int64_t num_samples() const { return num_samples_; }
  /// Samples from `first` on, within the recording.
  RecordedPiece piece(int64_t first, int64_t count) const;

 private:
  void draw_background(const BackgroundBrain& brain, const Eigen::MatrixXd& lead_field);
  void add_slow(RecordedPiece& piece, int64_t first) const;
  void add_responses(RecordedPiece& piece, int64_t first) const;
  void add_impulses(RecordedPiece& piece, int64_t first) const;
  void add_fast(RecordedPiece& piece, int64_t first) const;
  double time_s(int64_t sample) const { return static_cast<double>(sample) / rate_hz_; }

  Ingredients what_;
  double rate_hz_;
  int64_t num_samples_;
  Eigen::MatrixXf
      slow_;  ///< (sample + kReach) x sensor: brain and sensor noise below half the rate
  Eigen::MatrixXd drift_;  ///< (sample + kReach) x axis
  std::vector<Impulse> impulses_;
  double impulse_gain_ = 1;  ///< height before import over that after
};

}  // namespace lockstep
