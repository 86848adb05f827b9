#include "extractor/plan/contexts.h"

#include <algorithm>

#include "base/error.h"
#include "extractor/plan/number_list.h"

namespace lockstep {
namespace {

ContextInfo parse_context(const std::string& item) {
  const auto words = parse_count(item);
  if (words && *words >= 1) return {item, *words};
  const bool other_unit = item.size() > 1 && (item.back() == 't' || item.back() == 's') &&
                          parse_count(item.substr(0, item.size() - 1)).has_value();
  if (item == "all" || other_unit) {
    fail(Blame::kCommandLine, "--context: \"{}\"; contexts are counted in words: 1,10,50", item);
  }
  fail(Blame::kCommandLine, "--context: \"{}\"; a number of words, 1 or more, is wanted", item);
}

}  // namespace

std::vector<ContextInfo> parse_contexts(const std::string& list) {
  std::vector<ContextInfo> contexts;
  for (const auto& item : split_list(list)) {
    const ContextInfo context = parse_context(item);
    for (const auto& other : contexts) {
      if (other.words == context.words)
        fail(Blame::kCommandLine, "--context: {} is given twice", context.words);
    }
    contexts.push_back({to_text(context.words), context.words});
  }
  if (contexts.empty())
    fail(Blame::kCommandLine, "--context: nothing; a number of words, 1 or more, is wanted");
  std::sort(
      contexts.begin(), contexts.end(), [](const ContextInfo& left, const ContextInfo& right) {
        return left.words < right.words;
      });
  return contexts;
}

}  // namespace lockstep
