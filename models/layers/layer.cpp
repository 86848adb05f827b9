#include "models/layers/layer.h"

#include "base/error.h"

namespace lockstep {

void refuse_step(const Step& step, const std::string& found, const std::string& wanted) {
  fail(Blame::kData, "{}: {} is not supported; {}", step.where, found, wanted);
}

}  // namespace lockstep
