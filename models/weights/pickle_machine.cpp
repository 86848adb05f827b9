// The pickle machine (Python's pickletools.py describes every operation): a stack of values, marks
// into it, and a memo.
#include "models/weights/pickle_machine.h"

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "models/weights/byte_cursor.h"

namespace lockstep {
namespace {

class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> pickle, const std::string& where)
      : cursor_(pickle, where), where_(where) {}

  /// The one value that is left at the end.
  Unpickled run() && {
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
    return {stack_.front(), std::move(nodes_)};
  }

 private:
  static constexpr std::size_t kMostValues = 1 << 20;  // 7 a tensor
  static constexpr std::size_t kMostAxes = 64;         // PyTorch's own limit in places

  [[noreturn]] void refuse(const std::string& found, std::string_view wanted) const {
    fail(Blame::kData, "{}: byte {}: {}; {} is wanted", where_, at_, found, wanted);
  }

  void push(PickleKind kind, int64_t integer) { stack_.push_back({kind, integer, {}, nullptr}); }
  void push_node(PickleKind kind, std::vector<PickleValue> items) {
    stack_.push_back({kind, 0, {}, &nodes_.emplace_back(PickleNode{std::move(items)})});
  }

  PickleValue pop() {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) refuse("nothing on the stack", "a value");
    const PickleValue value = stack_.back();
    stack_.pop_back();
    return value;
  }

  PickleValue& top() {
    stack_.push_back(pop());
    return stack_.back();
  }

  std::vector<PickleValue> pop_last(std::size_t count) {
    std::vector<PickleValue> values(count);
    for (std::size_t k = count; k-- > 0;) values[k] = pop();
    return values;
  }

  std::vector<PickleValue> pop_to_mark() {
    if (marks_.empty()) refuse("no mark on the stack", "one");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleValue> values(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return values;
  }

  const PickleValue& want(const PickleValue& value,
                          PickleKind kind,
                          std::string_view wanted) const {
    if (value.kind != kind) refuse(describe(value), wanted);
    return value;
  }

  bool push_scalar(uint8_t op) {
    switch (op) {
      case 'N':
        push(PickleKind::kNone, 0);
        return true;
      case 0x88:
      case 0x89:
        push(PickleKind::kBool, op == 0x88 ? 1 : 0);
        return true;
      case 'K':
        push(PickleKind::kInteger, cursor_.scalar<uint8_t>("an integer"));
        return true;
      case 'M':
        push(PickleKind::kInteger, cursor_.scalar<uint16_t>("an integer"));
        return true;
      case 'J':
        push(PickleKind::kInteger, cursor_.scalar<int32_t>("an integer"));
        return true;
      case 0x8a:
        push(PickleKind::kInteger, long_integer());
        return true;
      case 'G':
        cursor_.take(8, "a real number");
        push(PickleKind::kReal, 0);
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
      stack_.push_back({PickleKind::kText, 0, cursor_.letters(length, "a string"), nullptr});
      return true;
    }
    if (op != 'c') return false;
    const std::string_view module = cursor_.line("a global's module");
    const std::string_view name = cursor_.line("a global's name");
    if (const auto global = find_pickle_global(module, name)) {
      stack_.push_back(*global);
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
        push_node(PickleKind::kTuple, {});
        return true;
      case ']':
        push_node(PickleKind::kList, {});
        return true;
      case '}':
        push_node(PickleKind::kDict, {});
        return true;
      case 't':
        push_node(PickleKind::kTuple, pop_to_mark());
        return true;
      case 0x85:
      case 0x86:
      case 0x87:
        push_node(PickleKind::kTuple, pop_last(op - 0x84u));
        return true;
      case 'a':
        extend(PickleKind::kList, pop_last(1));
        return true;
      case 'e':
        extend(PickleKind::kList, pop_to_mark());
        return true;
      case 's':
        extend(PickleKind::kDict, pop_last(2));
        return true;
      case 'u':
        extend(PickleKind::kDict, pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  void extend(PickleKind kind, const std::vector<PickleValue>& values) {
    if (kind == PickleKind::kDict && values.size() % 2 != 0) {
      refuse(text("{} keys and values", values.size()), "an even number");
    }
    auto& items = want(top(), kind, kind == PickleKind::kDict ? "a dict" : "a list").node->items;
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
        const PickleValue arguments = want(pop(), PickleKind::kTuple, "a tuple of arguments");
        call(want(pop(), PickleKind::kGlobal, "something to call"), arguments);
        return true;
      }
      case 'b':  // attributes of an OrderedDict (_metadata): no tensors
        pop();
        want(top(), PickleKind::kDict, "a dict");
        return true;
      default:
        return false;
    }
  }

  /// ('storage', type, key, location, number of elements)
  void push_storage(const PickleValue& id) {
    const auto& parts = want(id, PickleKind::kTuple, "a storage's description").node->items;
    const bool is_storage = parts.size() == 5 && parts[0].kind == PickleKind::kText &&
                            parts[0].text == "storage" && parts[1].kind == PickleKind::kGlobal &&
                            global_of(parts[1]).storage && parts[2].kind == PickleKind::kText &&
                            parts[4].kind == PickleKind::kInteger && parts[4].integer >= 0;
    if (!is_storage) refuse(describe(id), "(\"storage\", type, key, location, elements)");
    stack_.push_back({PickleKind::kStorage, 0, {}, id.node});
  }

  void call(const PickleValue& function, const PickleValue& arguments) {
    const auto& parts = arguments.node->items;
    switch (global_of(function).call) {
      case PickleCall::kDict:
        if (!parts.empty()) refuse("an OrderedDict of " + describe(arguments), "an empty one");
        push_node(PickleKind::kDict, {});
        return;
      case PickleCall::kParameter:  // (tensor, requires_grad, hooks)
        if (parts.size() != 3) refuse("a parameter of " + describe(arguments), "one of 3");
        stack_.push_back(want(parts[0], PickleKind::kTensor, "a parameter's tensor"));
        return;
      case PickleCall::kTensor:  // (storage, offset, shape, strides, requires_grad, hooks[,
                                 // metadata])
        check_tensor(arguments);
        stack_.push_back({PickleKind::kTensor, 0, {}, arguments.node});
        return;
      case PickleCall::kNothing:
        refuse("a call of " + describe(function), "one of a tensor or an OrderedDict");
    }
  }

  void check_tensor(const PickleValue& arguments) const {
    const auto& parts = arguments.node->items;
    if (parts.size() != 6 && parts.size() != 7) {
      refuse("a tensor of " + describe(arguments), "one of 6 or 7");
    }
    want(parts[0], PickleKind::kStorage, "a tensor's storage");
    want(parts[1], PickleKind::kInteger, "a tensor's offset");
    for (const std::size_t k : {2, 3}) {
      const auto& sizes = want(parts[k], PickleKind::kTuple, "a tensor's sizes").node->items;
      // Tensors may share a tuple: a long one would be copied for each.
      if (sizes.size() > kMostAxes)
        refuse(text("{} sizes of a tensor", sizes.size()), "64 or fewer");
      for (const PickleValue& size : sizes) want(size, PickleKind::kInteger, "a tensor's size");
    }
  }

  ByteCursor cursor_;
  const std::string& where_;
  uint64_t at_ = 0;
  std::vector<PickleValue> stack_;
  std::vector<std::size_t> marks_;
  std::map<uint32_t, PickleValue> memo_;
  std::deque<PickleNode> nodes_;
};

}  // namespace

Unpickled run_pickle(std::span<const std::byte> pickle, const std::string& where) {
  return PickleMachine(pickle, where).run();
}

}  // namespace lockstep
