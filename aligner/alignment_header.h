#pragma once

#include <filesystem>

#include "aligner/alignment_plan.h"
#include "aligner/word_selection.h"

namespace lockstep {

/// Fills AlignmentPlan::header and ::key from the rest of the plan, and says on stderr what a
/// reader must know: the preset with its values, what was left out and why, every notice.
/// `selection` is what --words, --where and the targets left, `targets` the file they came from.
void describe_plan(AlignmentPlan& plan,
                   const std::filesystem::path& targets,
                   WordSelection selection,
                   double embargo_s);

}  // namespace lockstep
