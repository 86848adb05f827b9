// The pickle machine (Python's pickletools.py describes every operation): a stack of values, marks
// into it, and a memo. Values are small and refer to nodes that the machine owns, so that nothing
// is copied, a value may contain itself, and no destructor recurses, however deep a file nests.
#include "models/weights/state_dict_pickle.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/utf8.h"
#include "models/weights/byte_cursor.h"

namespace lockstep {
namespace {

enum class Kind {
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

struct Node;

struct Value {
  Kind kind = Kind::kNone;
  int64_t integer = 0;    // a number, or a global's place in kGlobals
  std::string_view text;  // a view into the pickle
  Node* node = nullptr;   // of a container; the parts of a storage or a tensor
};

/// A dict's keys and values alternate.
struct Node {
  std::vector<Value> items;
};

enum class Call { kDict, kTensor, kParameter, kNothing };

struct Global {
  std::string_view module;
  std::string_view name;
  Call call = Call::kNothing;
  std::optional<ElementType> storage;
};

constexpr std::array kGlobals{
    Global{"collections", "OrderedDict", Call::kDict, {}},
    Global{"torch._utils", "_rebuild_tensor_v2", Call::kTensor, {}},
    Global{"torch._utils", "_rebuild_parameter", Call::kParameter, {}},
    Global{"torch", "DoubleStorage", Call::kNothing, ElementType::kF64},
    Global{"torch", "FloatStorage", Call::kNothing, ElementType::kF32},
    Global{"torch", "HalfStorage", Call::kNothing, ElementType::kF16},
    Global{"torch", "BFloat16Storage", Call::kNothing, ElementType::kBF16},
    Global{"torch", "LongStorage", Call::kNothing, ElementType::kI64},
    Global{"torch", "IntStorage", Call::kNothing, ElementType::kI32},
    Global{"torch", "ShortStorage", Call::kNothing, ElementType::kI16},
    Global{"torch", "CharStorage", Call::kNothing, ElementType::kI8},
    Global{"torch", "ByteStorage", Call::kNothing, ElementType::kU8},
    Global{"torch", "BoolStorage", Call::kNothing, ElementType::kBool},
};

const Global& global_of(const Value& value) {
  return kGlobals[static_cast<std::size_t>(value.integer)];
}

std::string describe(const Value& value) {
  switch (value.kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
      return value.integer != 0 ? "True" : "False";
    case Kind::kInteger:
      return to_text(value.integer);
    case Kind::kReal:
      return "a real number";
    case Kind::kText:
      return text("\"{}\"", printable(value.text));
    case Kind::kTuple:
      return text("a tuple of {}", value.node->items.size());
    case Kind::kList:
      return text("a list of {}", value.node->items.size());
    case Kind::kDict:
      return text("a dict of {}", value.node->items.size() / 2);
    case Kind::kGlobal:
      return text("{}.{}", global_of(value).module, global_of(value).name);
    case Kind::kStorage:
      return "a storage";
    case Kind::kTensor:
      return "a tensor";
  }
  return {};
}

class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> pickle, const std::string& where)
      : cursor_(pickle, where), where_(where) {}

  /// The one value that is left at the end.
  Value run() {
    for (;;) {
      at_ = cursor_.position();
      const auto op = cursor_.scalar<uint8_t>("an operation");
      if (op == '.') break;
      if (!push_scalar(op) && !push_text(op) && !gather(op) && !remember(op) && !rebuild(op)) {
        refuse(text("operation {}", static_cast<int>(op)), "one that torch.save writes");
      }
      if (stack_.size() > kMostValues || nodes_.size() > kMostValues) {
        refuse("more values than a state dict has", "at most 1,048,576");
      }
    }
    if (stack_.size() != 1) refuse(text("{} values at the end", stack_.size()), "one");
    return stack_.front();
  }

 private:
  static constexpr std::size_t kMostValues = 1 << 20;  // 7 a tensor

  [[noreturn]] void refuse(const std::string& found, std::string_view wanted) const {
    fail(Blame::kData, "{}: byte {}: {}; {} is wanted", where_, at_, found, wanted);
  }

  void push(Kind kind, int64_t integer) { stack_.push_back({kind, integer, {}, nullptr}); }
  void push_node(Kind kind, std::vector<Value> items) {
    stack_.push_back({kind, 0, {}, &nodes_.emplace_back(Node{std::move(items)})});
  }

  Value pop() {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) refuse("nothing on the stack", "a value");
    const Value value = stack_.back();
    stack_.pop_back();
    return value;
  }

  Value& top() {
    stack_.push_back(pop());
    return stack_.back();
  }

  std::vector<Value> pop_last(std::size_t count) {
    std::vector<Value> values(count);
    for (std::size_t k = count; k-- > 0;) values[k] = pop();
    return values;
  }

