#include "models/layers/operations.h"

#include <array>
#include <string>

#include "models/layers/add.h"
#include "models/layers/attention.h"
#include "models/layers/embed.h"
#include "models/layers/feed_forward.h"
#include "models/layers/linear.h"
#include "models/layers/norm.h"
#include "models/layers/position.h"
#include "models/layers/scale.h"
#include "models/layers/softcap.h"

namespace lockstep {
namespace {

// A new layer is one file and one line here.
constexpr std::array kOperations = {
    Operation{"add", false, check_add, make_add},
    Operation{"attention", true, check_attention, make_attention},
    Operation{"embed", false, check_embed, make_embed},
    Operation{"ffn", false, check_feed_forward, make_feed_forward},
    Operation{"linear", false, check_linear, make_linear},
    Operation{"norm", false, check_norm, make_norm},
    Operation{"position", false, check_position, make_position},
    Operation{"scale", false, check_scale, make_scale},
    Operation{"softcap", false, check_softcap, make_softcap},
};

}  // namespace

const Operation& operation_of(const Step& step) {
  std::string known;
  for (const Operation& operation : kOperations) {
    if (operation.op == step.op) return operation;
    known += (known.empty() ? "" : ", ") + std::string(operation.op);
  }
  refuse_step(step, "op \"" + step.op + "\"", "one of " + known + " is wanted");
}

}  // namespace lockstep
