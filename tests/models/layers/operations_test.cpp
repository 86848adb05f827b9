// Each op against its formula in plain ATen, and what each refuses.
#include "models/layers/operations.h"

#include <gtest/gtest.h>

#include "models/layers/activation.h"
#include "models/layers/executor.h"
#include "models/layers/linear.h"
#include "tests/models/layers/tiny_model.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

constexpr double kTolerance = 2e-6;

/// A program of the given steps on register 0, with random weights by role; x is 12 rows of a batch of windows 5 and 7.
class OneProgram {
 public:
  explicit OneProgram(std::vector<Step> steps, int num_registers = 3)
      : program_{std::move(steps), num_registers, num_registers - 1} {
    tiny_.shapes["table"] = {9, TinyModel::kWidth};
    tiny_.shapes["square"] = {TinyModel::kWidth, TinyModel::kWidth};
  }

  RoleTensors weights(const std::string& role) const { return tiny_.reader()(0, role); }

  at::Tensor run(const at::Tensor& x) const {
    const BackEnd back_end = choose_back_end(16);
    const Executable executable(program_, tiny_.spec);
    const LayerSource source{tiny_.spec, back_end, [&](const std::string& role) { return weights(role); }};
    const Block block(executable, source);
    const BatchLayout layout = lay_out_batch(tiny_batch({5, 7}), TinyModel::kVocabulary, 0);
    const std::vector<RotaryTable> rotary{Rotary(tiny_.spec.ropes.at("default"), {}).table(7)};
    return block.run({{x}}, layout, rotary, ResultRows::kAll);
  }

 private:
  TinyModel tiny_ = tiny_model();
  Program program_;
};

at::Tensor some_rows() {
  return at::randn({12, TinyModel::kWidth}, at::detail::createCPUGenerator(3), at::kFloat) * 2;
}

/// One step that reads register 0, which lives on, and writes the result.
OneProgram one_step(const std::string& op, const std::string& role, StepFields fields) {
  return OneProgram({make_step(op, role, {0}, 2, {}, std::move(fields), "program[0]")});
}

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
  EXPECT_LT(row_distance(run("layer"), at::layer_norm(x, {TinyModel::kWidth}, weight, {}, 1e-3)), kTolerance);
}

TEST(Operations, LinearAddScaleSoftcapPositionAreTheirFormulas) {
  const auto x = some_rows();
  const auto linear = one_step("linear", "square", LinearFields{});
  EXPECT_LT(row_distance(linear.run(x), at::linear(x, linear.weights("square").weight)), kTolerance);

  const auto sum = OneProgram({make_step("scale", "", {0}, 1, {}, ScaleFields{3, {}}, ""),
                               make_step("add", "", {0, 1, 1}, 2, {0, 1}, AddFields{}, "")});
  EXPECT_LT(row_distance(sum.run(x.clone()), x * 7), kTolerance);

  EXPECT_TRUE(at::equal(one_step("scale", "", ScaleFields{5.65685, {}}).run(x), x * 5.65685f));
  EXPECT_TRUE(at::equal(one_step("scale", "", ScaleFields{5.65685, "weight"}).run(x), x * 5.65685f));
  EXPECT_TRUE(at::equal(one_step("scale", "", ScaleFields{5.65685, "bfloat16"}).run(x), x * 5.65625f));
  EXPECT_LT(row_distance(one_step("softcap", "", SoftcapFields{3}).run(x), 3 * at::tanh(x / 3)), kTolerance);

  const auto position = one_step("position", "table", PositionFields{"arange", 2});
  const auto rows = at::tensor({2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 7, 8}, at::kLong);
  EXPECT_TRUE(at::equal(position.run(x), x + position.weights("table").weight.index_select(0, rows)));
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
      {"gelu_new", [](const at::Tensor& y) { return at::gelu(y, "tanh"); }},
      {"gelu_pytorch_tanh", [](const at::Tensor& y) { return at::gelu(y, "tanh"); }}};
  for (const Act& act : acts) {
    for (const std::string form : {"gated", "plain"}) {
      const auto step = one_step("ffn", "ffn", FeedForwardFields{form, act.name, TinyModel::kSize, {}});
      const auto gate = step.weights("ffn.gate"), up = step.weights("ffn.up"), down = step.weights("ffn.down");
      const auto upper = at::linear(x, up.weight, up.bias);
      const auto inner = form == "gated" ? act.formula(at::linear(x, gate.weight)) * upper : act.formula(upper);

      EXPECT_LT(row_distance(step.run(x), at::linear(inner, down.weight)), 2 * kTolerance) << act.name << " " << form;
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

    EXPECT_LT(row_distance(result.narrow(0, 0, 5), plain_attention(step, x.narrow(0, 0, 5), has_qk_norm)), 2 * kTolerance);
    EXPECT_LT(row_distance(result.narrow(0, 5, 7), plain_attention(step, x.narrow(0, 5, 7), has_qk_norm)), 2 * kTolerance);
  }
}

