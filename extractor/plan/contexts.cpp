#include "extractor/plan/contexts.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "extractor/plan/number_list.h"

namespace lockstep {
namespace {

constexpr const char* kWanted = "a number of words, 1 or more, of tokens (128t), or all, is wanted";

ContextInfo parse_context(const std::string& item) {
  if (item == "all") return {.name = "all"};
  if (const auto words = parse_count(item); words && *words >= 1) {
    return {.name = to_text(*words), .words = *words};
  }
  const auto number = item.empty() ? std::nullopt : parse_count(item.substr(0, item.size() - 1));
  if (number && *number >= 1) {
    if (item.back() == 't') return {.name = to_text(*number) + "t", .tokens = *number};
    if (item.back() == 's') {
      fail(Blame::kCommandLine,
           "--context: \"{}\"; seconds are for models of speech; words, tokens (128t) or all are "
           "wanted",
           item);
    }
  }
  fail(Blame::kCommandLine, "--context: \"{}\"; {}", item, kWanted);
}

/// Words before tokens before all, the shorter first.
std::tuple<int, int64_t> order_of(const ContextInfo& context) {
  if (context.is_unlimited()) return {2, 0};
  return context.words > 0 ? std::tuple(0, context.words) : std::tuple(1, context.tokens);
}

}  // namespace

std::vector<ContextInfo> parse_contexts(const std::string& list) {
  std::vector<ContextInfo> contexts;
  for (const auto& item : split_list(list)) {
    const ContextInfo context = parse_context(item);
    if (std::find(contexts.begin(), contexts.end(), context) != contexts.end()) {
      fail(Blame::kCommandLine, "--context: {} is given twice", context.name);
    }
    contexts.push_back(context);
  }
  if (contexts.empty()) fail(Blame::kCommandLine, "--context: nothing; {}", kWanted);
  std::sort(contexts.begin(), contexts.end(), [](const auto& left, const auto& right) {
    return order_of(left) < order_of(right);
  });
  return contexts;
}

}  // namespace lockstep
