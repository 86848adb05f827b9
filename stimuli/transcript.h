#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lockstep {

/// A word as somebody heard it.
struct TimedWord {
  std::string story;   ///< empty if the file does not say: its stem then
  std::string block;   ///< "1" if the file does not say
  std::string word;    ///< UTF-8, without the quotes round it; it has a letter, a digit or a sign
                       ///< that is read aloud
  double onset_s = 0;  ///< NaN if unknown
  double duration_s = 0;  ///< NaN if unknown
};

/// A transcript: its words in order, and what in the file was no word, counted by its kind
/// ("pause", "phoneme_onset").
struct Transcript {
  std::vector<TimedWord> words;
  std::map<std::string, int64_t> left_out;
};

/// Reads a transcript by the look of the file:
///   a Praat TextGrid (read_text_grid), by its ending or its first line;
///   a table (read_transcript_table), tab- or comma-separated: .tsv, .csv, .txt.
/// Throws Error(kData): the file cannot be read, has no words, is of an unknown kind, onsets fall
/// within a story.
Transcript read_transcript(const std::filesystem::path& path);

/// Whether a file's ending is one of a transcript: what a folder of transcripts is searched for.
bool is_transcript_name(const std::filesystem::path& path);

/// Whether a transcript's word stands for silence: empty, "sp", "sil", "<eps>" and the like.
bool is_pause(const std::string& word);

}  // namespace lockstep
