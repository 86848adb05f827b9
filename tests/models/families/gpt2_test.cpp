// GPT-2 from a config.json as the first ones were written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/families/published_configs.h"
#include "tests/models/families/spec_queries.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

/// GPT-2 XL's config.json, from the days before class defaults were left out.
nlohmann::json gpt2_xl() {
  return {{"activation_function", "gelu_new"},
          {"architectures", {"GPT2LMHeadModel"}},
          {"attn_pdrop", 0.1},
          {"bos_token_id", 50256},
          {"embd_pdrop", 0.1},
          {"eos_token_id", 50256},
          {"initializer_range", 0.02},
          {"layer_norm_epsilon", 1e-5},
          {"model_type", "gpt2"},
          {"n_ctx", 1024},
          {"n_embd", 1600},
          {"n_head", 25},
          {"n_layer", 48},
          {"n_positions", 1024},
          {"output_past", true},
          {"resid_pdrop", 0.1},
          {"summary_activation", nullptr},
          {"summary_first_dropout", 0.1},
          {"summary_proj_to_labels", true},
          {"summary_type", "cls_index"},
          {"summary_use_proj", true},
          {"task_specific_params", {{"text-generation", {{"do_sample", true}}}}},
          {"vocab_size", 50257}};
}

TEST(Gpt2, ResolvesXl) {
  const ModelSpec spec = resolved(gpt2_xl());

  const Program& program = kind_of(spec, 0).program;
  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(spec.width, 1600);
  EXPECT_EQ(spec.num_blocks(), 48);
  EXPECT_EQ(spec.vocabulary, 50257);
  EXPECT_THAT(spec.max_positions, Optional(1024));
  EXPECT_TRUE(spec.head_tied);
  EXPECT_THAT(spec.ropes, IsEmpty());
  EXPECT_EQ(calls_of(program), kPreProgram);
  EXPECT_EQ(attention_of(spec, 0).heads, 25);
  EXPECT_EQ(attention_of(spec, 0).kv_heads, 25);
  EXPECT_EQ(attention_of(spec, 0).qk_dim, 64);
  EXPECT_EQ(attention_of(spec, 0).scale, 0.125);
  EXPECT_EQ(attention_of(spec, 0).rope, std::nullopt);
  EXPECT_EQ(fields_of<NormFields>(program).kind, "layer");
  EXPECT_EQ(fields_of<FeedForwardFields>(program).form, "plain");
  EXPECT_EQ(fields_of<FeedForwardFields>(program).act, "gelu_new");
  EXPECT_EQ(fields_of<FeedForwardFields>(program).size, 6400);
  EXPECT_EQ(calls_of(spec.embed), "embed:0>1 position:1>1");
  EXPECT_EQ(spec.hf_states.size(), 49u);
}

TEST(Gpt2, SplitsAndTurnsItsProjections) {
  const BlockKind kind = kind_of(resolved(gpt2_xl()), 0);

  const auto& v = kind.tensors.at("mixer.v");
  ASSERT_EQ(v.ops.size(), 2u);
  EXPECT_EQ(v.ops[0].op, "transpose");
  EXPECT_EQ(v.ops[1].op, "split");
  EXPECT_EQ(v.ops[1].names.at("layout"), "blocks");
  EXPECT_EQ(v.ops[1].names.at("part"), "v");
  for (const char* role : {"mixer.o", "ffn.up", "ffn.down"}) {
    ASSERT_EQ(kind.tensors.at(role).ops.size(), 1u) << role;
    EXPECT_EQ(kind.tensors.at(role).ops[0].op, "transpose") << role;
  }
}

TEST(Gpt2, DividesTheScaleByTheNumberOfTheLayer) {
  const ModelSpec spec =
      resolved(changed(gpt2_xl(), {{"scale_attn_by_inverse_layer_idx", true}, {"n_layer", 3}}));

  EXPECT_THAT(spec.layers, ElementsAre("block_0", "block_1", "block_2"));
  EXPECT_EQ(attention_of(spec, 0).scale, 0.125);
  EXPECT_EQ(attention_of(spec, 1).scale, 0.0625);
  EXPECT_EQ(attention_of(spec, 2).scale, 0.125 / 3);
  EXPECT_EQ(attention_of(resolved(changed(gpt2_xl(), {{"scale_attn_weights", false}})), 7).scale,
            1);
}

TEST(Gpt2, TakesTheGeneralNamesOfItsSizes) {
  const nlohmann::json sizes{{"hidden_size", 1600},
                             {"num_attention_heads", 25},
                             {"num_hidden_layers", 48},
                             {"max_position_embeddings", 1024}};

  const ModelSpec spec =
      resolved(changed(gpt2_xl(), sizes, {"n_embd", "n_head", "n_layer", "n_positions"}));

  EXPECT_EQ(spec.canonical_json, resolved(gpt2_xl()).canonical_json);
}

TEST(Gpt2, RefusesWhatItCannotDo) {
  EXPECT_TRUE(holds(message_of(Blame::kData,
                               [] {
                                 resolved(changed(gpt2_xl(), {{"add_cross_attention", true}}));
                               }),
                    "gpt2 with add_cross_attention is not supported"));
  EXPECT_TRUE(
      holds(message_of(Blame::kData,
                       [] { resolved(changed(gpt2_xl(), nlohmann::json::object(), {"n_head"})); }),
            "config.json lacks n_head"));
}

}  // namespace
}  // namespace lockstep::testing
