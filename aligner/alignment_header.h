#pragma once

#include <vector>

#include "aligner/alignment_plan.h"
#include "aligner/heard_words.h"
#include "aligner/word_selection.h"

namespace lockstep {

/// Fills AlignmentPlan::header and ::key from the rest of the plan, and says on stderr what a
/// reader must know: the preset with its values, what was left out and why, every notice.
/// `selection` is what --words, --where and the targets left, `heard` what each subject heard.
void describe_plan(AlignmentPlan& plan,
                   const AlignInputs& inputs,
                   const std::vector<SubjectWords>& heard,
                   WordSelection selection,
                   double embargo_s);

}  // namespace lockstep
