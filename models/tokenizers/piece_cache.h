#pragma once

#include <cstddef>
#include <memory>

#include "models/tokenizers/token_model.h"

namespace lockstep {

/// How much a cache of pre-tokens may hold. The first pre-tokens seen stay; once it is full, others
/// are computed each time.
struct CacheBounds {
  std::size_t num_pre_tokens = 65536;
  std::size_t pre_token_bytes = 128;  ///< longer ones are not worth remembering
};

/// A model that remembers the pieces of the pre-tokens it has seen. On natural text nine pre-tokens
/// in ten are words seen before. The pieces do not depend on what is remembered.
std::unique_ptr<TokenModel> remembering(std::unique_ptr<TokenModel> model, CacheBounds bounds = {});

}  // namespace lockstep
