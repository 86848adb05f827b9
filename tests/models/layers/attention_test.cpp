// The op `attention` with its switches, against the formula in plain ATen, and what does not depend
// on what.
#include "models/layers/attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/models/layers/one_program.h"

namespace lockstep {
namespace {

// float32 products summed in another order
constexpr double kTolerance = 4e-6;

at::Tensor heads_of(const OneProgram& step,
                    const at::Tensor& x,
                    const std::string& role,
                    int64_t n) {
  const auto w = step.weights(role);
  return at::linear(x, w.weight, w.bias).view({x.size(0), n, -1}).transpose(0, 1);
}

/// Each row of heads x tokens x dim normalised, head by head or all heads of a token together.
at::Tensor normalised(const at::Tensor& heads, const at::Tensor& weight, const QkNorm& norm) {
  const auto rms = [&](const at::Tensor& y) {
    return y * at::rsqrt(y.square().mean({-1}, true) + norm.norm.eps) * weight;
  };
  if (norm.norm.span == "head") return rms(heads);
  const auto rows = heads.transpose(0, 1).reshape({heads.size(1), -1});
  return rms(rows).view({heads.size(1), heads.size(0), -1}).transpose(0, 1);
}

/// The first `dims` of each head turned by their position; halves or neighbours are pairs.
at::Tensor turned(const at::Tensor& heads, const RopeSpec& rope) {
  at::Tensor result = heads.clone();
  for (int64_t token = 0; token < heads.size(1); ++token) {
    for (int64_t j = 0; j < rope.dims / 2; ++j) {
      const bool is_half = rope.layout == "half";
      const int64_t left = is_half ? j : 2 * j, right = is_half ? j + rope.dims / 2 : 2 * j + 1;
      const double angle =
          static_cast<double>(token) *
          std::pow(rope.theta, -2.0 * static_cast<double>(j) / static_cast<double>(rope.dims));
      const auto a = heads.select(1, token).select(1, left);
      const auto b = heads.select(1, token).select(1, right);
      result.select(1, token).select(1, left).copy_(a * std::cos(angle) - b * std::sin(angle));
      result.select(1, token).select(1, right).copy_(b * std::cos(angle) + a * std::sin(angle));
    }
  }
  return result;
}

/// slope * (key - query), with the slopes of Press et al. 2022 for a power of two heads.
at::Tensor biases_of(int64_t heads, int64_t tokens) {
  const auto slopes =
      at::exp2(at::arange(1, heads + 1, at::kFloat) * (-8.0 / static_cast<double>(heads)));
  const auto positions = at::arange(tokens, at::kFloat);
  return slopes.view({-1, 1, 1}) * (positions.unsqueeze(0) - positions.unsqueeze(1));
}

/// One window, in the order of the formula.
at::Tensor formula(OneProgram& step, const at::Tensor& x, const AttentionFields& fields) {
  const int64_t tokens = x.size(0), group = fields.heads / fields.kv_heads;
  auto q = heads_of(step, x, "mixer.q", fields.heads);
  auto k = heads_of(step, x, "mixer.k", fields.kv_heads);
  const auto v = heads_of(step, x, "mixer.v", fields.kv_heads);
  const auto norm = [&] {
    q = normalised(q, step.weights("mixer.q_norm").weight, *fields.qk_norm);
    k = normalised(k, step.weights("mixer.k_norm").weight, *fields.qk_norm);
  };
  if (fields.qk_norm && fields.qk_norm->order == "before_rope") norm();
  if (fields.rope) q = turned(q, step.rope()), k = turned(k, step.rope());
  if (fields.qk_norm && fields.qk_norm->order == "after_rope") norm();
  auto scores = at::matmul(q, k.repeat_interleave(group, 0).transpose(1, 2)) * fields.scale;
  if (fields.softcap) scores = at::tanh(scores / *fields.softcap) * *fields.softcap;
  if (fields.alibi) {
    scores =
        scores + biases_of(fields.heads, tokens) * (fields.alibi->is_scaled ? fields.scale : 1);
  }
  const auto positions = at::arange(tokens, at::kLong);
  const auto distance = positions.unsqueeze(1) - positions.unsqueeze(0);
  const auto hidden = (distance < 0).logical_or(distance >= fields.window.value_or(tokens));
  scores = scores.masked_fill(hidden, -std::numeric_limits<float>::infinity());
  const auto mean = at::matmul(at::softmax(scores, -1), v.repeat_interleave(group, 0));
  return at::linear(mean.transpose(0, 1).reshape({tokens, -1}), step.weights("mixer.o").weight);
}

struct Case {
  std::string name;
  AttentionFields fields;
  RopeSpec rope;
};

OneProgram step_of(const Case& c) {
  const AttentionFields& f = c.fields;
  OneProgram step = one_step("attention", "mixer", f);
  step.rope() = c.rope;
  const int64_t d = TinyModel::kWidth;
  step.shape("mixer.q", {f.heads * f.qk_dim, d});
  step.shape("mixer.k", {f.kv_heads * f.qk_dim, d});
  step.shape("mixer.v", {f.kv_heads * f.v_dim, d});
  step.shape("mixer.o", {d, f.heads * f.v_dim});
  const bool is_whole = f.qk_norm && f.qk_norm->norm.span == "projection";
  step.shape("mixer.q_norm", {is_whole ? f.heads * f.qk_dim : f.qk_dim});
  step.shape("mixer.k_norm", {is_whole ? f.kv_heads * f.qk_dim : f.qk_dim});
  return step;
}

std::vector<Case> cases() {
  std::vector<Case> all;
  const auto add = [&](const std::string& name, auto change) {
    Case c{.name = name, .fields = tiny_attention(), .rope = {}};
    c.rope.layout = "half";
    c.rope.head_dim = c.rope.dims = 8;
    c.rope.theta = 100;
    c.rope.type = "default";
    change(c);
    all.push_back(c);
  };
  add("plain", [](Case&) {});
  add("one head of keys", [](Case& c) { c.fields.kv_heads = 1; });
  add("as many heads of keys", [](Case& c) { c.fields.kv_heads = 4; });
  add("wide values", [](Case& c) { c.fields.v_dim = 11; });
  add("narrow values", [](Case& c) { c.fields.v_dim = 3; });
  add("in part", [](Case& c) { c.rope.dims = 4; });
  add("interleaved", [](Case& c) { c.rope.layout = "interleaved"; });
  add("no positions", [](Case& c) { c.fields.rope.reset(); });
  add("window", [](Case& c) { c.fields.window = 3; });
  add("softcap", [](Case& c) { c.fields.softcap = 2; });
  for (const std::string span : {"head", "projection"}) {
    for (const std::string order : {"before_rope", "after_rope"}) {
      add("norm of " + span + " " + order, [&](Case& c) {
        c.fields.qk_norm = QkNorm{{"rms", 1e-3, span}, order};
      });
    }
  }
  add("norm after no rotation", [](Case& c) {
    c.fields.rope.reset();
    c.fields.qk_norm = QkNorm{{"rms", 1e-3, "head"}, "after_rope"};
  });
  add("norm after half a rotation, wide values", [](Case& c) {
    c.rope.dims = 4;
    c.fields.v_dim = 11;
    c.fields.qk_norm = QkNorm{{"rms", 1e-3, "head"}, "after_rope"};
  });
  const AlibiFields alibi{.slopes = "bloom", .round = {}};
  add("biases", [&](Case& c) {
    c.fields.rope.reset();
    c.fields.alibi = alibi;
  });
  add("scaled biases in a window, capped", [&](Case& c) {
    c.fields.alibi = alibi;
    c.fields.alibi->is_scaled = true;
    c.fields.window = 3;
    c.fields.softcap = 2;
  });
  return all;
}

TEST(Attention, IsItsFormulaWindowByWindowWithEverySwitch) {
  const auto x = some_rows();  // windows of 5 and 7 tokens
  for (const Case& c : cases()) {
    OneProgram step = step_of(c);

    const auto result = step.run(x);

    for (const auto& [begin, length] : {std::pair<int64_t, int64_t>{0, 5}, {5, 7}}) {
      EXPECT_LT(row_distance(result.narrow(0, begin, length),
                             formula(step, x.narrow(0, begin, length), c.fields)),
                kTolerance)
          << c.name << ", window of " << length;
    }
  }
}

TEST(Attention, SeesNoLaterTokenWithAnySwitch) {
  const auto x = some_rows();
  auto changed = x.clone();
  changed.narrow(0, 3, 2).add_(5);   // the end of the first window
  changed.narrow(0, 11, 1).add_(5);  // and of the second
  for (const Case& c : cases()) {
    const OneProgram step = step_of(c);

    const auto before = step.run(x), after = step.run(changed);

    EXPECT_TRUE(at::equal(before.narrow(0, 0, 3), after.narrow(0, 0, 3))) << c.name;
    EXPECT_TRUE(at::equal(before.narrow(0, 5, 6), after.narrow(0, 5, 6))) << c.name;
  }
}

/// A window's rows are those that it has alone, on either side of LongRoPE's border.
TEST(Attention, TurnsEachWindowOfABatchAsItsLengthSays) {
  auto tiny = tiny_model();
  RopeSpec& rope = tiny.spec.ropes["default"];
  rope.type = "longrope";
  rope.numbers = {{"factor", 4}, {"original_max_positions", 6}};
  rope.lists = {{"short_factor", {1, 1, 1, 1}}, {"long_factor", {1, 3, 5, 7}}};
  const auto model = tiny.build();
  const auto taps = all_taps(4);
  const auto packed = tiny_batch({5, 7, 6, 9});

  const auto together = model->hidden_states(packed, taps);

  for (std::size_t w = 0; w < 4; ++w) {
    const int64_t begin = packed.offsets[w], length = packed.offsets[w + 1] - begin;
    PackedBatch alone;
    alone.ids.assign(packed.ids.begin() + begin, packed.ids.begin() + begin + length);
    alone.offsets = {0, length};
    for (int64_t row = 0; row < length; ++row) alone.rows.push_back(row);
    EXPECT_LT(row_distance(together.narrow(1, begin, length), model->hidden_states(alone, taps)),
              kTolerance)
        << "window of " << length;
  }
}

}  // namespace
}  // namespace lockstep
