#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "stimuli/transcript.h"

namespace lockstep {

/// A story as it comes in: its text and, if there is one, what was spoken.
struct StoryInput {
  std::string name;
  std::filesystem::path text;
  bool has_transcript = false;
  std::vector<TimedWord> spoken;
};

struct StoryInputs {
  std::vector<StoryInput> stories;                 ///< by name, numbers in names by their value
  std::vector<std::filesystem::path> transcripts;  ///< the files read
  std::map<std::string, int64_t> left_out;  ///< rows of transcripts that were no words, by kind
};

/// Pairs texts with transcripts. Each is a file, or a folder of .txt files and of .tsv, .csv or
/// .TextGrid files; `transcript` may be empty. One text and one transcript of one story belong
/// together whatever their names; the story has the name of the text. Several are paired by equal
/// stems, or by the transcript's column `story`. Throws Error(kCommandLine) for missing paths,
/// Error(kData) for texts without transcript and transcripts without text.
StoryInputs read_story_inputs(const std::filesystem::path& text,
                              const std::filesystem::path& transcript);

/// Order of names in which "story_2" comes before "story_10".
bool comes_before(const std::string& left, const std::string& right);

/// A text as it is used: UTF-8, without byte order mark, line ends as \n. Throws Error(kData) if it
/// is not UTF-8 or has no words.
std::string read_story_text(const std::filesystem::path& path);

}  // namespace lockstep
