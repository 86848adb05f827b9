#include "stimuli/longest_common_subsequence.h"

#include <gtest/gtest.h>

#include "base/random_stream.h"
#include "tests/oracles/longest_subsequence_length.h"

namespace lockstep {
namespace {

std::vector<int32_t> random_sequence(RandomStream& random, std::size_t size, uint64_t num_symbols) {
  std::vector<int32_t> sequence;
  for (std::size_t k = 0; k < size; ++k)
    sequence.push_back(static_cast<int32_t>(random.below(num_symbols)));
  return sequence;
}

::testing::AssertionResult is_common(const std::vector<MatchedPair>& pairs,
                                     const std::vector<int32_t>& left,
                                     const std::vector<int32_t>& right) {
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    if (left.at(pairs[k].left) != right.at(pairs[k].right))
      return ::testing::AssertionFailure() << "pair " << k << " differs";
    if (k > 0 && (pairs[k].left <= pairs[k - 1].left || pairs[k].right <= pairs[k - 1].right)) {
      return ::testing::AssertionFailure() << "pair " << k << " does not ascend";
    }
  }
  return ::testing::AssertionSuccess();
}

TEST(LongestCommonSubsequence, IsAsLongAsTheTextbookTableSays) {
  for (uint64_t trial = 0; trial < 300; ++trial) {
    RandomStream random(1, "common sequence", trial);
    const uint64_t num_symbols = 1 + random.below(30);
    const auto left = random_sequence(random, random.below(200), num_symbols);
    const auto right = random_sequence(random, random.below(200), num_symbols);

    const auto pairs = longest_common_subsequence(left, right);

    EXPECT_TRUE(is_common(pairs, left, right)) << "trial " << trial;
    EXPECT_EQ(pairs.size(), longest_subsequence_length(left, right)) << "trial " << trial;
  }
}

TEST(LongestCommonSubsequence, OfEqualSequencesIsTheWhole) {
  RandomStream random(2, "common sequence");
  const auto sequence = random_sequence(random, 130, 4);

  EXPECT_EQ(longest_common_subsequence(sequence, sequence).size(), 130u);
}

TEST(LongestCommonSubsequence, FindsTheLinesThatADifferenceLeaves) {
  RandomStream random(3, "common sequence");
  const auto left = random_sequence(random, 1000, 1000);
  auto right = left;
  right.erase(right.begin() + 500, right.begin() + 564);
  right.insert(right.begin() + 100, 2000);

  EXPECT_EQ(longest_common_subsequence(left, right).size(), 936u);
}

TEST(LongestCommonSubsequence, OfNothingIsNothing) {
  const std::vector<int32_t> none;
  const std::vector<int32_t> some = {1, 2};

  EXPECT_TRUE(longest_common_subsequence(none, none).empty());
  EXPECT_TRUE(longest_common_subsequence(some, none).empty());
  EXPECT_TRUE(longest_common_subsequence(none, some).empty());
}

}  // namespace
}  // namespace lockstep
