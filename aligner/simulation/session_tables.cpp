// The text files of BIDS beside a simulated recording.
#include "aligner/simulation/session_tables.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/text.h"

namespace lockstep {
namespace {

constexpr double kShortestSilence_s = 0.03;  // that an aligner calls a pause

struct Spelling {
  std::string_view letters;
  const char* phonemes;
};
// Longer spellings first.
constexpr Spelling kSpellings[] = {
    {"TH", "TH"},  {"SH", "SH"},  {"CH", "CH"},  {"NG", "NG"},  {"PH", "F"},   {"WH", "W"},
    {"CK", "K"},   {"QU", "K W"}, {"EE", "IY1"}, {"EA", "IY1"}, {"OO", "UW1"}, {"OU", "AW1"},
    {"OW", "OW1"}, {"AI", "EY1"}, {"AY", "EY1"}, {"OI", "OY1"}, {"OY", "OY1"}, {"ER", "ER0"},
    {"A", "AE1"},  {"B", "B"},    {"C", "K"},    {"D", "D"},    {"E", "EH1"},  {"F", "F"},
    {"G", "G"},    {"H", "HH"},   {"I", "IH1"},  {"J", "JH"},   {"K", "K"},    {"L", "L"},
    {"M", "M"},    {"N", "N"},    {"O", "AA1"},  {"P", "P"},    {"Q", "K"},    {"R", "R"},
    {"S", "S"},    {"T", "T"},    {"U", "AH1"},  {"V", "V"},    {"W", "W"},    {"X", "K S"},
    {"Y", "Y"},    {"Z", "Z"}};

std::string upper_case(std::string word) {
  for (char& c : word) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '"' || c == '\t') c = '\'';
  }
  return word;
}

// Rows of events.tsv.
class EventRows {
 public:
  explicit EventRows(double rate_hz) : rate_hz_(rate_hz) {}

  void add(double onset_s,
           const std::string& duration,
           const std::string& type,
           const std::string& value) {
    rows_ += text("{}\t{}\t{}\t{}\t{}\n", onset_s, duration, onset_s * rate_hz_ + 1, type, value);
  }
  void add_spoken(double onset_s,
                  double duration_s,
                  const std::string& type,
                  const std::string& what) {
    add(onset_s, to_text(duration_s), type, text("\"{}\"", what));
  }
  void add_pulse(int64_t sample, const std::string& type, const std::string& value) {
    rows_ += text(
        "{}\tn/a\t{}\t{}\t{}\n", static_cast<double>(sample) / rate_hz_, sample + 1, type, value);
  }
  const std::string& rows() const { return rows_; }

 private:
  double rate_hz_;
  std::string rows_ = "onset\tduration\tsample\ttype\tvalue\n";
};

void add_run(EventRows& rows, const SimulatedRun& run, const Words& words) {
  const std::string suffix = text("{}{}", run.number < 10 ? "0" : "", run.number);
  rows.add(run.file.onset_s, "n/a", "wav_onset", to_text(run.file.value));
  double silent_from_s = run.file.onset_s;
  for (const WordEvent& event : run.words) {
    const std::string word = upper_case(words.rows[static_cast<std::size_t>(event.word)].word);
    if (event.onset_s - silent_from_s > kShortestSilence_s) {
      rows.add_spoken(silent_from_s, event.onset_s - silent_from_s, "word_onset_" + suffix, "sp");
    }
    rows.add_spoken(event.onset_s, event.duration_s, "word_onset_" + suffix, word);
    const std::vector<std::string> phonemes = phonemes_of(word);
    const double each_s = event.duration_s / static_cast<double>(phonemes.size());
    for (std::size_t k = 0; k < phonemes.size(); ++k) {
      rows.add_spoken(event.onset_s + static_cast<double>(k) * each_s,
                      each_s,
                      "phoneme_onset_" + suffix,
                      phonemes[k]);
    }
    silent_from_s = std::max(silent_from_s, event.onset_s + event.duration_s);
  }
  for (const PlayedFile& excerpt : run.excerpts)
    rows.add(excerpt.onset_s, "n/a", "wav_onset", to_text(excerpt.value));
}

bool is_bad(const CtfContents& recording, const CtfChannel& channel) {
  const std::string name = channel.name.substr(0, channel.name.find('-'));
  return std::find(recording.bad_channels.begin(), recording.bad_channels.end(), name) !=
         recording.bad_channels.end();
}

