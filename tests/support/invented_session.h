#pragma once

#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "base/schemas/words_file.h"
#include "base/text.h"

namespace lockstep::testing {

/// Invented words of some runs with the times at which they were heard, as words.tsv and as a table
/// of events in the way of Armeni et al. 2022, with all of its oddities: runs one after the other,
/// each with its phonemes and pauses; then sounds of the repeats; then raw events, some before the
/// recording; samples from 1 and fractional; unsorted; upper case in quotes.
struct InventedSession {
  int num_runs = 2;
  int words_a_run = 40;
  unsigned seed = 1;

  struct HeardWord {
    std::string word;
    int run = 0;
    double onset_s = 0;  ///< of the recording
    double story_s = 0;  ///< of the story's audio
  };
  std::vector<HeardWord> heard;
  std::vector<double> sound_delay_s;  ///< by run: wav_onset less its trigger
  Words words;

  void make() {
    static constexpr std::array kVocabulary = {
        "the",  "a",        "of",    "very",   "red",     "house", "was",  "never",
        "mind", "Holmes's", "said",  "door",   "window",  "quick", "slow", "old",
        "new",  "man",      "woman", "cannot", "o'clock", "is"};
    std::mt19937 random(seed);
    double story_s = 0.4;
    for (int run = 1; run <= num_runs; ++run) {
      const double start_s = 30.5 + 200.25 * (run - 1) - story_s;
      sound_delay_s.push_back(0.05 + 0.013 * run);
      for (int k = 0; k < words_a_run; ++k) {
        const std::string word = kVocabulary[random() % kVocabulary.size()];
        heard.push_back({word, run, start_s + story_s, story_s});
        story_s += 0.21 + 0.01 * static_cast<double>(random() % 30);
      }
    }
    std::string text_of_story;
    for (const HeardWord& one : heard) {
      WordRow row;
      row.story = "tale";
      row.block = std::to_string(one.run);
      row.word = one.word;
      row.onset_s = one.story_s;
      row.duration_s = 0.2;
      words.rows.push_back(row);
      text_of_story += one.word + " ";
    }
    words.stories = {{"tale", text_of_story}};
  }

  static std::string in_capitals(std::string word) {
    for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return word;
  }

  /// Fifteen digits, as the real tables have.
  static std::string digits(double value) {
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.15g", value);
    return buffer.data();
  }

  static std::string row(double onset_s,
                         const std::string& duration,
                         const std::string& type,
                         const std::string& value) {
    return digits(onset_s) + "\t" + duration + "\t" + digits(onset_s * 1200 + 1) + "\t" + type +
           "\t" + value + "\n";
  }

  /// Rows of the table without its header.
  std::vector<std::string> event_rows() const {
    std::vector<std::string> rows;
    int run = 0;
    for (const HeardWord& one : heard) {
      const std::string number = "0" + std::to_string(one.run);
      if (one.run != run) {
        run = one.run;
        rows.push_back(row(one.onset_s - 1, "n/a", "wav_onset", std::to_string(10 * run)));
        rows.push_back(row(one.onset_s - 0.99, "0.9", "word_onset_" + number, "\"sp\""));
        rows.push_back(row(one.onset_s - 0.99, "0.9", "phoneme_onset_" + number, "\"sp\""));
      }
      const std::string quoted = "\"" + in_capitals(one.word) + "\"";
      rows.push_back(row(one.onset_s, "0.2", "word_onset_" + number, quoted));
      rows.push_back(row(one.onset_s, "0.1", "phoneme_onset_" + number, "\"AH0\""));
    }
    for (const double onset_s : {280.5, 315.25}) {
      rows.push_back(row(onset_s, "n/a", "wav_onset", "100"));
    }
    for (int k = 0; k < 45; ++k) rows.push_back(row(10 * k, "10", "trial", "n/a"));
    rows.push_back(row(-3.25, "n/a", "Picture", "n/a"));
    rows.push_back(row(-1.5, "n/a", "UPPT001", "111"));
    run = 0;
    for (const HeardWord& one : heard) {
      if (one.run == run) continue;
      run = one.run;
      const double delay_s = sound_delay_s[static_cast<std::size_t>(run - 1)];
      const double trigger_s = one.onset_s - 1 - delay_s;
      rows.push_back(row(trigger_s, "n/a", "frontpanel trigger", std::to_string(10 * run)));
      rows.push_back(row(trigger_s, "n/a", "UPPT001", std::to_string(10 * run)));
    }
    rows.push_back(row(120.5, "n/a", "Response", "4"));
    return rows;
  }

  static std::string table_of(const std::vector<std::string>& rows) {
    return "onset\tduration\tsample\ttype\tvalue\n" + join(rows, "");
  }
};

}  // namespace lockstep::testing
