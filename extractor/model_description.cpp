#include "extractor/model_description.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "extractor/named_options.h"
#include "extractor/plan/cost.h"
#include "extractor/plan/number_list.h"
#include "models/families/family_folders.h"
#include "models/families/spec.h"
#include "models/weights/open_model.h"

namespace lockstep {
namespace {

std::string list_or_none(const std::vector<std::string>& items) {
  return items.empty() ? "none" : join(items, ", ");
}

/// The kinds of blocks in order of first use.
std::vector<std::string> kinds_of(const ModelSpec& spec) {
  std::vector<std::string> kinds;
  for (const auto& kind : spec.layers) {
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  }
  return kinds;
}

/// "30 block", or "5 local, 1 global".
std::string describe_layers(const ModelSpec& spec) {
  std::vector<std::string> counted;
  for (const auto& kind : kinds_of(spec))
    counted.push_back(
        text("{} {}", std::count(spec.layers.begin(), spec.layers.end(), kind), kind));
  return join(counted, ", ");
}

/// "rms_norm_eps 1e-05, kind rms": the fields that a step or rope has beside those named, without
/// null and false, which mean "not there".
std::string describe_fields(const nlohmann::json& object, const std::set<std::string>& named) {
  std::vector<std::string> fields;
  for (const auto& member : object.items()) {
    const nlohmann::json& value = member.value();
    if (named.contains(member.key()) || value.is_null() || value == false) continue;
    fields.push_back(
        text("{} {}", member.key(), value.is_string() ? value.get<std::string>() : value.dump()));
  }
  return join(fields, ", ");
}

/// "n = norm mixer_norm (x): eps 1e-05, kind rms, span model"
std::string describe_step(const nlohmann::json& step) {
  const nlohmann::json& read = step.at("read");
  const std::string role = step.contains("role") ? " " + step["role"].get<std::string>() : "";
  const std::string fields = describe_fields(step, {"op", "role", "read", "write"});
  return text(
      "  {} = {}{} ({}){}",
      step.at("write").get<std::string>(),
      step.at("op").get<std::string>(),
      role,
      read.is_string() ? read.get<std::string>() : join(read.get<std::vector<std::string>>(), ", "),
      fields.empty() ? "" : ": " + fields);
}

/// The programs of the resolved spec: each kind of block once, however many layers it has.
std::vector<std::string> describe_programs(const ModelSpec& spec) {
  const nlohmann::json resolved = nlohmann::json::parse(spec.canonical_json);
  std::vector<std::string> lines;
  const auto add = [&](const std::string& title, const nlohmann::json& program) {
    lines.push_back(title);
    for (const nlohmann::json& step : program) lines.push_back(describe_step(step));
  };
  for (const auto& rope : resolved.at("ropes").items())
    lines.push_back(text("rope {}: {}", rope.key(), describe_fields(rope.value(), {})));
  add("before the blocks", resolved.at("embed"));
  for (const std::string& kind : kinds_of(spec)) {
    const auto count = std::count(spec.layers.begin(), spec.layers.end(), kind);
    add(text("{} ({} of {} blocks)", kind, count, spec.num_blocks()),
        resolved.at("blocks").at(kind).at("program"));
  }
  add("after the blocks", resolved.at("final_norm"));
  add("head", resolved.at("head"));
  return lines;
}

/// What the weights take in float32, in which they are computed with, and the largest tensor, which
/// is there twice while it is read.
std::string describe_memory(const Binding& binding) {
  int64_t body = 0;
  int64_t head = 0;
  int64_t largest = 0;
  const auto add = [&](const std::map<std::string, RoleWeights>& roles) {
    for (const auto& [role, weights] : roles) {
      const int64_t elements = weights.weight.num_elements();
      (role == "head" ? head : body) += elements;
      if (weights.bias) body += weights.bias->num_elements();
      largest = std::max(largest, elements);
    }
  };
  add(binding.outside);
  for (const auto& layer : binding.layers) add(layer);
  if (binding.head_is_embedding) head = binding.outside.at("embed.token").weight.num_elements();
  constexpr int64_t kFloat = sizeof(float);
  return text("{} in float32, {} more for the head, {} more while the largest tensor is read",
              bytes_text(kFloat * body),
              bytes_text(kFloat * head),
              bytes_text(kFloat * largest));
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
  const auto [checkpoint, spec, binding, evaluation_s] = open_model(path, families, weights);
  const auto tokenizer = open_tokenizer(path);

  std::vector<std::string> lines;
  lines.push_back(text("model         {}", checkpoint->name()));
  lines.push_back(text("family        {}, evaluated in {} ms",
                       spec.family,
                       static_cast<int64_t>(std::ceil(1000 * evaluation_s))));
  lines.push_back(text("parameters    {}", with_thousands(binding.num_parameters)));
  if (!weights.is_trained()) lines.push_back(text("untrained     {}", to_text(weights)));
  lines.push_back(text(
      "layers        {} of width {} ({})", spec.num_blocks(), spec.width, describe_layers(spec)));
  lines.push_back(text("vocabulary    {}", with_thousands(spec.vocabulary)));
  lines.push_back(text("reads         {}",
                       spec.max_positions
                           ? text("up to {} tokens", with_thousands(*spec.max_positions))
                           : "any number of tokens"));
  lines.push_back(text("memory        {}", describe_memory(binding)));
  lines.push_back(describe_tokenizer(*tokenizer));
  for (const auto& note : tokenizer->notes()) lines.push_back(text("note          {}", note));
  lines.push_back(text("hidden states {}", describe_states(spec.hf_states)));
  lines.push_back(text("unknown keys  {}", list_or_none(spec.unknown_keys)));
  lines.push_back(text("infinite keys {}", list_or_none(spec.infinite_keys)));
  for (const auto& warning : binding.warnings) lines.push_back(text("warning       {}", warning));
  lines.push_back(text("weights       sha256 {}", checkpoint->sha256()));
  lines.push_back(text("tokenizer     sha256 {}", tokenizer->sha256()));
  lines.push_back(text("spec          sha256 {}", spec.sha256));
  lines.emplace_back("");
  const auto programs = describe_programs(spec);
  lines.insert(lines.end(), programs.begin(), programs.end());
  return join(lines, "\n");
}

std::string describe_families(const std::vector<std::filesystem::path>& families) {
  const auto search_path = family_search_path(families);
  const std::vector<std::string> names = family_names(search_path);
  std::size_t widest = 0;
  for (const auto& name : names) widest = std::max(widest, name.size());
  std::vector<std::string> lines;
  for (const auto& name : names) {
    const std::string examples = family_examples(*find_family(search_path, name));
    lines.push_back(
        examples.empty() ? name : name + std::string(widest + 2 - name.size(), ' ') + examples);
  }
  return join(lines, "\n");
}

std::string tokens_json(const Tokenizer& tokenizer, std::string_view utf8, const std::string& bos) {
  nlohmann::json tokens = nlohmann::json::array();
  for (const int32_t id : window_prefix(bos, tokenizer)) tokens.push_back({id, 0, 0});
  for (const Token& token : tokenizer.encode(utf8))
    tokens.push_back({token.id, token.begin, token.end});
  return tokens.dump();
}

}  // namespace lockstep
