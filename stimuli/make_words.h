#pragma once

#include <filesystem>
#include <vector>

#include "base/schemas/words_file.h"
#include "stimuli/story_files.h"
#include "stimuli/words_audit.h"

namespace lockstep {

struct MadeWords {
  Words words;
  std::vector<StoryAudit> audits;  ///< one a story
  int64_t num_untagged = 0;        ///< rows with a span that the table of tags does not name
};

struct WordsOptions {
  std::filesystem::path pos;  ///< a table of tags (PosTable); empty: tag_words
};

/// Makes the rows of words.tsv: spoken words found in their text, sentences, word classes. Without
/// a transcript every word of the text is a row, in block "1", without times. A spoken word that is
/// not in the text keeps its row, without span, sentence and class. Throws Error(kData) if nothing
/// of a transcript is in its text.
MadeWords make_words(const StoryInputs& inputs, const WordsOptions& options);

}  // namespace lockstep
