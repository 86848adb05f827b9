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
  kOutside = 1,
  kEdge = 2,
  kBadSegment = 3,
  kDropped = 4
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

/// Creates meg.h5 with every byte but the data of each recording: time x sensor, float32, at
/// meg_data_offset(file, recording).
void lay_out_meg(const std::filesystem::path& file, const MegHeader& header);
int64_t meg_data_offset(const std::filesystem::path& file, const std::string& recording);

class MegFile {
 public:
  explicit MegFile(const std::filesystem::path& file);
  const MegHeader& header() const { return header_; }
  /// All samples of a recording, time x sensor.
  std::vector<float> read(std::size_t recording) const;

 private:
  Hdf5Reader file_;
  MegHeader header_;
};

}  // namespace lockstep
