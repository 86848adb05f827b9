#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "models/tokenizers/pipeline.h"

namespace lockstep {

/// The tokenizer of a folder with a tokenizer.json (Hugging Face tokenizers, version 1.0) and
/// perhaps a tokenizer_config.json. Its prefix is the post-processor's, as in transformers 5.23,
/// which does not heed add_bos_token beside a tokenizer.json. Its bos is the bos_token of
/// tokenizer_config.json if that is in the vocabulary, else the prefix if that is one token.
/// truncation, padding and decoder are of no account. Its sha256 is of the bytes of tokenizer.json,
/// followed by a zero byte and the bos_token if there is one.
std::unique_ptr<Tokenizer> read_tokenizer_folder(const std::filesystem::path& folder);

/// The parts of a tokenizer.json that came from `where`; sha256 is left empty. Throws Error(kData)
/// with the JSON path of what is missing, wrong or not supported.
Pipeline read_tokenizer_json(std::string_view bytes,
                             const std::string& where,
                             const std::optional<std::string>& bos_token);

}  // namespace lockstep
