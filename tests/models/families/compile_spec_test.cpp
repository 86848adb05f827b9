// A spec with one thing wrong is refused with its JSON path, what is there and what is wanted.
#include <gtest/gtest.h>

#include <functional>

#include "tests/models/families/published_configs.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;
using Change = std::function<void(json&)>;

/// Gemma-2's spec as its family gives it.
const json& gemma2_spec() {
  static const json spec = json::parse(resolved(published_config("gemma-2-2b")).canonical_json);
  return spec;
}

std::string refusal(const Change& change) {
  json spec = gemma2_spec();
  change(spec);
  return message_of(Blame::kData, [&] { compile_spec(spec, "gemma2", ""); });
}

json& local_step(json& spec, std::size_t n) { return spec["blocks"]["local"]["program"][n]; }

TEST(CompileSpec, AcceptsWhatItMade) {
  const json spec = gemma2_spec();

  const ModelSpec again = compile_spec(spec, "gemma2", "");

  EXPECT_EQ(again.canonical_json, spec.dump());
}

TEST(CompileSpec, KnowsWhatATrainedModelNeeds) {
  json spec = gemma2_spec();
  spec["selfcheck"] = json::object();

  EXPECT_EQ(compile_spec(gemma2_spec(), "gemma2", "").bits_per_byte_max, 1.6);
  EXPECT_EQ(compile_spec(spec, "gemma2", "").bits_per_byte_max, std::nullopt);
  EXPECT_EQ(refusal([](json& s) { s["selfcheck"]["bits_per_byte_max"] = 0; }),
            "selfcheck.bits_per_byte_max: 0; a positive number is wanted");
  EXPECT_EQ(refusal([](json& s) { s["selfcheck"]["perplexity"] = 9; }),
            "selfcheck.perplexity: selfcheck has no such field");
}

TEST(CompileSpec, NamesTheFileFirst) {
  json spec = gemma2_spec();
  spec["d"] = "wide";

  const std::string message =
      message_of(Blame::kData, [&] { compile_spec(spec, "gemma2", "f/gemma2.jsonnet"); });

  EXPECT_EQ(message, "f/gemma2.jsonnet: d: \"wide\"; an integer is wanted");
}

TEST(CompileSpec, RefusesFieldsOfTheWrongType) {
  EXPECT_EQ(refusal([](json& s) { local_step(s, 2)["eps"] = "none"; }),
            "blocks.local.program[2].eps: \"none\"; a number is wanted");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 1)["window"] = 0.5; }),
            "blocks.local.program[1].window: 0.5; an integer or null is wanted");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 1)["causal"] = 1; }),
            "blocks.local.program[1].causal: 1; true or false is wanted");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 3)["read"] = json::array(); }),
            "blocks.local.program[3].read: []; a list of registers is wanted");
  EXPECT_EQ(refusal([](json& s) { s["blocks"]["local"] = 3; }),
            "blocks.local: 3; an object is wanted");
  EXPECT_EQ(refusal([](json& s) { s["layers"] = json::array(); }),
            "layers: []; at least one layer is wanted");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 0) = 3; }),
            "blocks.local.program[0]: 3; an object is wanted");
}

TEST(CompileSpec, RefusesMissingAndUnknownFields) {
  EXPECT_EQ(refusal([](json& s) { local_step(s, 2).erase("eps"); }),
            "blocks.local.program[2].eps: missing; a number is wanted");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 2)["epsilon"] = 1e-5; }),
            "blocks.local.program[2].epsilon: norm has no such field");
  EXPECT_EQ(refusal([](json& s) { s.erase("vocab"); }), "vocab: missing; an integer is wanted");
  EXPECT_EQ(refusal([](json& s) { s["vocabulary"] = 3; }), "vocabulary: a spec has no such field");
  EXPECT_EQ(refusal([](json& s) { s["family_schema"] = 2; }), "family_schema: 2; 1 is wanted");
}

TEST(CompileSpec, RefusesUnknownOps) {
  EXPECT_EQ(refusal([](json& s) { local_step(s, 3)["op"] = "sum"; }),
            "blocks.local.program[3].op: \"sum\"; one of add, attention, embed, ffn, linear, norm, "
            "position, scale, "
            "softcap is wanted");
  EXPECT_TRUE(holds(refusal([](json& s) { local_step(s, 3).erase("op"); }),
                    "blocks.local.program[3].op: null; one of"));
}

TEST(CompileSpec, RefusesSizesThatCannotBe) {
  EXPECT_EQ(refusal([](json& s) { local_step(s, 1)["heads"] = 0; }),
            "blocks.local.program[1].heads: 0; a positive integer below 2^31 is wanted");
  EXPECT_EQ(refusal([](json& s) { s["d"] = 1LL << 40; }),
            "d: 1099511627776; a positive integer below 2^31 is wanted");
  EXPECT_EQ(refusal([](json& s) { s["vocab"] = -1; }),
            "vocab: -1; a positive integer below 2^31 is wanted");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 1)["kv_heads"] = 3; }),
            "blocks.local.program[1].kv_heads: 3; a divisor of heads, 8, is wanted");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 0)["eps"] = -1e-6; }),
            "blocks.local.program[0].eps: -1e-06; a number of 0 or more is wanted");
  EXPECT_EQ(refusal([](json& s) { s["head"][1]["cap"] = 0; }),
            "head[1].cap: 0; a positive number is wanted");
  EXPECT_EQ(refusal([](json& s) { s["ropes"]["default"]["dims"] = 257; }),
            "ropes.default.dims: 257; an even number up to head_dim, 256, is wanted");
  EXPECT_EQ(refusal([](json& s) { s["ropes"]["default"]["theta"] = 0; }),
            "ropes.default.theta: 0; a positive number is wanted");
}