// ---- programs -------------------------------------------------------------------------------------------------------

TEST(Executor, AnAddFusedWithItsNormGivesWhatTheyGiveAlone) {
  const auto x = some_rows();
  const NormFields norm{"rms", 1e-3, "model"};
  const auto doubled = make_step("scale", "", {0}, 1, {}, ScaleFields{2, {}}, "");
  const auto fused = OneProgram({doubled,
                                 make_step("add", "", {0, 1}, 0, {1}, AddFields{}, ""),
                                 make_step("norm", "final_norm", {0}, 1, {}, norm, ""),
                                 make_step("add", "", {0, 1}, 2, {0, 1}, AddFields{}, "")});
  const auto apart = OneProgram({doubled,
                                 make_step("add", "", {0, 1}, 0, {1}, AddFields{}, ""),
                                 make_step("scale", "", {0}, 2, {}, ScaleFields{1, {}}, ""),
                                 make_step("norm", "final_norm", {2}, 1, {2}, norm, ""),
                                 make_step("add", "", {0, 1}, 2, {0, 1}, AddFields{}, "")});

  EXPECT_TRUE(at::equal(fused.run(x.clone()), apart.run(x.clone())));
}

TEST(Executor, LeavesAValueAloneThatIsReadAgain) {
  const auto x = some_rows();
  const auto kept = x.clone();
  const auto program = OneProgram({make_step("scale", "", {0}, 1, {}, ScaleFields{2, {}}, ""),
                                   make_step("softcap", "", {1}, 1, {}, SoftcapFields{1}, ""),
                                   make_step("add", "", {0, 1}, 2, {0, 1}, AddFields{}, "")});

  const auto result = program.run(x);

  EXPECT_TRUE(at::equal(x, kept));
  EXPECT_LT(row_distance(result, x + at::tanh(2 * x)), kTolerance);
}

TEST(Executor, KeepsTheEmbeddingForBlocksThatReadIt) {
  auto tiny = tiny_model();
  for (const std::string kind : {"local", "global"}) {
    tiny.spec.blocks[kind].program = {
        {make_step("add", "", {0, 1}, 0, {}, AddFields{}, ""), make_step("scale", "", {0}, 0, {}, ScaleFields{1, {}}, "")}, 2, 0};
  }
  const auto model = tiny.build();

  const auto states = model->hidden_states(tiny_batch({6}), all_taps(4));

  for (int64_t block = 1; block <= 4; ++block) {
    EXPECT_LT(row_distance(states[block], states[0] * static_cast<double>(block + 1)), kTolerance) << block;
  }
}

TEST(Executor, GivesWantedRowsOfBlocksWithTwoMixersAndWithNone) {
  auto tiny = tiny_model();
  auto& steps = tiny.block("local");
  auto second = steps;
  steps.insert(steps.end(), second.begin(), second.end());  // attention, ffn, attention, ffn
  auto& other = tiny.block("global");
  other.erase(other.begin(), other.begin() + 3);  // a feed-forward only
  const auto every = tiny_batch({9, 20});
  auto some = every;
  some.rows = {2, 8, 9, 22};
  const auto index = at::tensor(some.rows, at::kLong);
  for (const std::string kind : {"local", "global"}) {
    tiny.spec.layers = {kind};
    const auto model = tiny.build();

    const auto all = model->hidden_states(every, all_taps(1)).index_select(1, index);

    EXPECT_LT(row_distance(model->hidden_states(some, all_taps(1)), all), 1e-5) << kind;
  }
}

