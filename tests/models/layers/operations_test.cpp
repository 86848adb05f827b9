// Each op against its formula in plain ATen.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/models/layers/one_program.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

constexpr double kTolerance = 2e-6;

TEST(Operations, NormIsTheFormulaOfItsKind) {
  const auto x = some_rows();
  const auto scaled = x * at::rsqrt(x.square().mean({-1}, true) + 1e-3);
  const auto weight = one_step("norm", "final_norm", NormFields{}).weights("final_norm").weight;
  const auto run = [&](const std::string& kind) {
    return one_step("norm", "final_norm", NormFields{kind, 1e-3, "model"}).run(x);
  };

  EXPECT_LT(row_distance(run("rms"), scaled * weight), kTolerance);
  EXPECT_LT(row_distance(run("rms_w_fp32"), scaled * weight), kTolerance);
  EXPECT_LT(row_distance(run("rms_1p"), scaled * (1 + weight)), kTolerance);
  EXPECT_LT(row_distance(run("layer"), at::layer_norm(x, {TinyModel::kWidth}, weight, {}, 1e-3)),
            kTolerance);
}

TEST(Operations, LinearAddScaleSoftcapPositionAreTheirFormulas) {
  const auto x = some_rows();
  const auto linear = one_step("linear", "square", LinearFields{});
  EXPECT_LT(row_distance(linear.run(x), at::linear(x, linear.weights("square").weight)),
            kTolerance);

  const auto sum = OneProgram({make_step("scale", "", {0}, 1, {}, ScaleFields{3, {}}, ""),
                               make_step("add", "", {0, 1, 1}, 2, {0, 1}, AddFields{}, "")});
  EXPECT_LT(row_distance(sum.run(x.clone()), x * 7), kTolerance);

  EXPECT_TRUE(at::equal(one_step("scale", "", ScaleFields{5.65685, {}}).run(x), x * 5.65685f));
  EXPECT_TRUE(
      at::equal(one_step("scale", "", ScaleFields{5.65685, "weight"}).run(x), x * 5.65685f));
  EXPECT_TRUE(
      at::equal(one_step("scale", "", ScaleFields{5.65685, "bfloat16"}).run(x), x * 5.65625f));
  EXPECT_LT(row_distance(one_step("softcap", "", SoftcapFields{3}).run(x), 3 * at::tanh(x / 3)),
            kTolerance);

  const auto position = one_step("position", "table", PositionFields{"arange", 2});
  const auto rows = at::tensor({2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 7, 8}, at::kLong);
  EXPECT_TRUE(
      at::equal(position.run(x), x + position.weights("table").weight.index_select(0, rows)));
}

TEST(Operations, PositionRefusesWindowsBeyondItsTable) {
  const auto position = one_step("position", "table", PositionFields{"arange", 3});

  EXPECT_EQ(testing::message_of(Blame::kData, [&] { position.run(some_rows()); }),
            "a window of 7 tokens: the model has learned 6 positions; give it less context");
}

TEST(Operations, FeedForwardIsTheFormulaOfItsFormAndAct) {
  const auto x = some_rows();
  struct Act {
    const char* name;
    at::Tensor (*formula)(const at::Tensor&);
  };
  const std::vector<Act> acts = {
      {"silu", [](const at::Tensor& y) { return y * at::sigmoid(y); }},
      {"swish", [](const at::Tensor& y) { return y * at::sigmoid(y); }},
      {"relu", [](const at::Tensor& y) { return y.clamp_min(0); }},
      {"relu2", [](const at::Tensor& y) { return y.clamp_min(0).square(); }},
      {"gelu", [](const at::Tensor& y) { return y * 0.5 * (1 + at::erf(y / std::sqrt(2.0))); }},
      {"gelu_accurate", [](const at::Tensor& y) { return at::gelu(y, "tanh"); }},
      {"gelu_fast",
       [](const at::Tensor& y) {
         return 0.5 * y * (1 + at::tanh(y * 0.7978845608 * (1 + 0.044715 * y * y)));
       }},
      {"gelu_new", [](const at::Tensor& y) { return at::gelu(y, "tanh"); }},
      {"quick_gelu", [](const at::Tensor& y) { return y * at::sigmoid(1.702 * y); }},
      {"sigmoid", [](const at::Tensor& y) { return 1 / (1 + at::exp(-y)); }},
      {"tanh", [](const at::Tensor& y) { return at::tanh(y); }},
      {"gelu_pytorch_tanh", [](const at::Tensor& y) { return at::gelu(y, "tanh"); }}};
  for (const Act& act : acts) {
    for (const std::string form : {"gated", "plain"}) {
      const auto step =
          one_step("ffn", "ffn", FeedForwardFields{form, act.name, TinyModel::kSize, {}});
      const auto gate = step.weights("ffn.gate"), up = step.weights("ffn.up"),
                 down = step.weights("ffn.down");
      const auto upper = at::linear(x, up.weight, up.bias);
      const auto inner =
          form == "gated" ? act.formula(at::linear(x, gate.weight)) * upper : act.formula(upper);

      EXPECT_LT(row_distance(step.run(x), at::linear(inner, down.weight)), 2 * kTolerance)
          << act.name << " " << form;
    }
  }
}

/// Attention of one window in plain ATen, without rotation.
at::Tensor plain_attention(const OneProgram& step, const at::Tensor& x, bool has_qk_norm) {
  const auto heads = [&](const std::string& role) {
    const auto w = step.weights(role);
    return at::linear(x, w.weight, w.bias).view({x.size(0), -1, 8}).transpose(0, 1);
  };
  const auto norm = [&](const at::Tensor& y, const std::string& role) {
    return y * at::rsqrt(y.square().mean({-1}, true) + 1e-3) * step.weights(role).weight;
  };
  auto q = heads("mixer.q"), k = heads("mixer.k"), v = heads("mixer.v").repeat_interleave(2, 0);
  if (has_qk_norm) q = norm(q, "mixer.q_norm"), k = norm(k, "mixer.k_norm");
  auto scores = at::matmul(q, k.repeat_interleave(2, 0).transpose(1, 2)) * 0.35;
  const auto later = at::ones({x.size(0), x.size(0)}, at::kBool).triu(1);
  scores = scores.masked_fill(later, -std::numeric_limits<float>::infinity());
  const auto mean = at::matmul(at::softmax(scores, -1), v).transpose(0, 1).reshape({x.size(0), 32});
  return at::linear(mean, step.weights("mixer.o").weight);
}

TEST(Operations, AttentionIsItsFormulaWindowByWindow) {
  const auto x = some_rows();
  AttentionFields fields = tiny_attention();
  fields.rope.reset();
  for (const bool has_qk_norm : {false, true}) {
    if (has_qk_norm) fields.qk_norm = QkNorm{{"rms", 1e-3, "head"}, "before_rope"};
    const auto step = one_step("attention", "mixer", fields);

    const auto result = step.run(x);

    EXPECT_LT(
        row_distance(result.narrow(0, 0, 5), plain_attention(step, x.narrow(0, 0, 5), has_qk_norm)),
        2 * kTolerance);
    EXPECT_LT(
        row_distance(result.narrow(0, 5, 7), plain_attention(step, x.narrow(0, 5, 7), has_qk_norm)),
        2 * kTolerance);
  }
}

}  // namespace
}  // namespace lockstep
