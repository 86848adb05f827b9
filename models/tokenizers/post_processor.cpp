// What the post-processors of tokenizer.json (tokenizers/src/processors of tokenizers 0.23) put in
// front of a text. What they put behind it, and what they do to offsets, is of no account here.
#include "models/tokenizers/post_processor.h"

#include <limits>
#include <string>

#include "base/error.h"
#include "models/tokenizers/json_component.h"

namespace lockstep {
namespace {

int32_t token_id(const JsonAt& json) {
  const int64_t id = json.integer();
  if (id < 0 || id >= std::numeric_limits<int32_t>::max()) json.refuse("a token id from 0 on");
  return static_cast<int32_t>(id);
}

std::vector<int32_t> ids_of_special(const JsonAt& specials, const std::string& name) {
  const JsonAt ids = specials[name]["ids"];
  std::vector<int32_t> found;
  for (std::size_t i = 0; i < ids.size(); ++i) found.push_back(token_id(ids.at(i)));
  return found;
}

/// No tokenizer puts more than a few tokens in front. Specials name lists of ids, so that a short
/// template can stand for many.
void check_length(const std::vector<int32_t>& prefix, const JsonAt& json) {
  constexpr std::size_t kMost = 1024;
  if (prefix.size() > kMost) json.refuse(text("at most {} tokens in front of a text", kMost));
}

std::vector<int32_t> template_prefix(const JsonAt& json) {
  expect_keys(json, {"type", "single", "pair", "special_tokens"});
  const JsonAt single = json["single"];
  std::vector<int32_t> prefix;
  for (std::size_t i = 0; i < single.size(); ++i) {
    const JsonAt part = single.at(i);
    expect_keys(part, {"SpecialToken", "Sequence"});
    if (part.has("Sequence")) return prefix;
    for (const int32_t id :
         ids_of_special(json["special_tokens"], part["SpecialToken"]["id"].text())) {
      prefix.push_back(id);
    }
    check_length(prefix, single);
  }
  single.refuse("a template with a Sequence");
}

// BERT's and RoBERTa's: ["[CLS]", id] in front.
std::vector<int32_t> class_token_prefix(const JsonAt& json) {
  expect_keys(json, {"type", "sep", "cls", "trim_offsets", "add_prefix_space"});
  return {token_id(json["cls"].at(1))};
}

std::vector<int32_t> nested_prefix(const JsonAt& json, int depth);

// Each processor works on the result of the one before, so that the last stands first.
std::vector<int32_t> sequence_prefix(const JsonAt& json, int depth) {
  expect_keys(json, {"type", "processors"});
  std::vector<int32_t> prefix;
  for (std::size_t i = 0; i < json["processors"].size(); ++i) {
    const std::vector<int32_t> outer = nested_prefix(json["processors"].at(i), depth + 1);
    prefix.insert(prefix.begin(), outer.begin(), outer.end());
    check_length(prefix, json["processors"]);
  }
  return prefix;
}

std::vector<int32_t> nested_prefix(const JsonAt& json, int depth) {
  expect_nesting(json, depth);
  if (json.is_null()) return {};
  const std::string type = component_type(json);
  if (type == "TemplateProcessing") return template_prefix(json);
  if (type == "RobertaProcessing" || type == "BertProcessing") return class_token_prefix(json);
  if (type == "Sequence") return sequence_prefix(json, depth);
  if (type == "ByteLevel") {
    expect_keys(json, {"type", "add_prefix_space", "trim_offsets", "use_regex"});
    return {};
  }
  refuse_type(json, "Sequence, ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing");
}

}  // namespace

std::vector<int32_t> read_prefix(const JsonAt& json) { return nested_prefix(json, 1); }

}  // namespace lockstep
