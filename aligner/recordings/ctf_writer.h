#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"

namespace lockstep {

/// CTF's numbers for what a channel is.
enum class CtfSensorType : int16_t {
  kReferenceMagnetometer = 0,
  kReferenceGradiometer = 1,
  kMegGradiometer = 5,
  kTrigger = 11,
  kClock = 17,
  kAdc = 18,
};

/// A channel to write. Its values are integers: value = integer / (proper_gain * q_gain), in tesla
/// or volts; either gain may be negative.
struct CtfChannel {
  std::string name;  ///< at most 31 bytes: "MLC11-4304"
  CtfSensorType type = CtfSensorType::kAdc;
  double proper_gain = 1;
  double q_gain = 1;
  int16_t grade = 0;             ///< of gradient compensation that the integers have, 0 to 3
  int16_t num_coils = 0;         ///< 0, 1 or 2; the second coil lies baseline_cm along the normal
  double position_cm[3] = {};    ///< of the first coil, in the dewar's coordinates
  double normal[3] = {0, 0, 0};  ///< of unit length
  double baseline_cm = 5;

  double scale() const { return 1 / (proper_gain * q_gain); }
};

/// How much of each reference is to be subtracted from a channel, integer from integer.
struct CtfCoefficientRecord {
  std::string sensor;
  std::string kind;                     ///< four letters: "G1BR", "G2BR", "G3BR"
  std::vector<std::string> references;  ///< at most 50 names of at most 30 bytes
  std::vector<double> values;           ///< one a reference
};

struct CtfWrittenMarker {
  std::string name;
  std::vector<int64_t> samples;  ///< from the recording's first
};

/// Everything of a CTF folder but its samples.
struct CtfContents {
  double rate_hz = 1200;
  int64_t samples_a_trial = 12000;
  std::vector<CtfChannel> channels;
  std::vector<CtfCoefficientRecord> coefficients;  ///< all of a kind with the same references
  std::vector<std::string> bad_channels;           ///< names up to their '-'
  std::vector<CtfWrittenMarker> markers;
  std::string date = "01-Jan-2000";
  std::string time = "12:00";
  std::string description;                        ///< the run description
  int64_t largest_file = (int64_t{1} << 31) - 1;  ///< bytes of a .meg4 file
};

/// Writes X.ds trial by trial; holds one trial at most, whatever the length. Calls:
/// append_trial* finish. What is written, for folder X.ds:
///   X.res4        the mark MEG42RS, rate, trials without samples before the trigger, names, gains,
///                 coils, compensation records in the order given; no filters
///   X.meg4, X.1_meg4, ...   the mark MEG41CP and big-endian 32-bit integers, trial x channel x
///                 sample; a file holds as many whole trials as `largest_file` lets it
///   X.hc          three head coils at fixed places, so that readers have a head position
///   BadChannels, MarkerFile.mrk   if there is anything to say
/// The same calls give the same bytes.
class CtfWriter {
 public:
  /// Creates `folder`, which must not exist. Throws Error(kCommandLine) for contents that the
  /// format cannot hold, Error(kData) if something cannot be written.
  CtfWriter(const std::filesystem::path& folder, CtfContents contents);

  const CtfContents& contents() const { return contents_; }
  /// channel x sample of one trial, as many as the contents say.
  void append_trial(std::span<const int32_t> samples);
  /// Writes the header and the text files and makes everything durable. At least one trial must
  /// have been appended.
  void finish();

 private:
  void check() const;
  void open_next_file();
  void close_file();
  std::filesystem::path file(const std::string& extension) const;

  std::filesystem::path folder_;
  CtfContents contents_;
  std::optional<FileHandle> data_;
  int64_t trials_a_file_ = 0;
  int64_t num_trials_ = 0;
};

}  // namespace lockstep
