// What the layers cannot do is refused before any weight is read, with the path of the step.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/models/layers/tiny_model.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

std::string refusal(const std::function<void(TinyModel&)>& change) {
  auto tiny = tiny_model();
  change(tiny);
  return testing::message_of(Blame::kData, [&] { check_supported(tiny.spec); });
}

AttentionFields& attention_of(TinyModel& tiny) {
  return std::get<AttentionFields>(tiny.block("local")[1].fields);
}

TEST(Refusals, NameTheStepOfAnAttentionThatIsNotThere) {
  const std::string at = "blocks.local.program[1]: ";
  const auto message = [](const std::function<void(AttentionFields&)>& change) {
    return refusal([&](TinyModel& tiny) { change(attention_of(tiny)); });
  };
  EXPECT_EQ(message([](auto& a) {
              a.others = {"chunk", "sinks"};
            }),
            at + "attention with chunk, sinks is not supported; null is wanted");
  EXPECT_EQ(message([](auto& a) { a.causal = false; }),
            at + "attention that is not causal is not supported; causal is wanted");
  EXPECT_EQ(message([](auto& a) { a.kv_heads = 3; }),
            at + "attention with 4 heads and 3 kv_heads is not supported; kv_heads that divide the "
                 "heads are wanted");
  EXPECT_EQ(message([](auto& a) { a.v_dim = 0; }),
            at + "attention with qk_dim 8 and v_dim 0 is not supported; 1 or more is wanted");
  EXPECT_EQ(message([](auto& a) { a.window = 0; }),
            at + "attention with window 0 is not supported; 1 or more is wanted");
  EXPECT_EQ(message([](auto& a) { a.softcap = -1.5; }),
            at + "attention with softcap -1.5 is not supported; a positive one is wanted");
  EXPECT_EQ(message([](auto& a) { a.rope = "other"; }),
            at + "attention with rope \"other\" is not supported; a name in ropes is wanted");
  EXPECT_EQ(
      message([](auto& a) { a.qk_dim = 6; }),
      at + "rope of 8 dims in heads of 6 is not supported; no more than the head has are wanted");
  EXPECT_EQ(message([](auto& a) {
              a.qk_norm = QkNorm{{"l2", 1e-5, "head"}, "before_rope"};
            }),
            "blocks.local.program[1].qk_norm: norm of kind \"l2\" is not supported; one of layer, "
            "rms, rms_1p, rms_w_fp32 is wanted");
  EXPECT_EQ(message([](auto& a) {
              a.qk_norm = QkNorm{{"rms", 1e-5, "group"}, "before_rope"};
            }),
            at + "qk_norm of span \"group\" is not supported; one of head, projection is wanted");
  EXPECT_EQ(message([](auto& a) {
              a.qk_norm = QkNorm{{"rms", 1e-5, "head"}, "between"};
            }),
            at + "qk_norm of order \"between\" is not supported; one of before_rope, after_rope is "
                 "wanted");
  EXPECT_EQ(
      message([](auto& a) { a.alibi = AlibiFields{.slopes = "steep", .round = {}}; }),
      "blocks.local.program[1].alibi.slopes: \"steep\" is not supported; one of bloom, mpt is "
      "wanted");
  EXPECT_EQ(
      message([](auto& a) { a.alibi = AlibiFields{.slopes = "mpt", .round = "float16"}; }),
      "blocks.local.program[1].alibi.round: \"float16\" is not supported; null or bfloat16 is "
      "wanted");
}

TEST(Refusals, NameTheStepOfAnyOtherLayerThatIsNotThere) {
  const auto block_message = [](std::size_t step, const std::function<void(Step&)>& change) {
    return refusal([&](TinyModel& tiny) { change(tiny.block("global")[step]); });
  };
  const auto embed_message = [](const std::string& op, StepFields fields) {
    return refusal([&](TinyModel& tiny) {
      tiny.spec.embed.steps.push_back(make_step(op, "", {1}, 1, {}, std::move(fields), "embed[1]"));
    });
  };
  EXPECT_EQ(block_message(0, [](Step& s) { s.op = "mamba1"; }),
            "blocks.global.program[0]: op \"mamba1\" is not supported; one of add, attention, "
            "embed, ffn, linear, norm, "
            "position, scale, softcap is wanted");
  EXPECT_EQ(block_message(0,
                          [](Step& s) {
                            s.fields = NormFields{"group", 1e-5, "model"};
                          }),
            "blocks.global.program[0]: norm of kind \"group\" is not supported; one of layer, rms, "
            "rms_1p, rms_w_fp32 is wanted");
  EXPECT_EQ(block_message(3,
                          [](Step& s) {
                            s.fields = NormFields{"rms", 1e-5, "head"};
                          }),
            "blocks.global.program[3]: norm of span \"head\" is not supported; model is wanted");
  EXPECT_EQ(
      block_message(2, [](Step& s) { s.read = {0}; }),
      "blocks.global.program[2]: add of one register is not supported; two or more are wanted");
  EXPECT_EQ(block_message(4,
                          [](Step& s) {
                            s.fields = FeedForwardFields{"double", "silu", 48, {}};
                          }),
            "blocks.global.program[4]: ffn of form \"double\" is not supported; one of gated, "
            "plain is wanted");
  EXPECT_EQ(block_message(4,
                          [](Step& s) {
                            s.fields = FeedForwardFields{"gated", "xielu", 48, {}};
                          }),
            "blocks.global.program[4]: ffn with act \"xielu\" is not supported; one of gelu, "
            "gelu_accurate, gelu_fast, gelu_new, gelu_pytorch_tanh, quick_gelu, relu, relu2, "
            "sigmoid, silu, swish, tanh is wanted");
  EXPECT_EQ(block_message(4,
                          [](Step& s) {
                            s.fields = FeedForwardFields{"gated", "silu", 48, 7.0};
                          }),
            "blocks.global.program[4]: ffn with clamp 7 is not supported; null is wanted");
  EXPECT_EQ(embed_message("position", PositionFields{"roberta", 0}),
            "embed[1]: position of index \"roberta\" is not supported; arange is wanted");
  EXPECT_EQ(embed_message("position", PositionFields{"arange", -1}),
            "embed[1]: position with offset -1 is not supported; 0 or more is wanted");
  EXPECT_EQ(embed_message("scale", ScaleFields{2, "float16"}),
            "embed[1]: scale with round \"float16\" is not supported; null, weight or bfloat16 is "
            "wanted");
  EXPECT_EQ(embed_message("softcap", SoftcapFields{0}),
            "embed[1]: softcap of 0 is not supported; a positive cap is wanted");
  EXPECT_EQ(embed_message("attention", tiny_attention()),
            "embed: attention is not supported here; it is inside blocks");
  EXPECT_EQ(refusal([](TinyModel& tiny) { tiny.spec.ropes["default"].type = "twisted"; }),
            "ropes.default.scaling.type: \"twisted\" is not supported; one of default, dynamic, "
            "factors, linear, llama3, longrope, proportional, yarn is wanted");
}

}  // namespace
}  // namespace lockstep
