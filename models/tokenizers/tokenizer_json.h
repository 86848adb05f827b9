#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "models/tokenizers/pipeline.h"
#include "models/tokenizers/tokenizer_config.h"

namespace lockstep {

/// The tokenizer of a folder with a tokenizer.json (Hugging Face tokenizers, version 1.0). Its
/// prefix is the post-processor's, as in transformers 5.23, which does not heed add_bos_token
/// beside a tokenizer.json. Its bos is, of these, the first that is there: the bos_token of the
/// files beside it, if that is in the vocabulary; the prefix, if that is one token; unless
/// bos_token is null, the bos_token_id of config.json. truncation, padding and decoder are of no
/// account; the first two are noted. Its sha256 is of the bytes of tokenizer.json, followed by a
/// zero byte and the decimal digits of the bos if there is one.
std::unique_ptr<Tokenizer> read_tokenizer_folder(const std::filesystem::path& folder);

/// The parts of a tokenizer.json that came from `where`; sha256 is left empty. Throws Error(kData)
/// with the JSON path of what is missing, wrong or not supported.
Pipeline read_tokenizer_json(std::string_view bytes,
                             const std::string& where,
                             const TokenizerConfig& config);

}  // namespace lockstep
