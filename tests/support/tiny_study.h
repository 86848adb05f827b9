#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/filled_file.h"
#include "base/random_stream.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/targets_file.h"
#include "base/schemas/words_file.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {

/// A small experiment, made through the writers of the schemas: a story in blocks, targets of two
/// contexts and two taps, and recordings of some subjects in which tap 0 shows 0.1 s and tap 1 0.4
/// s after each word.
struct TinyStudy {
  int64_t num_subjects = 2;
  int64_t num_stories = 1;
  int64_t num_blocks = 5;  ///< a story
  int64_t words_a_block = 60;
  int64_t num_sensors = 6;
  int64_t num_components = 3;
  double interval_s = 0.5;
  double signal = 1;  ///< of the targets in the MEG; noise has variance 1
  double memory = 0;  ///< autocorrelation of noise and targets: from sample to sample, word to word
  std::vector<int64_t> contexts = {1, 4};

  static constexpr double kLead_s = 4;  ///< of the recording before the first word
  static constexpr int64_t kRate_hz = 30;

  TemporaryFolder folder;
  Words words;
  MegHeader meg;
  std::vector<std::vector<float>> data;  ///< by recording: time x sensor
  TargetsHeader targets;
  std::vector<TargetsFit> fits;

  std::filesystem::path stimuli() const { return folder / "words"; }
  std::filesystem::path meg_path() const { return folder / "meg.h5"; }
  std::filesystem::path targets_path() const { return folder / "targets.h5"; }

  /// Fills words, meg, data, targets and fits. Tests may then change them before write().
  void make() {
    make_words();
    write_words_folder(words, stimuli());
    words = read_words_folder(stimuli());
    make_targets();
    make_meg();
  }
  void write() const {
    write_targets(targets_path(), targets, fits);
    lay_out_meg(meg_path(), meg);
    const FileHandle file(meg_path(), O_RDWR);
    for (std::size_t r = 0; r < data.size(); ++r) {
      const auto bytes = static_cast<ssize_t>(data[r].size() * sizeof(float));
      const auto offset = meg_data_offset(meg_path(), meg.recordings[r].name);
      if (pwrite(file.descriptor(), data[r].data(), static_cast<std::size_t>(bytes), offset) !=
          bytes) {
        throw std::runtime_error("cannot write the recording");
      }
    }
  }

  int64_t words_a_story() const { return num_blocks * words_a_block; }
  int64_t num_words() const { return num_stories * words_a_story(); }

 private:
  void make_words() {
    for (int64_t story = 0; story < num_stories; ++story) {
      const std::string name = "tale" + std::to_string(story + 1);
      std::string utf8;
      for (int64_t i = 0; i < words_a_story(); ++i) {
        WordRow row;
        row.story = name;
        row.block = std::to_string(i / words_a_block + 1);
        row.word = "w" + std::to_string(i);
        row.onset_s = static_cast<double>(i) * interval_s;
        row.duration_s = 0.3;
        row.has_span = true;
        row.span.begin = static_cast<int64_t>(utf8.size());
        utf8 += row.word;
        row.span.end = static_cast<int64_t>(utf8.size());
        utf8 += ' ';
        row.sentence = i / 10;
        row.content = i % 3 != 2;
        row.pos = i % 3 == 0 ? "NOUN" : i % 3 == 1 ? "VERB" : "DET";
        words.rows.push_back(row);
      }
      words.stories.push_back({name, utf8});
    }
    words.pos_source = "made up";
  }

  std::vector<double> correlated(int64_t length, const std::string& purpose, uint64_t index) const {
    RandomStream stream(3, purpose, index);
    std::vector<double> values;
    for (int64_t i = 0; i < length; ++i) {
      const double fresh = stream.normal() * std::sqrt(1 - memory * memory);
      values.push_back(i == 0 ? stream.normal() : memory * values.back() + fresh);
    }
    return values;
  }

