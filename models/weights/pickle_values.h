#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/weights/checkpoint.h"

namespace lockstep {

// The object model of the pickles of state dicts: small values that refer to nodes which the
// machine owns, so that nothing is copied, a value may contain itself, and no destructor recurses.

enum class PickleKind {
  kNone,
  kBool,
  kInteger,
  kReal,
  kText,
  kTuple,
  kList,
  kDict,
  kGlobal,
  kStorage,
  kTensor
};

struct PickleNode;

struct PickleValue {
  PickleKind kind = PickleKind::kNone;
  int64_t integer = 0;         ///< a number; of a global, its place in the list of those allowed
  std::string_view text;       ///< a view into the pickle
  PickleNode* node = nullptr;  ///< of a container; the parts of a storage or a tensor
};

/// A dict's keys and values alternate.
struct PickleNode {
  std::vector<PickleValue> items;
};

/// What calling a global makes.
enum class PickleCall { kDict, kTensor, kParameter, kNothing };

/// A name that a state dict may use. None of them runs anything.
struct PickleGlobal {
  std::string_view module;
  std::string_view name;
  PickleCall call = PickleCall::kNothing;
  std::optional<ElementType> storage;  ///< of a class of storages
};

/// Nothing for a global that is not allowed.
std::optional<PickleValue> find_pickle_global(std::string_view module, std::string_view name);

/// The global that a value of kind kGlobal is.
const PickleGlobal& global_of(const PickleValue& value);

/// For messages: `a tuple of 3`, `"name"`, `torch.FloatStorage`.
std::string describe(const PickleValue& value);

}  // namespace lockstep