// ---- refusals -------------------------------------------------------------------------------------------------------

std::string refusal(const std::function<void(TinyModel&)>& change) {
  auto tiny = tiny_model();
  change(tiny);
  return testing::message_of(Blame::kData, [&] { check_supported(tiny.spec); });
}

AttentionFields& attention_of(TinyModel& tiny) { return std::get<AttentionFields>(tiny.block("local")[1].fields); }

TEST(Refusals, NameTheStepOfAnAttentionThatIsNotThere) {
  const std::string at = "blocks.local.program[1]: ";
  const auto message = [](const std::function<void(AttentionFields&)>& change) {
    return refusal([&](TinyModel& tiny) { change(attention_of(tiny)); });
  };
  EXPECT_EQ(message([](auto& a) { a.others = {"alibi", "sinks"}; }),
            at + "attention with alibi, sinks is not supported; null is wanted");
  EXPECT_EQ(message([](auto& a) { a.causal = false; }),
            at + "attention that is not causal is not supported; causal is wanted");
  EXPECT_EQ(message([](auto& a) { a.kv_heads = 3; }),
            at + "attention with 4 heads and 3 kv_heads is not supported; kv_heads that divide the heads are wanted");
  EXPECT_EQ(message([](auto& a) { a.v_dim = 0; }),
            at + "attention with qk_dim 8 and v_dim 0 is not supported; 1 or more is wanted");
  EXPECT_EQ(message([](auto& a) { a.window = 0; }),
            at + "attention with window 0 is not supported; 1 or more is wanted");
  EXPECT_EQ(message([](auto& a) { a.softcap = -1.5; }),
            at + "attention with softcap -1.5 is not supported; a positive one is wanted");
  EXPECT_EQ(message([](auto& a) { a.rope = "other"; }),
            at + "attention with rope \"other\" is not supported; a name in ropes is wanted");
  EXPECT_EQ(message([](auto& a) { a.qk_dim = 6; }),
            at + "rope of 8 dims in heads of 6 is not supported; no more than the head has are wanted");
  EXPECT_EQ(message([](auto& a) { a.qk_norm = QkNorm{{"l2", 1e-5, "head"}, "before_rope"}; }),
            "blocks.local.program[1].qk_norm: norm of kind \"l2\" is not supported; one of layer, rms, rms_1p, rms_w_fp32 is wanted");
  EXPECT_EQ(message([](auto& a) { a.qk_norm = QkNorm{{"rms", 1e-5, "group"}, "before_rope"}; }),
            at + "qk_norm of span \"group\" is not supported; one of head, projection is wanted");
  EXPECT_EQ(message([](auto& a) { a.qk_norm = QkNorm{{"rms", 1e-5, "head"}, "after_rope"}; }),
            at + "qk_norm of order \"after_rope\" is not supported; before_rope is wanted");
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
            "blocks.global.program[0]: op \"mamba1\" is not supported; one of add, attention, embed, ffn, linear, norm, "
            "position, scale, softcap is wanted");
  EXPECT_EQ(block_message(0, [](Step& s) { s.fields = NormFields{"group", 1e-5, "model"}; }),
            "blocks.global.program[0]: norm of kind \"group\" is not supported; one of layer, rms, rms_1p, rms_w_fp32 is wanted");
  EXPECT_EQ(block_message(3, [](Step& s) { s.fields = NormFields{"rms", 1e-5, "head"}; }),
            "blocks.global.program[3]: norm of span \"head\" is not supported; model is wanted");
  EXPECT_EQ(block_message(2, [](Step& s) { s.read = {0}; }),
            "blocks.global.program[2]: add of one register is not supported; two or more are wanted");
  EXPECT_EQ(block_message(4, [](Step& s) { s.fields = FeedForwardFields{"double", "silu", 48, {}}; }),
            "blocks.global.program[4]: ffn of form \"double\" is not supported; one of gated, plain is wanted");
  EXPECT_EQ(block_message(4, [](Step& s) { s.fields = FeedForwardFields{"gated", "xielu", 48, {}}; }),
            "blocks.global.program[4]: ffn with act \"xielu\" is not supported; one of gelu, gelu_new, gelu_pytorch_tanh, "
            "relu, relu2, silu, swish is wanted");
  EXPECT_EQ(block_message(4, [](Step& s) { s.fields = FeedForwardFields{"gated", "silu", 48, 7.0}; }),
            "blocks.global.program[4]: ffn with clamp 7 is not supported; null is wanted");
  EXPECT_EQ(embed_message("position", PositionFields{"roberta", 0}),
            "embed[1]: position of index \"roberta\" is not supported; arange is wanted");
  EXPECT_EQ(embed_message("position", PositionFields{"arange", -1}),
            "embed[1]: position with offset -1 is not supported; 0 or more is wanted");
  EXPECT_EQ(embed_message("scale", ScaleFields{2, "float16"}),
            "embed[1]: scale with round \"float16\" is not supported; null, weight or bfloat16 is wanted");
  EXPECT_EQ(embed_message("softcap", SoftcapFields{0}),
            "embed[1]: softcap of 0 is not supported; a positive cap is wanted");
  EXPECT_EQ(embed_message("attention", tiny_attention()),
            "embed: attention is not supported here; it is inside blocks");
  EXPECT_EQ(refusal([](TinyModel& tiny) { tiny.spec.ropes["default"].type = "longrope"; }),
            "ropes.default.scaling.type: \"longrope\" is not supported; one of default, dynamic, factors, linear, llama3, "
            "yarn is wanted");
}

