#include "models/weights/state_dict_pickle.h"

#include <set>
#include <string_view>

#include "base/error.h"
#include "base/utf8.h"
#include "models/weights/pickle_machine.h"

namespace lockstep {
namespace {

std::vector<int64_t> integers(const PickleValue& tuple) {
  std::vector<int64_t> all;
  for (const PickleValue& value : tuple.node->items) all.push_back(value.integer);
  return all;
}

PickledTensor tensor_of(std::string_view name, const PickleValue& value) {
  const auto& parts = value.node->items;
  const auto& storage = parts[0].node->items;
  return {.name = std::string(name),
          .type = *global_of(storage[1]).storage,
          .storage = std::string(storage[2].text),
          .storage_elements = storage[4].integer,
          .offset = parts[1].integer,
          .shape = integers(parts[2]),
          .strides = integers(parts[3])};
}

}  // namespace

std::vector<PickledTensor> read_state_dict(std::span<const std::byte> pickle,
                                           const std::string& where) {
  const Unpickled unpickled = run_pickle(pickle, where);
  const PickleValue& state = unpickled.value;
  if (state.kind != PickleKind::kDict) {
    fail(Blame::kData, "{}: {}; a dict of tensors is wanted", where, describe(state));
  }
  const auto& items = state.node->items;
  std::vector<PickledTensor> tensors;
  std::set<std::string_view> names;
  for (std::size_t k = 0; k < items.size(); k += 2) {
    if (items[k].kind != PickleKind::kText) {
      fail(Blame::kData, "{}: {} is a key; a tensor's name is wanted", where, describe(items[k]));
    }
    const std::string what = text("{}: {}", where, describe(items[k]));
    from_utf8(items[k].text, what);
    if (items[k + 1].kind != PickleKind::kTensor) {
      fail(Blame::kData, "{} is {}; a tensor is wanted", what, describe(items[k + 1]));
    }
    if (!names.insert(items[k].text).second) fail(Blame::kData, "{} occurs twice", what);
    tensors.push_back(tensor_of(items[k].text, items[k + 1]));
  }
  return tensors;
}

}  // namespace lockstep
