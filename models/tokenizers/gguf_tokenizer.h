#pragma once

#include "models/tokenizers/gguf_vocabulary.h"
#include "models/weights/gguf_file.h"

namespace lockstep {

/// The tokenizer.* metadata of a file. Throws Error(kData) naming the file and a key of the wrong
/// form, and if the file has no tokenizer.
GgufVocabulary read_gguf_vocabulary(const GgufFile& file);

}  // namespace lockstep
