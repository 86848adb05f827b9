#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/hdf5_reader.h"
#include "base/provenance.h"

namespace lockstep {

struct Sensor {
  std::string name;
  std::string kind = "meg_axial_gradiometer";
  std::string unit = "T";
  float position_m[3] = {0, 0, 0};
  bool bad = false;
};

/// Why an event is not to be analysed.
enum class EventReason : uint8_t {
  kValid = 0,
  kOutside = 1,     ///< before the first or after the last sample
  kEdge = 2,        ///< its nearest row lies beyond the rows there are
  kBadSegment = 3,  ///< its nearest row is in no segment
  kDropped = 4      ///< by a rule of the events' own
};

/// What an event says was to be heard, or happened.
enum class EventKind : uint8_t {
  kWord = 0,
  kPhoneme = 1,
  kSilence = 2,  ///< a pause in the speech
  kSound = 3,    ///< a sound file begins
  kTrigger = 4,
  kRepeat = 5  ///< a stretch of sound that is played again for its own sake, without words
};

/// When something was heard in a recording: a word, above all.
struct WordEvent {
  int64_t word = -1;      ///< row of words.tsv; -1: none
  int64_t repeat = 0;     ///< 0 for the first time this word is heard in the session
  double onset_s = 0;     ///< seconds of the recording; the truth
  double duration_s = 0;  ///< NaN if unknown
  EventReason reason = EventReason::kValid;
  bool near_edge = false;  ///< used, but within the filters' half length of where recording
                           ///< starts, stops or skips: it rests on reflected samples
  EventKind kind = EventKind::kWord;
  std::string text{};       ///< as the events have it, without quotes round it
  int64_t run = -1;         ///< number of the run inside the recording; -1 if not told
  int64_t source_row = -1;  ///< row, from 0, of the table that it comes from; -1 if there is none
};

/// One continuous recording, without its data.
struct RecordingInfo {
  std::string name;  ///< of its group: "sub-001_ses-001"
  std::string subject;
  std::string session;
  int64_t rate_numerator = 30;
  int64_t rate_denominator = 1;
  double start_s = 0;  ///< time of row 0
  int64_t num_samples = 0;
  double band_low_hz = 0.1;
  double band_high_hz = 20;
  double time_error_ms = 0;  ///< the largest that resampling made
  std::string preset = "simulated";
  double raw_rate_hz = 0;           ///< of the recording that this was made from; 0 if simulated
  int64_t compensation_grade = -1;  ///< of gradient compensation, 0 to 3; -1: none, or not known
  double filter_half_length_s = 0;  ///< rows closer to an edge rest on reflected samples
  std::string scaling = "none";     ///< of each sensor: "none", or "robust": median 0, distance of
                                    ///< the quartiles 1
  double clamp = 0;                 ///< largest absolute value after scaling; 0: not clamped
  std::vector<std::pair<int64_t, int64_t>> segments;  ///< half-open valid row ranges
  std::vector<WordEvent> events;                      ///< by onset

  double rate_hz() const {
    return static_cast<double>(rate_numerator) / static_cast<double>(rate_denominator);
  }
};

/// What a simulation planted: one entry for each tap it used.
struct PlantedTruth {
  std::vector<std::string> tap_name;
  std::vector<double> depth;
  std::vector<double> latency_s;    ///< asked for (--latency)
  std::vector<double> reference_s;  ///< peak time of the noise-free mixture, by the rule of
                                    ///< peak_time; NaN for nulls
  double width_s = 0;
  double snr = 0;  ///< asked for
  double snr_reached = 0;
  std::string null;  ///< empty, or noise, common, reverse, static, leak
  int64_t seed = 0;
  std::string context;  ///< name of the context whose targets were planted
};

struct MegHeader {
  std::vector<Sensor> sensors;  ///< the same for all recordings
  std::vector<RecordingInfo> recordings;
  std::string words_sha256;
  Provenance provenance;
  std::unique_ptr<PlantedTruth> truth;  ///< nothing for real recordings
};

/// What was found out about a sensor of a recording while its samples were read; a set of bits.
enum SensorFinding : uint8_t {
  kSensorBad = 1,        ///< the recording itself, or what lies beside it, calls it bad
  kSensorConstant = 2,   ///< every sample the same
  kSensorDuplicate = 4,  ///< every sample equal to another sensor's
  kSensorNotFinite = 8,  ///< samples that are no numbers: rows that rest on them are NaN
};

/// Creates meg.h5 with every byte but these of each recording, which follow one another in the file
/// at the offsets of meg_pieces(): data (time x sensor, float32), sensor_finding (sensor, uint8),
/// sensor_centre and sensor_scale (sensor, float64): a value of data is (value - centre) / scale.
void lay_out_meg(const std::filesystem::path& file, const MegHeader& header);

/// Offsets of what lay_out_meg leaves open.
struct MegPieces {
  int64_t data = 0;
  int64_t finding = 0;
  int64_t centre = 0;
  int64_t scale = 0;
};
MegPieces meg_pieces(const std::filesystem::path& file, const std::string& recording);
int64_t meg_data_offset(const std::filesystem::path& file, const std::string& recording);

/// What a recording's samples say of its sensors; one entry a sensor.
struct SensorFacts {
  std::vector<uint8_t> finding;  ///< bits of SensorFinding
  std::vector<double> centre;    ///< in the sensor's unit: stored values are (x - centre) / scale
  std::vector<double> scale;
};

class MegFile {
 public:
  explicit MegFile(const std::filesystem::path& file);
  const MegHeader& header() const { return header_; }
  /// All samples of a recording, time x sensor.
  std::vector<float> read(std::size_t recording) const;
  /// One entry a sensor.
  SensorFacts sensor_facts(std::size_t recording) const;

 private:
  Hdf5Reader file_;
  MegHeader header_;
};

}  // namespace lockstep
