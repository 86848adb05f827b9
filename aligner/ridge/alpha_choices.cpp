#include "aligner/ridge/alpha_choices.h"

#include <utility>

#include "aligner/ridge/block_ridge.h"
#include "aligner/ridge/generalised_ridge.h"
#include "aligner/ridge/screened_ridge.h"
#include "base/error.h"

namespace lockstep {

AlphaChoices choose_alphas(const RidgeInputs& inputs,
                           const RidgeTargets& targets,
                           const TargetProducts& products,
                           std::span<const int64_t> folds,
                           const ScreenRules& rules) {
  const AlphaBy by = inputs.alphas().size() > 1 ? inputs.alpha_by() : AlphaBy::kLeaveOneOut;
  switch (by) {
    case AlphaBy::kLeaveOneOut:
      return choose_by_leave_one_out(inputs, targets, products, folds, rules);
    case AlphaBy::kBlock: {
      const TargetSet set{targets, products};
      return std::move(choose_by_blocks(inputs, {&set, 1}, folds).front());
    }
    case AlphaBy::kGeneralised:
      return choose_by_generalised(inputs, targets, products, folds);
  }
  fail(Blame::kProgram, "a criterion of alphas that is unknown");
}

}  // namespace lockstep