// ---- back ends ------------------------------------------------------------------------------------------------------

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Environment() { unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

TEST(BackEnd, FollowsTheEnvironment) {
  {
    const Environment gemm("LOCKSTEP_GEMM", "mkl"), set("LOCKSTEP_ISA", "baseline");
    const BackEnd back_end = choose_back_end(64);
    EXPECT_EQ(back_end.gemm, Gemm::kAten);
    EXPECT_EQ(back_end.name().substr(back_end.name().find(',')), ", baseline");
  }
  EXPECT_EQ(choose_back_end(64).kernels, available_kernels().front());
  EXPECT_EQ(choose_back_end(64).gemm, has_prepacked_linear() ? Gemm::kOneDnn : Gemm::kAten);

  const Environment gemm("LOCKSTEP_GEMM", "fast");
  EXPECT_EQ(testing::message_of(Blame::kCommandLine, [] { choose_back_end(64); }),
            "LOCKSTEP_GEMM: \"fast\"; one of onednn, mkl is wanted");
}

TEST(PackedLinear, TakesAnyNumberOfRows) {
  const auto weight = at::randn({40, 24}), bias = at::randn({40});
  for (const Gemm gemm : {Gemm::kAten, Gemm::kOneDnn}) {
    if (gemm == Gemm::kOneDnn && !has_prepacked_linear()) continue;
    const BackEnd back_end{.gemm = gemm, .kernels = available_kernels().front(), .batch_tokens = 32};
    const PackedLinear with(weight, bias, back_end), without(weight, {}, back_end);
    for (const int64_t rows : {1, 2, 31, 32, 100}) {
      const auto x = at::randn({rows, 24});

      EXPECT_LT(row_distance(with(x), at::linear(x, weight, bias)), kTolerance) << rows;
      EXPECT_LT(row_distance(without(x), at::linear(x, weight)), kTolerance) << rows;
    }
  }
}

TEST(StackOutputs, PutsZerosWhereOnlyOthersHaveABias) {
  const RoleTensors first{.weight = at::ones({2, 3}), .bias = {}};
  const RoleTensors second{.weight = at::zeros({1, 3}), .bias = at::full({1}, 5.0f)};

  EXPECT_TRUE(at::equal(stack_outputs({first, second}).bias, at::tensor({0.0f, 0.0f, 5.0f})));
  EXPECT_FALSE(stack_outputs({first, first}).bias.defined());
  EXPECT_EQ(stack_outputs({first, second}).weight.sizes(), (std::vector<int64_t>{3, 3}));
}

}  // namespace
}  // namespace lockstep
