#include "extractor/plan/layer_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

std::vector<std::string> hf_view(int64_t num_blocks) {
  std::vector<std::string> states = {"embedding"};
  for (int64_t block = 1; block < num_blocks; ++block) states.push_back(text("block {}", block));
  states.push_back("final_norm");
  return states;
}

std::vector<TapInfo> select(const std::string& layers, int64_t num_blocks) {
  return select_layers(layers, num_blocks, hf_view(num_blocks));
}

std::vector<int64_t> blocks_of(const std::string& layers, int64_t num_blocks) {
  std::vector<int64_t> blocks;
  for (const auto& tap : select(layers, num_blocks)) blocks.push_back(tap.block);
  return blocks;
}

std::string message_of(const std::string& layers) {
  try {
    select(layers, 30);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::kCommandLine) << layers;
    return error.what();
  }
  return "no error";
}

TEST(LayerSelection, NineLayersAreTheNearestBlocksHalfUp) {
  EXPECT_THAT(blocks_of("9", 32), ElementsAre(3, 6, 10, 13, 16, 19, 22, 26, 29));
  EXPECT_THAT(blocks_of("9", 30), ElementsAre(3, 6, 9, 12, 15, 18, 21, 24, 27));
  for (int64_t num_blocks = 10; num_blocks <= 130; ++num_blocks) {
    std::vector<int64_t> expected;
    for (int64_t k = 1; k <= 9; ++k) expected.push_back((2 * k * num_blocks + 10) / 20);
    EXPECT_EQ(blocks_of("9", num_blocks), expected) << num_blocks;
  }
}

TEST(LayerSelection, ADepthThatFallsOnATakenBlockGivesNothingNew) {
  EXPECT_THAT(blocks_of("9", 6), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(blocks_of("9", 1), ElementsAre(1));
  EXPECT_THAT(blocks_of("9", 4), ElementsAre(1, 2, 3, 4));
  EXPECT_DOUBLE_EQ(select("9", 6)[0].depth_requested, 0.1);
  EXPECT_DOUBLE_EQ(select("9", 6)[1].depth_requested, 0.3);
}

TEST(LayerSelection, OtherCountsSpanTheSameDepths) {
  EXPECT_THAT(blocks_of("2", 30), ElementsAre(3, 27));
  EXPECT_THAT(blocks_of("5", 30), ElementsAre(3, 9, 15, 21, 27));
  EXPECT_THAT(blocks_of("1", 30), ElementsAre(15));
}

TEST(LayerSelection, TellsTheDepthAskedForAndTheDepthItIs) {
  const auto taps = select("9", 32);

  EXPECT_EQ(taps[2].name, "block 10");
  EXPECT_DOUBLE_EQ(taps[2].depth_requested, 0.3);
  EXPECT_DOUBLE_EQ(taps[2].depth, 0.3125);
}

TEST(LayerSelection, AListNamesBlocksTheEmbeddingAndTheFinalNorm) {
  const auto taps = select("last,0,6,final_norm,6", 30);

  ASSERT_EQ(taps.size(), 4U);
  EXPECT_EQ(taps[0].name, "embedding");
  EXPECT_EQ(taps[1].name, "block 6");
  EXPECT_EQ(taps[2].name, "block 30");
  EXPECT_EQ(taps[3].name, "final_norm");
  EXPECT_EQ(taps[3].block, 31);
  EXPECT_EQ(taps[0].depth, 0);
  EXPECT_EQ(taps[2].depth, 1);
  EXPECT_EQ(taps[3].depth, 1);
  EXPECT_TRUE(std::isnan(taps[1].depth_requested));
}

TEST(LayerSelection, ACommaMakesAListOfOne) { EXPECT_THAT(blocks_of("6,", 30), ElementsAre(6)); }

TEST(LayerSelection, AllIsEveryTap) {
  EXPECT_THAT(blocks_of("all", 3), ElementsAre(0, 1, 2, 3, 4));
}

TEST(LayerSelection, EntriesOfHiddenStatesGoThroughTheFamilysView) {
  EXPECT_THAT(blocks_of("hf:0,hf:29,hf:30", 30), ElementsAre(0, 29, 31));
  const std::vector<std::string> mamba = {"block 1", "final_norm"};
  EXPECT_EQ(select_layers("hf:0,", 2, mamba)[0].name, "block 1");
}

TEST(LayerSelection, SaysWhatIsWrongAndWhatThereIs) {
  EXPECT_EQ(message_of("0"),
            "--layers: 0 layers; 1 or more are wanted (a list of one ends in a comma: \"0,\")");
  EXPECT_EQ(message_of("3,31"),
            "--layers: \"31\"; embedding (0), a block from 1 to 30, last, final_norm or hf:0 to "
            "hf:30 is wanted");
  EXPECT_EQ(message_of("3,top"),
            "--layers: \"top\"; embedding (0), a block from 1 to 30, last, final_norm or hf:0 to "
            "hf:30 is wanted");
  EXPECT_EQ(message_of("-3,4"),
            "--layers: \"-3\"; embedding (0), a block from 1 to 30, last, final_norm or hf:0 to "
            "hf:30 is wanted");
  EXPECT_EQ(message_of("hf:31,"), "--layers: \"hf:31\"; the model has hidden_states hf:0 to hf:30");
  EXPECT_EQ(message_of(""),
            "--layers: nothing; a count, a list such as 0,6,last, or all is wanted");
}

TEST(LayerSelection, RefusesAViewThatNamesNoTap) {
  const std::vector<std::string> broken = {"conv_features"};

  EXPECT_THROW(select_layers("hf:0,", 2, broken), Error);
}

}  // namespace
}  // namespace lockstep
