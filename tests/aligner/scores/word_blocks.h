#pragma once

#include <cstdint>
#include <vector>

#include "aligner/scores/correlation.h"
#include "base/random_stream.h"
#include "base/schemas/scores_file.h"

namespace lockstep {

/// Words with observed and predicted values, kept word by word: what the sums of scores.h5 were
/// made of.
struct WordBlocks {
  struct Pairs {
    std::vector<double> observed;
    std::vector<double> predicted;
  };

  std::vector<int64_t> block_fold;
  std::size_t num_components = 0;
  std::size_t num_times = 0;
  std::vector<Pairs> cells = {};  ///< block x component x time

  Pairs& at(std::size_t block, std::size_t component, std::size_t time) {
    return cells[(block * num_components + component) * num_times + time];
  }
  const Pairs& at(std::size_t block, std::size_t component, std::size_t time) const {
    return cells[(block * num_components + component) * num_times + time];
  }

  /// Takes all words of a block away at one time.
  void drop(std::size_t block, std::size_t time) {
    for (std::size_t component = 0; component < num_components; ++component) {
      at(block, component, time) = {};
    }
  }

  Pairs of_fold(int64_t fold, std::size_t component, std::size_t time) const {
    Pairs all;
    for (std::size_t block = 0; block < block_fold.size(); ++block) {
      if (block_fold[block] == fold) append(all, at(block, component, time));
    }
    return all;
  }

  static void append(Pairs& all, const Pairs& more) {
    all.observed.insert(all.observed.end(), more.observed.begin(), more.observed.end());
    all.predicted.insert(all.predicted.end(), more.predicted.begin(), more.predicted.end());
  }

  std::vector<double> sums() const {
    std::vector<double> values;
    for (const Pairs& pairs : cells) {
      WordSums sums;
      for (std::size_t i = 0; i < pairs.observed.size(); ++i) {
        sums.add(pairs.observed[i], pairs.predicted[i]);
      }
      values.insert(values.end(), {sums.y, sums.yy, sums.p, sums.pp, sums.yp, sums.n});
    }
    return values;
  }

  BlockSums block_sums(const std::vector<double>& values) const {
    return {.values = values,
            .block_fold = block_fold,
            .num_components = num_components,
            .num_times = num_times};
  }
};

/// 20 to 29 words a block; predictions that share something with what is observed.
inline WordBlocks random_words(const std::vector<int64_t>& block_fold,
                               std::size_t components,
                               std::size_t times,
                               uint64_t seed) {
  WordBlocks words{.block_fold = block_fold, .num_components = components, .num_times = times};
  RandomStream stream(seed, "words of a test");
  for (std::size_t block = 0; block < block_fold.size(); ++block) {
    const std::size_t num_words = 20 + stream.below(10);
    for (std::size_t cell = 0; cell < components * times; ++cell) {
      WordBlocks::Pairs pairs;
      for (std::size_t word = 0; word < num_words; ++word) {
        pairs.observed.push_back(stream.normal() + 0.2);
        pairs.predicted.push_back(0.3 * pairs.observed.back() + 0.4 * stream.normal());
      }
      words.cells.push_back(pairs);
    }
  }
  return words;
}

}  // namespace lockstep
