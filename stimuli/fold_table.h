#pragma once

#include <filesystem>

#include "base/schemas/folds_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// Fills the blocks and folds of `plan` from a user's table (see FoldOptions, scheme `file`). A
/// block of the plan is a (story, block) of the words, or the part of one that shares a fold; folds
/// keep their order but are numbered without gaps. Throws Error(kData): columns, rows that name no
/// word, words named twice, fewer than two folds.
void read_fold_table(FoldPlan& plan, const Words& words, const std::filesystem::path& path);

}  // namespace lockstep
