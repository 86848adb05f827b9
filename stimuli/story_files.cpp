#include "stimuli/story_files.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>

#include "base/error.h"
#include "base/files.h"
#include "base/utf8.h"
#include "stimuli/written_words.h"

namespace lockstep {
namespace {

/// The file itself, or the files of a folder that are wanted, by name.
std::vector<std::filesystem::path> files_of(
    const std::filesystem::path& path,
    const std::function<bool(const std::filesystem::path&)>& is_wanted,
    const char* what) {
  if (!std::filesystem::exists(path))
    fail(Blame::kCommandLine,
         "{}: there is no such file or folder; a file, or a folder of {}, is wanted",
         path,
         what);
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_regular_file() && is_wanted(entry.path())) files.push_back(entry.path());
  }
  if (files.empty()) fail(Blame::kData, "{}: no {} in this folder", path, what);
  std::sort(files.begin(), files.end(), [](const auto& left, const auto& right) {
    return comes_before(left.filename().string(), right.filename().string());
  });
  return files;
}

std::string stem_of(const std::filesystem::path& path) { return path.stem().string(); }

using Spoken = std::map<std::string, std::vector<TimedWord>>;

/// The words of all transcripts, by story.
Spoken read_spoken(StoryInputs& inputs) {
  Spoken spoken;
  for (const auto& path : inputs.transcripts) {
    Transcript transcript = read_transcript(path);
    for (const auto& [kind, count] : transcript.left_out) inputs.left_out[kind] += count;
    Spoken of_file;
    for (TimedWord& word : transcript.words) {
      if (word.story.empty()) word.story = stem_of(path);
      of_file[word.story].push_back(std::move(word));
    }
    for (auto& [story, words] : of_file) {
      if (!spoken.emplace(story, std::move(words)).second) {
        fail(Blame::kData,
             "{}: story \"{}\" is in another transcript too; one transcript a story is wanted",
             path,
             story);
      }
    }
  }
  return spoken;
}

void pair(StoryInputs& inputs, Spoken spoken) {
  if (inputs.stories.size() == 1 && spoken.size() == 1) {
    inputs.stories[0].spoken = std::move(spoken.begin()->second);
    inputs.stories[0].has_transcript = true;
    return;
  }
  for (StoryInput& story : inputs.stories) {
    const auto found = spoken.find(story.name);
    if (found == spoken.end()) {
      fail(Blame::kData,
           "{}: no transcript of story \"{}\"; one with the same stem is wanted",
           story.text,
           story.name);
    }
    story.spoken = std::move(found->second);
    story.has_transcript = true;
    spoken.erase(found);
  }
  if (!spoken.empty()) {
    fail(Blame::kData,
         "story \"{}\" has a transcript and no text; a text with the same stem is wanted",
         spoken.begin()->first);
  }
}

}  // namespace

bool comes_before(const std::string& left, const std::string& right) {
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() && j < right.size()) {
    if (!is_digit(left[i]) || !is_digit(right[j])) {
      if (left[i] != right[j]) return left[i] < right[j];
      ++i;
      ++j;
      continue;
    }
    const auto number = [&](const std::string& name, std::size_t& at) {
      const auto first = std::min(name.find_first_not_of('0', at), name.size());
      at = first;
      while (at < name.size() && is_digit(name[at])) ++at;
      return name.substr(first, at - first);
    };
    const std::string a = number(left, i);
    const std::string b = number(right, j);
    if (a.size() != b.size()) return a.size() < b.size();
    if (a != b) return a < b;
  }
  if (left.size() - i != right.size() - j) return left.size() - i < right.size() - j;
  return left < right;
}

std::string read_story_text(const std::filesystem::path& path) {
  std::string text = read_file(path);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::string clean;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\r') clean += text[at];
    if (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] != '\n')) clean += '\n';
  }
  if (written_words(from_utf8(clean, path.string())).empty())
    fail(Blame::kData, "{}: no words in it; a text is wanted", path);
  return clean;
}

StoryInputs read_story_inputs(const std::filesystem::path& text,
                              const std::filesystem::path& transcript) {
  StoryInputs inputs;
  const auto is_text = [](const std::filesystem::path& path) { return path.extension() == ".txt"; };
  for (const auto& path : files_of(text, is_text, ".txt files"))
    inputs.stories.push_back({stem_of(path), path, false, {}});
  for (std::size_t k = 1; k < inputs.stories.size(); ++k) {
    if (inputs.stories[k].name == inputs.stories[k - 1].name) {
      fail(Blame::kData,
           "{}: a second text of story \"{}\"",
           inputs.stories[k].text,
           inputs.stories[k].name);
    }
  }
  if (transcript.empty()) return inputs;
  inputs.transcripts = files_of(transcript, is_transcript_name, ".tsv, .csv or .TextGrid files");
  pair(inputs, read_spoken(inputs));
  return inputs;
}

}  // namespace lockstep
