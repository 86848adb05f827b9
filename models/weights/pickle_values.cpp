#include "models/weights/pickle_values.h"

#include <array>

#include "base/error.h"
#include "models/weights/byte_cursor.h"

namespace lockstep {
namespace {

constexpr std::array kGlobals{
    PickleGlobal{"collections", "OrderedDict", PickleCall::kDict, {}},
    PickleGlobal{"torch._utils", "_rebuild_tensor_v2", PickleCall::kTensor, {}},
    PickleGlobal{"torch._utils", "_rebuild_parameter", PickleCall::kParameter, {}},
    PickleGlobal{"torch", "DoubleStorage", PickleCall::kNothing, ElementType::kF64},
    PickleGlobal{"torch", "FloatStorage", PickleCall::kNothing, ElementType::kF32},
    PickleGlobal{"torch", "HalfStorage", PickleCall::kNothing, ElementType::kF16},
    PickleGlobal{"torch", "BFloat16Storage", PickleCall::kNothing, ElementType::kBF16},
    PickleGlobal{"torch", "LongStorage", PickleCall::kNothing, ElementType::kI64},
    PickleGlobal{"torch", "IntStorage", PickleCall::kNothing, ElementType::kI32},
    PickleGlobal{"torch", "ShortStorage", PickleCall::kNothing, ElementType::kI16},
    PickleGlobal{"torch", "CharStorage", PickleCall::kNothing, ElementType::kI8},
    PickleGlobal{"torch", "ByteStorage", PickleCall::kNothing, ElementType::kU8},
    PickleGlobal{"torch", "BoolStorage", PickleCall::kNothing, ElementType::kBool},
};

}  // namespace

std::optional<PickleValue> find_pickle_global(std::string_view module, std::string_view name) {
  for (std::size_t k = 0; k < kGlobals.size(); ++k) {
    if (kGlobals[k].module != module || kGlobals[k].name != name) continue;
    return PickleValue{PickleKind::kGlobal, static_cast<int64_t>(k), {}, nullptr};
  }
  return {};
}

const PickleGlobal& global_of(const PickleValue& value) {
  return kGlobals[static_cast<std::size_t>(value.integer)];
}

std::string describe(const PickleValue& value) {
  switch (value.kind) {
    case PickleKind::kNone:
      return "None";
    case PickleKind::kBool:
      return value.integer != 0 ? "True" : "False";
    case PickleKind::kInteger:
      return to_text(value.integer);
    case PickleKind::kReal:
      return "a real number";
    case PickleKind::kText:
      return text("\"{}\"", printable(value.text));
    case PickleKind::kTuple:
      return text("a tuple of {}", value.node->items.size());
    case PickleKind::kList:
      return text("a list of {}", value.node->items.size());
    case PickleKind::kDict:
      return text("a dict of {}", value.node->items.size() / 2);
    case PickleKind::kGlobal:
      return text("{}.{}", global_of(value).module, global_of(value).name);
    case PickleKind::kStorage:
      return "a storage";
    case PickleKind::kTensor:
      return "a tensor";
  }
  return {};
}

}  // namespace lockstep
