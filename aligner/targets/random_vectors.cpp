#include "aligner/targets/random_vectors.h"

#include "aligner/targets/word_set.h"
#include "aligner/targets/word_types.h"
#include "base/error.h"
#include "base/random_stream.h"

namespace lockstep {

Reduction random_vectors(const Words& words, int64_t num_components, uint64_t seed) {
  if (num_components < 1)
    fail(
        Blame::kCommandLine, "random vectors: {} components; at least 1 is wanted", num_components);
  WordSet set = make_word_set(words, "random vectors", num_components);
  const auto width = static_cast<std::size_t>(num_components);
  for (std::size_t row = 0; row < words.rows.size(); ++row) {
    // The type is part of the stream's name: a word added to the story changes no other word's
    // vector.
    RandomStream stream(seed, "vector of the word type " + word_type(words.rows[row].word));
    for (std::size_t k = 0; k < width; ++k)
      set.fit.targets[row * width + k] = static_cast<float>(stream.normal());
  }
  return std::move(set).finish();
}

}  // namespace lockstep
