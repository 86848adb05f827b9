#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "models/tokenizers/tokenizer.h"
#include "models/tokenizers/tokenizer_config.h"

namespace lockstep {

/// The tokenizer of a sentencepiece model (tokenizer.model), BPE or unigram, as sentencepiece
/// 0.1.97 runs it, with its normalisation, dummy prefix, removal of extra spaces and bytes for
/// unknown characters. Spans are code points of the original text: all bytes of a character carry
/// its span, a dummy prefix that is a token alone has an empty span.
///
/// As in transformers, control pieces and the added tokens of `config` are looked for in the text
/// first; the dummy prefix stands at the start of the text, and behind added tokens
/// only if `legacy` is true, and nowhere if `add_prefix_space` is false (tokenizer_config.json).
/// One deviation from transformers 5.23: before a text that begins with a space, sentencepiece puts
/// the dummy prefix all the same. The prefix is the bos if add_bos_token is true. The bos is that
/// of `config`, unless it says null that of the model. sha256 is of the model's bytes, then, each
/// with a zero byte before it, of all that is taken from `config`.
///
/// Throws Error(kData) naming `where` if the bytes are no such model, an added token contradicts
/// it, or add_bos_token wants a token that is not there.
std::unique_ptr<Tokenizer> sentencepiece_tokenizer(const std::string& bytes,
                                                   const std::string& where,
                                                   const TokenizerConfig& config);

}  // namespace lockstep
