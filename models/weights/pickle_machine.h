#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>

#include "models/weights/pickle_values.h"

namespace lockstep {

/// What a pickle makes: one value, and the nodes that it refers to.
struct Unpickled {
  PickleValue value;
  std::deque<PickleNode> nodes;
};

/// Runs a pickle as torch.save writes it (state_dict_pickle.h says which operations and globals
/// there are). Throws Error(kData) "<where>: byte <n>: ..." for every other, with its place.
Unpickled run_pickle(std::span<const std::byte> pickle, const std::string& where);

}  // namespace lockstep
