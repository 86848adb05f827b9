#include "stimuli/word_source.h"

#include "base/error.h"
#include "stimuli/make_words.h"

namespace lockstep {

Words load_words(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) {
    fail(Blame::kData,
         "{}: there is no such file; a folder written by lockstep words or a text file is wanted",
         path);
  }
  if (std::filesystem::is_directory(path) || path.filename() == "words.tsv")
    return read_words_folder(path);
  return make_words(read_story_inputs(path, {}), {}).words;
}

}  // namespace lockstep
