#include "extractor/model_description.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "extractor/named_options.h"
#include "extractor/plan/number_list.h"
#include "models/families/family_folders.h"
#include "models/families/spec.h"
#include "models/weights/open_model.h"

namespace lockstep {
namespace {

std::string list_or_none(const std::vector<std::string>& items) {
  return items.empty() ? "none" : join(items, ", ");
}

/// "block" for all layers, or "local x 5, global x 1" in order of first use.
std::string describe_layers(const ModelSpec& spec) {
  std::vector<std::string> kinds;
  for (const auto& kind : spec.layers) {
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  }
  std::vector<std::string> counted;
  for (const auto& kind : kinds)
    counted.push_back(
        text("{} {}", std::count(spec.layers.begin(), spec.layers.end(), kind), kind));
  return join(counted, ", ");
}

/// "hf:0 embedding, hf:1 to hf:29 block 1 to block 29, hf:30 final_norm": runs of blocks that
/// follow each other as one.
std::string describe_states(const std::vector<std::string>& states) {
  std::vector<std::string> runs;
  for (std::size_t first = 0; first < states.size();) {
    std::size_t last = first;
    constexpr std::string_view kBlock = "block ";
    if (const auto number = states[first].starts_with(kBlock)
                                ? parse_count(states[first].substr(kBlock.size()))
                                : std::nullopt) {
      const auto expected = [&] {
        return text("block {}", *number + static_cast<int64_t>(last + 1 - first));
      };
      while (last + 1 < states.size() && states[last + 1] == expected()) ++last;
    }
    runs.push_back(last == first
                       ? text("hf:{} {}", first, states[first])
                       : text("hf:{} to hf:{} {} to {}", first, last, states[first], states[last]));
    first = last + 1;
  }
  return list_or_none(runs);
}

std::string describe_tokenizer(const Tokenizer& tokenizer) {
  const auto prefix = tokenizer.prefix();
  return text("tokenizer     {} tokens; --bos auto puts {} in front, --bos on {}",
              with_thousands(tokenizer.vocabulary_size()),
              prefix.empty() ? "nothing" : join(prefix, ", "),
              tokenizer.bos() ? to_text(*tokenizer.bos()) : "is not possible");
}

}  // namespace

std::string describe_model(const std::filesystem::path& path,
                           const std::vector<std::filesystem::path>& families,
                           const WeightsChoice& weights) {
  const auto [checkpoint, spec, binding] = open_model(path, families, weights);
  const auto tokenizer = open_tokenizer(path);

  std::vector<std::string> lines;
  lines.push_back(text("model         {}", checkpoint->name()));
  lines.push_back(text("family        {}", spec.family));
  lines.push_back(text("parameters    {}", with_thousands(binding.num_parameters)));
  if (!weights.is_trained()) lines.push_back(text("untrained     {}", to_text(weights)));
  lines.push_back(text(
      "layers        {} of width {} ({})", spec.num_blocks(), spec.width, describe_layers(spec)));
  lines.push_back(text("vocabulary    {}", with_thousands(spec.vocabulary)));
  lines.push_back(text("reads         {}",
                       spec.max_positions
                           ? text("up to {} tokens", with_thousands(*spec.max_positions))
                           : "any number of tokens"));
  lines.push_back(describe_tokenizer(*tokenizer));
  for (const auto& note : tokenizer->notes()) lines.push_back(text("note          {}", note));
  lines.push_back(text("hidden states {}", describe_states(spec.hf_states)));
  lines.push_back(text("unknown keys  {}", list_or_none(spec.unknown_keys)));
  for (const auto& warning : binding.warnings) lines.push_back(text("warning       {}", warning));
  lines.push_back(text("weights       sha256 {}", checkpoint->sha256()));
  lines.push_back(text("tokenizer     sha256 {}", tokenizer->sha256()));
  lines.push_back(text("spec          sha256 {}", spec.sha256));
  return join(lines, "\n");
}

std::string describe_families(const std::vector<std::filesystem::path>& families) {
  return join(family_names(family_search_path(families)), "\n");
}

std::string tokens_json(const Tokenizer& tokenizer, std::string_view utf8, const std::string& bos) {
  nlohmann::json tokens = nlohmann::json::array();
  for (const int32_t id : window_prefix(bos, tokenizer)) tokens.push_back({id, 0, 0});
  for (const Token& token : tokenizer.encode(utf8))
    tokens.push_back({token.id, token.begin, token.end});
  return tokens.dump();
}

}  // namespace lockstep