int64_t count(const CtfContents& recording, std::initializer_list<CtfSensorType> types) {
  return std::count_if(
      recording.channels.begin(), recording.channels.end(), [&](const CtfChannel& channel) {
        return std::find(types.begin(), types.end(), channel.type) != types.end();
      });
}

}  // namespace

std::vector<std::string> phonemes_of(const std::string& word) {
  std::vector<std::string> phonemes;
  const std::string letters = upper_case(word);
  for (std::size_t at = 0; at < letters.size();) {
    const std::string_view rest = std::string_view(letters).substr(at);
    const auto spelling =
        std::find_if(std::begin(kSpellings), std::end(kSpellings), [&](const Spelling& one) {
          return rest.starts_with(one.letters);
        });
    if (spelling == std::end(kSpellings)) {
      ++at;  // digits, apostrophes, letters of other scripts
      continue;
    }
    const std::string_view sounds = spelling->phonemes;
    for (std::size_t from = 0; from < sounds.size();) {
      const std::size_t to = std::min(sounds.find(' ', from), sounds.size());
      phonemes.emplace_back(sounds.substr(from, to - from));
      from = to + 1;
    }
    at += spelling->letters.size();
  }
  if (phonemes.empty()) phonemes.emplace_back("AH0");
  return phonemes;
}

std::string events_table(const SessionPlan& plan,
                         const Words& words,
                         const CtfContents& recording,
                         int64_t num_trials) {
  EventRows rows(recording.rate_hz);
  for (const SimulatedRun& run : plan.runs) add_run(rows, run, words);
  // What Presentation logged before the recording began.
  rows.add(-4.25, "n/a", "Picture", "fixation");
  rows.add(-0.8125, "n/a", "Response", "1");
  const double trial_s = static_cast<double>(recording.samples_a_trial) / recording.rate_hz;
  for (int64_t trial = 0; trial < num_trials; ++trial)
    rows.add(static_cast<double>(trial) * trial_s, to_text(trial_s), "trial", "n/a");
  for (const Trigger& trigger : plan.triggers)
    rows.add_pulse(trigger.sample, "UPPT001", to_text(trigger.value));
  for (const Trigger& trigger : plan.triggers)
    rows.add_pulse(trigger.sample, "frontpanel trigger", to_text(trigger.value));
  return rows.rows();
}

std::string channels_table(const CtfContents& recording) {
  std::string rows = "name\ttype\tunits\tstatus\n";
  for (const CtfChannel& channel : recording.channels) {
    const char* type = "MISC";
    const char* unit = "T";
    switch (channel.type) {
      case CtfSensorType::kReferenceMagnetometer:
        type = "MEGREFMAG";
        break;
      case CtfSensorType::kReferenceGradiometer:
        type = "MEGREFGRADAXIAL";
        break;
      case CtfSensorType::kMegGradiometer:
        type = "MEGGRADAXIAL";
        break;
      case CtfSensorType::kTrigger:
        type = "TRIG";
        unit = "n/a";
        break;
      case CtfSensorType::kClock:
        type = "SYSCLOCK";
        unit = "n/a";
        break;
      case CtfSensorType::kAdc:
        type = "ADC";
        unit = "V";
        break;
    }
    rows += text(
        "{}\t{}\t{}\t{}\n", channel.name, type, unit, is_bad(recording, channel) ? "bad" : "good");
  }
  return rows;
}

std::string meg_sidecar(const CtfContents& recording, int64_t num_trials) {
  const nlohmann::ordered_json sidecar = {
      {"TaskName", "compr"},
      {"Manufacturer", "CTF"},
      {"ManufacturersModelName", "simulated"},
      {"SamplingFrequency", recording.rate_hz},
      {"PowerLineFrequency", 50},
      {"DewarPosition", "n/a"},
      {"SoftwareFilters", "n/a"},
      {"DigitizedLandmarks", false},
      {"DigitizedHeadPoints", false},
      {"MEGChannelCount", count(recording, {CtfSensorType::kMegGradiometer})},
      {"MEGREFChannelCount",
       count(recording,
             {CtfSensorType::kReferenceMagnetometer, CtfSensorType::kReferenceGradiometer})},
      {"MiscChannelCount", count(recording, {CtfSensorType::kAdc, CtfSensorType::kClock})},
      {"TriggerChannelCount", count(recording, {CtfSensorType::kTrigger})},
      {"RecordingDuration",
       static_cast<double>(num_trials * recording.samples_a_trial) / recording.rate_hz},
      {"RecordingType", "continuous"},
      {"ContinuousHeadLocalization", false}};
  return sidecar.dump(2) + "\n";
}

}  // namespace lockstep
