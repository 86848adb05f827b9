#include "extractor/plan/cost.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "extractor/plan/contexts.h"
#include "tests/extractor/plan/fake_tokenizers.h"
#include "tests/extractor/plan/test_words.h"

namespace lockstep {
namespace {

/// Three equal blocks: attention of 2 heads of 4 over width 8, feed-forward of 20, one norm.
struct TinyModel {
  TinyModel() {
    spec.width = 8;
    spec.vocabulary = 100;
    spec.layers = {"block", "block", "block"};
    AttentionFields attention;
    attention.heads = 2;
    attention.kv_heads = 1;
    attention.qk_dim = attention.v_dim = 4;
    Step step;
    step.fields = attention;
    spec.blocks["block"].program.steps = {step};
    binding.layers.resize(3);
    for (auto& roles : binding.layers) {
      roles["mixer.q"].weight.shape = {8, 8};
      roles["ffn.up"].weight.shape = {20, 8};
      roles["norm"].weight.shape = {8};
    }
  }
  ModelSpec spec;
  Binding binding;
};

TEST(Cost, CountsMatricesAndAttentionUpToTheHighestBlock) {
  const TinyModel model;

  const auto blocks = block_costs(model.spec, model.binding, 2);

  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].matrix_parameters, 8 * 8 + 20 * 8);
  EXPECT_EQ(blocks[0].attention_width, 2 * (4 + 4));
  EXPECT_EQ(block_costs(model.spec, model.binding, 4).size(), 3U);
  EXPECT_TRUE(block_costs(model.spec, model.binding, 0).empty());
}

TEST(Cost, OfAWindowGrowsWithTheSquareOfItsAttention) {
  const std::vector<BlockCost> blocks = {{.matrix_parameters = 100, .attention_width = 10}};

  EXPECT_DOUBLE_EQ(window_flop(3, blocks), 2 * 100 * 3 + 2 * 10 * (1 + 2 + 3));
}

TEST(Cost, ComparesWithOnePassForEachValue) {
  const TinyModel model;
  std::string words;
  for (int word = 0; word < 100; ++word) words += text("w{} ", word);
  WindowOptions options;
  options.contexts = parse_contexts("1,10");
  const auto plan = plan_windows(words_of(words), one_token_a_word(), options);
  const auto parts = pack_parts(plan, {.batch_tokens = 50});

  const auto cost = plan_cost(plan,
                              parts,
                              model.spec,
                              model.binding,
                              {.num_taps = 3, .num_contexts = 2, .highest_block = 3});

  EXPECT_EQ(cost.words, 100);
  EXPECT_EQ(cost.values, 100 + 91);
  EXPECT_EQ(cost.windows, 100);
  EXPECT_EQ(cost.tokens, 91 * 10 + 9);
  EXPECT_EQ(cost.plain_tokens, 100 + 91 * 10);
  EXPECT_EQ(cost.file_bytes, 2 * 3 * 100 * 8 * 4);
  EXPECT_DOUBLE_EQ(cost.flop,
                   91 * window_flop(10, block_costs(model.spec, model.binding, 3)) +
                       9 * window_flop(1, block_costs(model.spec, model.binding, 3)));
}

TEST(Cost, IsDescribedInWordsAndWithATimeOnlyIfTheRateIsKnown) {
  ExtractionCost cost;
  cost.words = 1583;
  cost.values = 4690;
  cost.windows = 1583;
  cost.tokens = 96000;
  cost.plain_tokens = 117120;
  cost.plain_windows = 4690;
  cost.flop = 1.9e13;
  cost.file_bytes = 98000000;
  cost.weight_bytes = 500000000;
  cost.worker_bytes = 45000000;

  EXPECT_EQ(describe(cost, 2, 0),
            "1,583 words, 4,690 values\n"
            "1,583 passes of 96,000 tokens in all; one pass for each value would take 4,690 passes "
            "of 117,120 tokens: 1.22 times as many\n"
            "19 TFLOP\n"
            "memory: 500 MB for weights, 45 MB for each of 2 workers\n"
            "file: 98 MB");
  EXPECT_NE(
      describe(cost, 2, 1.9e11)
          .find("19 TFLOP, about 100 s at the 190 GFLOP/s that this machine's 2 workers reach now"),
      std::string::npos);
}

}  // namespace
}  // namespace lockstep
