// What programs do with registers and rows.
#include "models/layers/executor.h"

#include <gtest/gtest.h>

#include "tests/models/layers/one_program.h"

namespace lockstep {
namespace {

constexpr double kTolerance = 2e-6;

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
    tiny.spec.blocks[kind].program = {{make_step("add", "", {0, 1}, 0, {}, AddFields{}, ""),
                                       make_step("scale", "", {0}, 0, {}, ScaleFields{1, {}}, "")},
                                      2,
                                      0};
  }
  const auto model = tiny.build();

  const auto states = model->hidden_states(tiny_batch({6}), all_taps(4));

  for (int64_t block = 1; block <= 4; ++block) {
    EXPECT_LT(row_distance(states[block], states[0] * static_cast<double>(block + 1)), kTolerance)
        << block;
  }
}

TEST(Executor, NeedsAllRowsOnlyUpToTheLastMixer) {
  const auto tiny = tiny_model();
  const Executable executable(tiny.spec.blocks.at("local").program, tiny.spec);

  const auto instructions = executable.instructions();

  // norm, attention, add and norm, ffn, add: attention reads all rows and gives the wanted ones
  ASSERT_EQ(instructions.size(), 5u);
  EXPECT_TRUE(instructions[0].needs_all_rows);
  for (std::size_t k = 1; k < 5; ++k) EXPECT_FALSE(instructions[k].needs_all_rows) << k;
  EXPECT_TRUE(instructions[2].has_norm);
}

TEST(Executor, ComputesTheWantedRowsAlone) {
  const auto tiny = tiny_model();
  const BackEnd back_end = choose_back_end(16);
  const Executable executable(tiny.spec.blocks.at("local").program, tiny.spec);
  const auto read = tiny.reader();
  const Block block(executable,
                    {tiny.spec, back_end, [&](const auto& roles) { return read(0, roles); }});
  auto batch = tiny_batch({5, 7});
  batch.rows = {4, 6};
  const BatchLayout layout = lay_out_batch(batch, TinyModel::kVocabulary, 0);
  const std::vector<RotaryTable> rotary{Rotary(tiny.spec.ropes.at("default"), {}).table(7)};

  const auto all = block.run({{some_rows()}}, layout, rotary, ResultRows::kAll);
  const auto wanted = block.run({{some_rows()}}, layout, rotary, ResultRows::kWanted);

  EXPECT_EQ(all.size(0), 12);
  ASSERT_EQ(wanted.size(0), 2);
  EXPECT_LT(row_distance(wanted, all.index_select(0, layout.wanted.index)), 1e-5);
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

}  // namespace
}  // namespace lockstep