  std::vector<Value> pop_to_mark() {
    if (marks_.empty()) refuse("no mark on the stack", "one");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Value> values(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return values;
  }

  const Value& want(const Value& value, Kind kind, std::string_view wanted) const {
    if (value.kind != kind) refuse(describe(value), wanted);
    return value;
  }

  bool push_scalar(uint8_t op) {
    switch (op) {
      case 'N':
        push(Kind::kNone, 0);
        return true;
      case 0x88:
      case 0x89:
        push(Kind::kBool, op == 0x88 ? 1 : 0);
        return true;
      case 'K':
        push(Kind::kInteger, cursor_.scalar<uint8_t>("an integer"));
        return true;
      case 'M':
        push(Kind::kInteger, cursor_.scalar<uint16_t>("an integer"));
        return true;
      case 'J':
        push(Kind::kInteger, cursor_.scalar<int32_t>("an integer"));
        return true;
      case 0x8a:
        push(Kind::kInteger, long_integer());
        return true;
      case 'G':
        cursor_.take(8, "a real number");
        push(Kind::kReal, 0);
        return true;
      default:
        return false;
    }
  }

  /// A length and that many bytes, two's complement.
  int64_t long_integer() {
    const auto size = cursor_.scalar<uint8_t>("an integer");
    if (size > 8)
      refuse(text("an integer of {} bytes", static_cast<int>(size)), "one of 8 or less");
    const auto bytes = cursor_.take(size, "an integer");
    uint64_t bits = 0;
    for (std::size_t k = bytes.size(); k-- > 0;) bits = bits << 8 | static_cast<uint64_t>(bytes[k]);
    const bool is_negative = size > 0 && (bytes.back() & std::byte{0x80}) != std::byte{0};
    if (is_negative && size < 8) bits |= ~uint64_t{0} << (8 * size);
    return static_cast<int64_t>(bits);
  }

  bool push_text(uint8_t op) {
    if (op == 'X') {
      const auto length = cursor_.scalar<uint32_t>("a string");
      stack_.push_back({Kind::kText, 0, cursor_.letters(length, "a string"), nullptr});
      return true;
    }
    if (op != 'c') return false;
    const std::string_view module = cursor_.line("a global's module");
    const std::string_view name = cursor_.line("a global's name");
    for (std::size_t k = 0; k < kGlobals.size(); ++k) {
      if (kGlobals[k].module != module || kGlobals[k].name != name) continue;
      push(Kind::kGlobal, static_cast<int64_t>(k));
      return true;
    }
    fail(Blame::kData,
         "{}: byte {}: the global {}.{} is not allowed; a state dict has tensors, storages and "
         "OrderedDicts alone",
         where_,
         at_,
         printable(module),
         printable(name));
  }

  /// Marks and containers.
  bool gather(uint8_t op) {
    switch (op) {
      case 0x80: {
        const auto protocol = static_cast<int>(cursor_.scalar<uint8_t>("the protocol"));
        if (protocol != 2) refuse(text("pickle protocol {}", protocol), "2, as torch.save writes,");
        return true;
      }
      case '(':
        marks_.push_back(stack_.size());
        if (marks_.size() > kMostValues) refuse("too many marks", "at most 1,048,576");
        return true;
      case ')':
        push_node(Kind::kTuple, {});
        return true;
      case ']':
        push_node(Kind::kList, {});
        return true;
      case '}':
        push_node(Kind::kDict, {});
        return true;
      case 't':
        push_node(Kind::kTuple, pop_to_mark());
        return true;
      case 0x85:
      case 0x86:
      case 0x87:
        push_node(Kind::kTuple, pop_last(op - 0x84u));
        return true;
      case 'a':
        extend(Kind::kList, pop_last(1));
        return true;
      case 'e':
        extend(Kind::kList, pop_to_mark());
        return true;
      case 's':
        extend(Kind::kDict, pop_last(2));
        return true;
      case 'u':
        extend(Kind::kDict, pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  void extend(Kind kind, const std::vector<Value>& values) {
    if (kind == Kind::kDict && values.size() % 2 != 0) {
      refuse(text("{} keys and values", values.size()), "an even number");
    }
    auto& items = want(top(), kind, kind == Kind::kDict ? "a dict" : "a list").node->items;
    items.insert(items.end(), values.begin(), values.end());
  }

  /// The memo.
  bool remember(uint8_t op) {
    switch (op) {
      case 'q':
        memo_[cursor_.scalar<uint8_t>("a memo's number")] = top();
        return true;
      case 'r':
        memo_[cursor_.scalar<uint32_t>("a memo's number")] = top();
        return true;
      case 'h':
        recall(cursor_.scalar<uint8_t>("a memo's number"));
        return true;
      case 'j':
        recall(cursor_.scalar<uint32_t>("a memo's number"));
        return true;
      default:
        return false;
    }
  }

  void recall(uint32_t number) {
    const auto found = memo_.find(number);
    if (found == memo_.end()) refuse(text("no memo {}", number), "one that was set");
    stack_.push_back(found->second);
  }

  /// Objects: storages by persistent ids, tensors and dicts by the globals that make them.
  bool rebuild(uint8_t op) {
    switch (op) {
      case 'Q':
        push_storage(pop());
        return true;
      case 'R': {
        const Value arguments = want(pop(), Kind::kTuple, "a tuple of arguments");
        call(want(pop(), Kind::kGlobal, "something to call"), arguments);
        return true;
      }
      case 'b':  // attributes of an OrderedDict (_metadata): no tensors
        pop();
        want(top(), Kind::kDict, "a dict");
        return true;
      default:
        return false;
    }
  }

  /// ('storage', type, key, location, number of elements)
  void push_storage(const Value& id) {
    const auto& parts = want(id, Kind::kTuple, "a storage's description").node->items;
    const bool is_storage = parts.size() == 5 && parts[0].kind == Kind::kText &&
                            parts[0].text == "storage" && parts[1].kind == Kind::kGlobal &&
                            global_of(parts[1]).storage && parts[2].kind == Kind::kText &&
                            parts[4].kind == Kind::kInteger && parts[4].integer >= 0;
    if (!is_storage) refuse(describe(id), "(\"storage\", type, key, location, elements)");
    stack_.push_back({Kind::kStorage, 0, {}, id.node});
  }

  void call(const Value& function, const Value& arguments) {
    const auto& parts = arguments.node->items;
    switch (global_of(function).call) {
      case Call::kDict:
        if (!parts.empty()) refuse("an OrderedDict of " + describe(arguments), "an empty one");
        push_node(Kind::kDict, {});
        return;
      case Call::kParameter:  // (tensor, requires_grad, hooks)
        if (parts.size() != 3) refuse("a parameter of " + describe(arguments), "one of 3");
        stack_.push_back(want(parts[0], Kind::kTensor, "a parameter's tensor"));
        return;
      case Call::kTensor:  // (storage, offset, shape, strides, requires_grad, hooks[, metadata])
        check_tensor(arguments);
        stack_.push_back({Kind::kTensor, 0, {}, arguments.node});
        return;
      case Call::kNothing:
        refuse("a call of " + describe(function), "one of a tensor or an OrderedDict");
    }
  }

  void check_tensor(const Value& arguments) const {
    const auto& parts = arguments.node->items;
    if (parts.size() != 6 && parts.size() != 7) {
      refuse("a tensor of " + describe(arguments), "one of 6 or 7");
    }
    want(parts[0], Kind::kStorage, "a tensor's storage");
    want(parts[1], Kind::kInteger, "a tensor's offset");
    for (const std::size_t k : {2, 3}) {
      for (const Value& size : want(parts[k], Kind::kTuple, "a tensor's sizes").node->items) {
        want(size, Kind::kInteger, "a tensor's size");
      }
    }
  }

  ByteCursor cursor_;
  const std::string& where_;
  uint64_t at_ = 0;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;
  std::map<uint32_t, Value> memo_;
  std::deque<Node> nodes_;
};

std::vector<int64_t> integers(const Value& tuple) {
  std::vector<int64_t> all;
  for (const Value& value : tuple.node->items) all.push_back(value.integer);
  return all;
}

PickledTensor tensor_of(std::string_view name, const Value& value) {
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
  PickleMachine machine(pickle, where);
  const Value state = machine.run();
  if (state.kind != Kind::kDict) {
    fail(Blame::kData, "{}: {}; a dict of tensors is wanted", where, describe(state));
  }
  const auto& items = state.node->items;
  std::vector<PickledTensor> tensors;
  std::set<std::string_view> names;
  for (std::size_t k = 0; k < items.size(); k += 2) {
    if (items[k].kind != Kind::kText) {
      fail(Blame::kData, "{}: {} is a key; a tensor's name is wanted", where, describe(items[k]));
    }
    const std::string what = text("{}: {}", where, describe(items[k]));
    from_utf8(items[k].text, what);
    if (items[k + 1].kind != Kind::kTensor) {
      fail(Blame::kData, "{} is {}; a tensor is wanted", what, describe(items[k + 1]));
    }
    if (!names.insert(items[k].text).second) fail(Blame::kData, "{} occurs twice", what);
    tensors.push_back(tensor_of(items[k].text, items[k + 1]));
  }
  return tensors;
}

}  // namespace lockstep
