#include "extractor/named_options.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"

namespace lockstep {
namespace {

template <class Value, std::size_t N>
Value choose(const char* option,
             const std::string& name,
             const std::array<std::pair<const char*, Value>, N>& choices) {
  std::vector<std::string> names;
  for (const auto& [known, value] : choices) {
    if (name == known) return value;
    names.emplace_back(known);
  }
  fail(Blame::kCommandLine, "{}: \"{}\"; one of {} is wanted", option, name, join(names, ", "));
}

enum class BosRule { kAuto, kOn, kOff };

bool looks_ahead(const Program& program) {
  return std::any_of(program.steps.begin(), program.steps.end(), [](const Step& step) {
    const auto* attention = std::get_if<AttentionFields>(&step.fields);
    return attention != nullptr && !attention->causal;
  });
}

}  // namespace

Pooling parse_pooling(const std::string& name) {
  constexpr std::array<std::pair<const char*, Pooling>, 4> kChoices = {{{"mean", Pooling::kMean},
                                                                        {"last", Pooling::kLast},
                                                                        {"first", Pooling::kFirst},
                                                                        {"sum", Pooling::kSum}}};
  return choose("--pool", name, kChoices);
}

FloatStorage parse_storage(const std::string& name) {
  constexpr std::array<std::pair<const char*, FloatStorage>, 2> kChoices = {
      {{"float32", FloatStorage::kFloat32}, {"float16", FloatStorage::kFloat16}}};
  return choose("--store", name, kChoices);
}

WindowText parse_window_text(const std::string& name) {
  constexpr std::array<std::pair<const char*, WindowText>, 2> kChoices = {
      {{"slice", WindowText::kSlice}, {"string", WindowText::kString}}};
  return choose("--windows", name, kChoices);
}

WordChoice parse_word_choice(const std::string& name) {
  constexpr std::array<std::pair<const char*, WordChoice>, 2> kChoices = {
      {{"all", WordChoice::kAll}, {"content", WordChoice::kContent}}};
  return choose("--words", name, kChoices);
}

std::vector<int32_t> window_prefix(const std::string& bos, const Tokenizer& tokenizer) {
  constexpr std::array<std::pair<const char*, BosRule>, 3> kChoices = {
      {{"auto", BosRule::kAuto}, {"on", BosRule::kOn}, {"off", BosRule::kOff}}};
  switch (choose("--bos", bos, kChoices)) {
    case BosRule::kAuto:
      return tokenizer.prefix();
    case BosRule::kOff:
      return {};
    case BosRule::kOn:
      break;
  }
  if (!tokenizer.bos()) {
    fail(Blame::kCommandLine,
         "--bos on: the tokenizer has no beginning-of-sequence token; auto or off is wanted");
  }
  return {*tokenizer.bos()};
}

PassSharing sharing_of(const ModelSpec& spec) {
  for (const auto& [name, kind] : spec.blocks) {
    if (looks_ahead(kind.program)) return PassSharing::kNone;
  }
  for (const auto& [name, rope] : spec.ropes) {
    if (rope.type == "dynamic" || rope.type == "longrope") return PassSharing::kNone;
  }
  return PassSharing::kByStart;
}

void check_predicts(const ModelSpec& spec) {
  for (const auto& [kind, block] : spec.blocks) {
    for (const Step& step : block.program.steps) {
      const auto* attention = std::get_if<AttentionFields>(&step.fields);
      if (attention != nullptr && !attention->causal) {
        fail(
            Blame::kData,
            "{}: {}: its attention sees the tokens after; a model that predicts the next is wanted",
            spec.family,
            step.where);
      }
    }
  }
}

}  // namespace lockstep
