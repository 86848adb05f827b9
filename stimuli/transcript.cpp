#include "stimuli/transcript.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/utf8.h"
#include "stimuli/text_grid.h"
#include "stimuli/transcript_table.h"
#include "stimuli/written_words.h"

namespace lockstep {
namespace {

std::string lower_ending(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return ending;
}

/// Takes out what is no word, and checks the rest: one place for every kind of file.
void finish(Transcript& transcript, const std::filesystem::path& path) {
  std::vector<TimedWord> words;
  std::map<std::string, double> last_onset;
  for (TimedWord& word : transcript.words) {
    if (is_pause(word.word)) {
      ++transcript.left_out["pause"];
      continue;
    }
    if (written_words(from_utf8(word.word, path.string())).empty()) {
      ++transcript.left_out["no letters"];
      continue;
    }
    if (!std::isnan(word.onset_s)) {
      const auto [last, is_first] = last_onset.try_emplace(word.story, word.onset_s);
      if (!is_first && word.onset_s < last->second) {
        fail(Blame::kData,
             "{}: word {}, \"{}\" of block {}: onset {}; at least {} is wanted: times ascend "
             "through the blocks of a story",
             path,
             words.size(),
             word.word,
             word.block,
             word.onset_s,
             last->second);
      }
      last->second = word.onset_s;
    }
    words.push_back(std::move(word));
  }
  if (words.empty()) fail(Blame::kData, "{}: no words in it; a timed transcript is wanted", path);
  transcript.words = std::move(words);
}

}  // namespace

bool is_pause(const std::string& word) {
  static const std::array<std::string, 10> kPauses = {
      "", "sp", "sil", "SIL", "<sil>", "<eps>", "<p:>", "#", "SP", "n/a"};
  return std::find(kPauses.begin(), kPauses.end(), word) != kPauses.end();
}

bool is_transcript_name(const std::filesystem::path& path) {
  const std::string ending = lower_ending(path);
  return ending == ".tsv" || ending == ".csv" || ending == ".textgrid";
}

Transcript read_transcript(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  const std::string ending = lower_ending(path);
  Transcript transcript;
  if (ending == ".textgrid" || is_text_grid(bytes)) {
    transcript = read_text_grid(bytes, path);
  } else if (ending == ".tsv" || ending == ".csv" || ending == ".txt") {
    transcript = read_transcript_table(bytes, path);
  } else {
    fail(Blame::kData,
         "{}: \"{}\" is no kind of transcript; .tsv, .csv and .TextGrid are",
         path,
         ending);
  }
  finish(transcript, path);
  return transcript;
}

}  // namespace lockstep
