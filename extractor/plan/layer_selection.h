#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/schemas/tap_axis.h"

namespace lockstep {

/// The taps that `--layers` asks for, by depth, each once:
///   "9"            a count N: N depths from 10 to 90 % of the blocks, equally spaced, 50 % for
///   one. Each takes the nearest
///                  block, half way up; never the embedding. Depths that fall on one block give it
///                  once, with the first depth that asked for it, so a small model may give fewer
///                  than N
///   "0,6,last"     a list: 0 or "embedding", a block from 1, "last" (the last block),
///   "final_norm", "hf:K" (entry K of
///                  what transformers returns as hidden_states, by the family's view); "6," is a
///                  list of one
///   "all"          the embedding, every block, the final norm
/// `hf_states` names the tap of each entry of transformers' hidden_states.
/// Throws Error(kCommandLine) naming the item and what the model has.
std::vector<TapInfo> select_layers(const std::string& layers,
                                   int64_t num_blocks,
                                   std::span<const std::string> hf_states);

}  // namespace lockstep
