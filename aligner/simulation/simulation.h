#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "aligner/simulation/background.h"
#include "aligner/simulation/planted_features.h"
#include "aligner/simulation/recorded_signal.h"
#include "aligner/simulation/simulation_options.h"
#include "aligner/simulation/word_responses.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/targets_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// What a recording is the sum of; samples x sensors, in units of the background (bad sensors
/// included, as if they worked).
struct RecordingParts {
  Eigen::MatrixXd responses;   ///< locked to words: content and onset; zero under Null::kNoise
  Eigen::MatrixXd background;  ///< brain, sensor noise, drifts; the same whatever is planted
  Eigen::MatrixXd impulses;
};

/// MEG of several people who hear the same stories, one recording a person and story, with
/// responses of known latencies. Every word with a time makes responses: its components at the
/// planted context, tap by tap, each component through a dipole of its own (per subject; the head
/// turns a little between sessions), plus one response that is the same for every word. The
/// recordings are as import leaves them (ImportedBand). Each recording's responses are scaled so
/// that it has the SNR asked for, exactly.
class Simulation {
 public:
  /// Throws Error(kCommandLine) for options that make no sense, Error(kData) if the targets are of
  /// other words, fitted fold by fold or missing, or if no word has a time. `words` and `targets`
  /// are kept by reference.
  Simulation(const TargetsFile& targets,
             const Words& words,
             const SimulationOptions& options,
             int num_threads);

  /// Sensors, recordings with their events, truth; no provenance.
  const MegHeader& header() const { return header_; }
  const PlantedFeatures& features() const { return features_; }
  int64_t num_words_without_time() const { return num_words_without_time_; }
  int64_t num_analysed() const {
    return num_analysed_;
  }  ///< words that the reference latencies look at

  RecordingParts parts(std::size_t recording) const { return compose(recording).parts; }
  /// The sum in tesla, samples x sensors; bad sensors hold noise of their own.
  Eigen::MatrixXd data(std::size_t recording) const;
  /// The same recording before import, at any rate. Refers to this object.
  RecordedSignal recorded(std::size_t recording, double rate_hz) const;

 private:
  struct Subject {
    std::string name;
    BackgroundBrain brain;
    std::vector<Dipole> planted;  ///< one a feature
    std::vector<Dipole> onset;
    double delay_s = 0;
  };

  struct Composition {
    RecordingParts parts;
    BackgroundScales scales;
    double onset_gain = 0;     ///< of the response to any word, relative to that to its content
    double response_gain = 0;  ///< of both
  };

  void choose_sensors();
  void plan_recordings();
  void plan_latencies(const std::vector<TapInfo>& taps);
  void find_references(int num_threads);
  std::vector<HeardWord> heard_words(const RecordingInfo& recording) const;
  std::vector<ResponseKernel> kernels() const;
  Eigen::Matrix3d turn_of_head(std::size_t recording) const;
  ResponsePatterns patterns(std::size_t recording) const;
  Composition compose(std::size_t recording) const;
  void add_responses(std::size_t recording, Composition& composition) const;

  const Words& words_;
  SimulationOptions options_;
  ImportedBand import_;
  MegHeader header_;
  PlantedFeatures features_;
  Eigen::MatrixXd any_word_;  ///< word x 1: the feature of the response to any word
  std::vector<Point> sensors_m_;
  std::vector<Subject> subjects_;
  std::vector<std::size_t> subject_of_recording_;
  std::vector<ResponseShape> shapes_;  ///< one a tap
  int64_t num_words_without_time_ = 0;
  int64_t num_analysed_ = 0;
};

/// Writes meg.h5, a recording a part, so that an interrupted simulation goes on where it was.
/// `provenance` is the whole record of what determines it.
void write_simulation(const Simulation& simulation,
                      const Provenance& provenance,
                      const std::filesystem::path& output,
                      int num_threads);

}  // namespace lockstep
