#pragma once

#include <filesystem>
#include <memory>

#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// The tokenizer of a folder with vocab.json and merges.txt and no tokenizer.json, if it is one of
/// the two whose parts follow from its name: GPT2Tokenizer or Qwen2Tokenizer of transformers 5.23,
/// named by tokenizer_class in tokenizer_config.json, else by model_type in config.json. The added
/// tokens are those of the files beside it, and "<|endoftext|>"; the bos of GPT2Tokenizer is
/// "<|endoftext|>" unless tokenizer_config.json says otherwise, that of Qwen2Tokenizer none; it is
/// put in front if add_bos_token is true. sha256 is of the two files and of what else is used.
/// Throws Error(kData) naming the remedy for other classes, and the place of what is wrong.
std::unique_ptr<Tokenizer> read_vocabulary_folder(const std::filesystem::path& folder);

}  // namespace lockstep
