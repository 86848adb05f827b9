#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aligner/recordings/compensation.h"
#include "aligner/recordings/sampling_rate.h"

namespace lockstep {

enum class ChannelKind : uint8_t {
  kMegAxialGradiometer,
  kMegPlanarGradiometer,
  kMegMagnetometer,
  kMegReference,  ///< far from the head: measures the surroundings
  kEeg,
  kIntracranial,  ///< ECoG, SEEG, DBS
  kEog,
  kEcg,
  kEmg,
  kStimulus,  ///< triggers
  kMisc,      ///< clocks, audio, eye trackers, head position
};

/// "meg_axial_gradiometer", ...: the words of meg.h5.
std::string name_of(ChannelKind kind);
/// Whether it is a MEG sensor at the head; references are not.
bool is_meg_sensor(ChannelKind kind);

struct RawChannel {
  std::string name;  ///< as the file writes it: "MLC11-4304"
  ChannelKind kind = ChannelKind::kMisc;
  std::string unit;       ///< of the values that read() gives: "T", "T/m", "V"; empty if unknown
  int32_t coil_type = 0;  ///< FIF's number without the compensation grade; 0 if it has no coil
  int32_t grade = 0;      ///< of gradient compensation, 0 to 3
  double position_m[3] = {0, 0, 0};  ///< of its first coil, in the device's coordinates
  bool has_position = false;
  bool bad = false;
};

/// The name up to its first '-', which CTF appends with the number of the sensor array.
std::string clean_name(std::string_view name);

/// Something that the recording's own files say happened.
struct Marker {
  std::string text;
  double onset_s = 0;  ///< from sample 0; may lie outside the recording
  double duration_s = 0;
};

/// A half-open range of samples.
struct SampleRange {
  int64_t first = 0;
  int64_t end = 0;
  bool operator==(const SampleRange&) const = default;
};

/// A stretch that the recording itself calls bad.
struct BadStretch {
  SampleRange samples;  ///< within the recording
  std::string reason;
};

/// What lies in one of the recording's files, in order: some tools filter file by file.
struct RecordingPart {
  std::filesystem::path file;
  SampleRange samples;
};

struct RawHeader {
  std::string format;       ///< "CTF", "FIF"
  std::string device;       ///< as far as the file tells
  std::string start_clock;  ///< date and time as the file tells; empty if it does not
  SamplingRate rate;
  int64_t num_samples = 0;
  int64_t first_sample = 0;     ///< the device's number of sample 0, which its triggers count from
  int64_t samples_a_trial = 0;  ///< 0 if the file knows no trials
  double low_hz = 0;            ///< band of the filters that it went through; 0 if not told
  double high_hz = 0;
  std::vector<RawChannel> channels;
  std::vector<RecordingPart> parts;   ///< they cover all samples
  std::vector<SampleRange> segments;  ///< recorded samples; between them the device skipped
  std::vector<BadStretch> bad_stretches;
  std::vector<Marker> markers;  ///< in the order of the file
  std::vector<CompensationMatrix> compensations;
  std::vector<std::string> head_coils;  ///< of head localisation, those measured in the dewar
  std::vector<std::string> notes;  ///< what was out of order and what was made of it, one line each
};

/// Stored grade of gradient compensation; nothing without MEG sensors. The readers have made sure
/// that all MEG sensors agree.
std::optional<int32_t> grade_of(const RawHeader& header);

/// A continuous recording as the laboratory has it. Values are read where they lie: opening costs
/// the headers, memory does not grow with the length. Reading is const and thread-safe.
class RawRecording {
 public:
  virtual ~RawRecording() = default;
  RawRecording(const RawRecording&) = delete;
  RawRecording& operator=(const RawRecording&) = delete;

  const RawHeader& header() const { return header_; }

  /// Values of `channels` (indices, in any order) at `samples`: channel x sample, in the channel's
  /// unit. Skipped samples are 0. A range outside the recording throws Error(kProgram); a file that
  /// shrank since it was opened throws Error(kData).
  std::vector<double> read(std::span<const std::size_t> channels, SampleRange samples) const;

 protected:
  explicit RawRecording(RawHeader header) : header_(std::move(header)) {}

 private:
  virtual void read_into(std::span<const std::size_t> channels,
                         SampleRange samples,
                         std::span<double> values) const = 0;

  RawHeader header_;
};

}  // namespace lockstep