TEST(CompileSpec, RefusesUnknownForms) {
  EXPECT_EQ(refusal([](json& s) { local_step(s, 5)["form"] = "twisted"; }),
            "blocks.local.program[5].form: \"twisted\"; gated or plain is wanted");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 1)["rope"] = "far"; }),
            "blocks.local.program[1].rope: \"far\"; one of default is wanted");
  EXPECT_EQ(refusal([](json& s) { s["hf_states"][1] = "block 27"; }),
            "hf_states[1]: \"block 27\"; embedding, block 1 to block 26, or final_norm is wanted");
  EXPECT_EQ(refusal([](json& s) { s["ropes"]["default"]["scaling"].erase("type"); }),
            "ropes.default.scaling.type: missing; a string is wanted");
  EXPECT_EQ(refusal([](json& s) {
              local_step(s, 1)["qk_norm"] = {{"kind", "rms"}};
            }),
            "blocks.local.program[1].qk_norm.eps: missing; a number is wanted");
}

TEST(CompileSpec, RefusesRegistersThatNothingWritesOrReads) {
  EXPECT_EQ(refusal([](json& s) { local_step(s, 1)["read"] = "y"; }),
            "blocks.local.program[1].read: nothing has written \"y\" (there are: embedding, n, x)");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 6)["write"] = "g"; }),
            "blocks.local.program[6].write: \"g\" is never read");
  EXPECT_EQ(refusal([](json& s) { local_step(s, 1)["read"] = "x"; }),
            "blocks.local.program[0].write: \"n\" is never read");
  EXPECT_EQ(refusal([](json& s) { s["head"] = json::array(); }), "head: nothing writes \"logits\"");
}

TEST(CompileSpec, RefusesRolesWithoutTensorsAndTensorsWithoutRoles) {
  EXPECT_EQ(refusal([](json& s) { s["blocks"]["local"]["tensors"].erase("mixer.q"); }),
            "blocks.local.program[1]: blocks.local.tensors has no \"mixer.q\"");
  EXPECT_EQ(refusal([](json& s) { s["blocks"]["local"]["tensors"]["mixer.s"] = "layers.{i}.s"; }),
            "blocks.local.tensors[\"mixer.s\"]: no step uses it");
  EXPECT_EQ(refusal([](json& s) { s["tensors"].erase("embed.token"); }),
            "embed[0]: tensors has no \"embed.token\"");
}

TEST(CompileSpec, AsksForTheTensorOfARopesFactors) {
  const auto with_role = [](json& s) { s["ropes"]["default"]["scaling"]["role"] = "rope_freqs"; };

  EXPECT_EQ(refusal(with_role), "ropes.default.scaling.role: tensors has no \"rope_freqs\"");
}

TEST(CompileSpec, RefusesKindsThatDoNotMatchTheLayers) {
  EXPECT_EQ(refusal([](json& s) { s["layers"][3] = "globl"; }),
            "layers[3]: \"globl\"; one of global, local is wanted");
  EXPECT_EQ(refusal([](json& s) { s["layers"] = std::vector<std::string>(26, "local"); }),
            "blocks.global: no layer is of this kind");
  EXPECT_EQ(refusal([](json& s) { s["blocks"]["a.b"] = s["blocks"]["local"]; }),
            "blocks: \"a.b\"; letters, digits and underscores are wanted");
}

TEST(CompileSpec, ListsWhatAttentionAsksForBeyondTheCommon) {
  json spec = gemma2_spec();
  local_step(spec, 1)["chunk"] = 128;
  local_step(spec, 1)["sinks"] = true;
  spec["blocks"]["local"]["tensors"]["mixer.sinks"] = {{"tensor", "layers.{i}.sinks"}};

  const ModelSpec typed = compile_spec(spec, "gemma2", "");

  const Step& step = typed.blocks.at("local").program.steps.at(1);
  EXPECT_EQ(std::get<AttentionFields>(step.fields).others,
            (std::vector<std::string>{"chunk", "sinks"}));
  EXPECT_EQ(step.parts.back(), "mixer.sinks");
  EXPECT_EQ(step.where, "blocks.local.program[1]");
}

TEST(CompileSpec, NeedsQueryAndKeyNorms) {
  const auto with_norm = [](json& s) {
    local_step(s, 1)["qk_norm"] = {
        {"kind", "rms"}, {"eps", 1e-6}, {"span", "head"}, {"order", "before_rope"}};
  };

  EXPECT_EQ(refusal(with_norm),
            "blocks.local.program[1]: blocks.local.tensors has no \"mixer.k_norm\"");
}

}  // namespace
}  // namespace lockstep::testing