  void make_targets() {
    targets.model.name = "random vectors";
    for (const int64_t context : contexts)
      targets.contexts.push_back({std::to_string(context), context});
    targets.taps = {{"block 1", 1, 0.25, 0.25}, {"block 3", 3, 0.75, 0.75}};
    for (int64_t row = 0; row < num_words(); ++row) targets.words.push_back(row);
    targets.num_components = num_components;
    targets.fit_word.assign(static_cast<std::size_t>(num_words()), 1);
    targets.words_sha256 = words.sha256;
    targets.provenance.label = "targets.h5";
    for (std::size_t c = 0; c < contexts.size(); ++c) {
      for (std::size_t tap = 0; tap < targets.taps.size(); ++tap) {
        TargetsFit fit;
        fit.targets.resize(static_cast<std::size_t>(num_words() * num_components));
        fit.explained_variance.assign(static_cast<std::size_t>(num_components), 0.1);
        for (int64_t component = 0; component < num_components; ++component) {
          const auto values =
              correlated(num_words(), "target", tap * 100 + static_cast<uint64_t>(component));
          for (int64_t row = 0; row < num_words(); ++row) {
            const bool available = row % words_a_story() >= contexts[c] - 1;
            fit.targets[static_cast<std::size_t>(row * num_components + component)] =
                available ? static_cast<float>(values[static_cast<std::size_t>(row)])
                          : std::numeric_limits<float>::quiet_NaN();
          }
        }
        fits.push_back(std::move(fit));
      }
    }
  }

  void make_meg() {
    for (int64_t s = 0; s < num_sensors; ++s) {
      meg.sensors.push_back(
          {"MEG" + std::to_string(s + 1), "meg_axial_gradiometer", "T", {0, 0, 0}, false});
    }
    meg.words_sha256 = words.sha256;
    meg.provenance.label = "meg.h5";
    for (int64_t subject = 0; subject < num_subjects; ++subject) {
      for (int64_t story = 0; story < num_stories; ++story) make_recording(subject, story);
    }
  }

  void make_recording(int64_t subject, int64_t story) {
    RecordingInfo recording;
    recording.subject = "sub-00" + std::to_string(subject + 1);
    recording.session = "ses-00" + std::to_string(story + 1);
    recording.name = recording.subject + "_" + recording.session;
    const double length_s = static_cast<double>(words_a_story()) * interval_s + 2 * kLead_s;
    recording.num_samples = static_cast<int64_t>(length_s * kRate_hz);
    recording.segments = {{0, recording.num_samples}};
    std::vector<float> samples(static_cast<std::size_t>(recording.num_samples * num_sensors));
    for (int64_t sensor = 0; sensor < num_sensors; ++sensor) {
      const auto noise =
          correlated(recording.num_samples,
                     "noise",
                     recording_index(subject, story) * 1000 + static_cast<uint64_t>(sensor));
      for (int64_t t = 0; t < recording.num_samples; ++t) {
        samples[static_cast<std::size_t>(t * num_sensors + sensor)] =
            static_cast<float>(noise[static_cast<std::size_t>(t)]);
      }
    }
    for (int64_t i = 0; i < words_a_story(); ++i) {
      const int64_t row = story * words_a_story() + i;
      WordEvent event;
      event.word = row;
      event.onset_s = words.rows[static_cast<std::size_t>(row)].onset_s + kLead_s;
      event.duration_s = 0.3;
      recording.events.push_back(event);
      add_response(samples, row, event.onset_s, subject);
    }
    meg.recordings.push_back(recording);
    data.push_back(std::move(samples));
  }

  uint64_t recording_index(int64_t subject, int64_t story) const {
    return static_cast<uint64_t>(subject * num_stories + story);
  }

  /// Component k of tap 0 at 0.1 s and of tap 1 at 0.4 s, on sensors k and k + 1. The first context
  /// is always available.
  void add_response(std::vector<float>& samples,
                    int64_t row,
                    double onset_s,
                    int64_t subject) const {
    for (std::size_t tap = 0; tap < 2; ++tap) {
      const auto at =
          static_cast<int64_t>(std::nearbyint((onset_s + (tap == 0 ? 0.1 : 0.4)) * kRate_hz));
      for (int64_t component = 0; component < num_components; ++component) {
        const float value =
            fits[tap].targets[static_cast<std::size_t>(row * num_components + component)];
        for (int64_t sensor = component; sensor < std::min(component + 2, num_sensors); ++sensor) {
          const double weight =
              signal * (sensor == component ? 1.0 : 0.5 - 0.1 * static_cast<double>(subject));
          samples[static_cast<std::size_t>(at * num_sensors + sensor)] +=
              static_cast<float>(weight * value);
        }
      }
    }
  }
};

}  // namespace lockstep::testing
