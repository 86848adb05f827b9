#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/schemas/folds_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

struct FoldOptions {
  std::string scheme = "story";      ///< story, block, contiguous, shuffled or file
  int64_t k = 5;                     ///< folds, 2 or more
  uint64_t seed = 0;                 ///< of `shuffled`; the other schemes draw nothing
  std::filesystem::path table = {};  ///< of `file`
};

/// A fold for every word, made from the words alone. Whole units (the blocks of the plan) are given
/// to folds:
///   story       a unit is a story. Fewer stories than folds: falls back to `block`
///   block       a unit is a block of a story. Fewer blocks than folds: falls back to `contiguous`
///   contiguous  k stretches of the running words, equal within one word; units and folds are the
///   same shuffled    words dealt at random, sizes equal within one; units and folds are the same
///   file        a table with a column `fold` beside `word` (rows of words.tsv), or beside `story`
///   and, if folds divide
///               stories, `block`; k does not matter. Units are its words' blocks; what it does not
///               name is never tested
/// `story` and `block` give consecutive units to a fold, such that the squares of the folds' sizes
/// have the smallest sum, and the folds are in the order of the words. FoldPlan::scheme is the
/// scheme that came out; a fall-back is a warning on stderr and is kept in the plan's provenance
/// (options "asked" and "fallback"). Throws Error(kCommandLine) for an unknown scheme, for k < 2
/// and for more folds than words; Error(kData) for no words and for what is wrong in the table.
FoldPlan make_folds(const Words& words, const FoldOptions& options);

/// What `align --folds` takes: "story", "block:4", "shuffled" (scheme[:k], k = 5 unless given),
/// else a file written by `lockstep folds`. Throws Error(kData) if the file is a plan of other
/// words.
FoldPlan folds_for(const Words& words, std::string_view file_or_scheme);

}  // namespace lockstep
