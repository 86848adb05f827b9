#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/provenance.h"

namespace lockstep {

/// folds.tsv: for each row of words.tsv its block (the smallest unit that is ever left out
/// together) and its fold
/// (-1: never tested). Made from words alone, so words dropped later move no border.
struct FoldPlan {
  std::string
      scheme;  ///< story, block, contiguous, shuffled or file, as it came out after any fall-back
  std::string words_sha256;
  std::vector<int64_t> block;  ///< per word, from 0, without gaps
  std::vector<int64_t> fold;   ///< per word, from 0, or -1; all words of a block have the same fold
  int64_t num_blocks = 0;
  int64_t num_folds = 0;
  std::string sha256;  ///< of the file's bytes
  Provenance provenance;

  int64_t fold_of_block(int64_t block_number) const;
};

/// Throws Error(kData): columns, order of rows, a block in two folds, gaps in the numbers.
FoldPlan read_folds(const std::filesystem::path& path);
void write_folds(const FoldPlan& plan, const std::filesystem::path& path);

}  // namespace lockstep
