#include "stimuli/unit_alignment.h"

#include <gtest/gtest.h>

#include "base/random_stream.h"
#include "tests/oracles/least_alignment_cost.h"

namespace lockstep {
namespace {

using Keys = std::vector<std::u32string>;

std::vector<MatchUnit> units(const Keys& words) { return units_of_words(words); }

/// Words of three letters: too short to be taken for a spelling of each other, too alike in length
/// to be joined.
Keys random_words(RandomStream& random, std::size_t size, uint64_t num_words) {
  Keys words;
  for (std::size_t k = 0; k < size; ++k) {
    const auto letter = static_cast<char32_t>(U'b' + random.below(num_words));
    words.push_back({letter, U'z', letter});
  }
  return words;
}

/// A transcript of `words`: some left out, some added, some changed.
Keys noisy_copy(RandomStream& random, const Keys& words, double rate) {
  Keys copy;
  for (const auto& word : words) {
    const double draw = random.uniform();
    if (draw < rate) continue;
    if (draw < 2 * rate) copy.push_back(U"qqq");
    copy.push_back(draw > 1 - rate ? U"qxq" : word);
  }
  return copy;
}

::testing::AssertionResult ascend(const std::vector<UnitLink>& links,
                                  std::size_t num_written,
                                  std::size_t num_spoken) {
  std::size_t i = 0;
  std::size_t j = 0;
  for (const UnitLink& link : links) {
    if (link.written < i || link.spoken < j)
      return ::testing::AssertionFailure() << "links overlap at " << link.written;
    i = link.written + link.num_written;
    j = link.spoken + link.num_spoken;
  }
  if (i > num_written || j > num_spoken)
    return ::testing::AssertionFailure() << "links beyond the end";
  return ::testing::AssertionSuccess();
}

TEST(UnitAlignment, CostsAsLittleAsTryingEverything) {
  for (uint64_t trial = 0; trial < 200; ++trial) {
    RandomStream random(1, "unit alignment", trial);
    const Keys left = random_words(random, random.below(14), 4);
    const Keys right = random_words(random, random.below(14), 4);

    const auto links = align_units(units(left), units(right), {.anchor_run = 1000});

    EXPECT_TRUE(ascend(links, left.size(), right.size())) << "trial " << trial;
    EXPECT_NEAR(alignment_cost(units(left), units(right), links),
                least_alignment_cost(left, right, kUnlikeUnits, kSkipUnit, kOpenGap),
                1e-4)
        << "trial " << trial;
  }
}

TEST(UnitAlignment, WithAnchorsCostsNoMoreOnNoisyCopies) {
  for (uint64_t trial = 0; trial < 30; ++trial) {
    RandomStream random(2, "unit alignment", trial);
    const Keys left = random_words(random, 300, 20);
    const Keys right = noisy_copy(random, left, 0.02);

    const auto anchored = align_units(units(left), units(right));
    const auto whole = align_units(units(left), units(right), {.anchor_run = 1000});

    EXPECT_NEAR(alignment_cost(units(left), units(right), anchored),
                alignment_cost(units(left), units(right), whole),
                1e-3)
        << "trial " << trial;
  }
}

TEST(UnitAlignment, CutsWhatIsTooLargeAtShorterRuns) {
  RandomStream random(3, "unit alignment");
  const Keys left = random_words(random, 400, 15);
  const Keys right = noisy_copy(random, left, 0.2);

  const auto links = align_units(units(left), units(right), {.anchor_run = 8, .max_cells = 100});

  EXPECT_TRUE(ascend(links, left.size(), right.size()));
  EXPECT_GT(links.size(), left.size() / 2);
}

TEST(UnitAlignment, OfUnrelatedLongListsSkipsRatherThanRunsOutOfMemory) {
  Keys left(3000, U"aaa");
  Keys right(3000, U"bbb");

  EXPECT_TRUE(align_units(units(left), units(right)).empty());
}

TEST(UnitAlignment, OfNothing) {
  EXPECT_TRUE(align_units({}, units({U"one"})).empty());
  EXPECT_TRUE(align_units(units({U"one"}), {}).empty());
}

TEST(UnitAlignment, ALoneChanceMatchInAPassageOfOneSideIsNotMade) {
  const Keys text = {U"red", U"fox", U"ran", U"the", U"mad", U"cat", U"sat", U"big", U"dog"};
  const Keys spoken = {
      U"red", U"fox", U"ran", U"who", U"saw", U"him", U"the", U"oak", U"elm", U"big", U"dog"};

  const auto links = align_units(units(text), units(spoken));

  for (const UnitLink& link : links)
    EXPECT_FALSE(link.kind == LinkKind::kSame && link.written == 3);
}

TEST(UnitAlignment, EditDistance) {
  EXPECT_EQ(edit_distance(U"kitten", U"sitting"), 3u);
  EXPECT_EQ(edit_distance(U"", U"abc"), 3u);
  EXPECT_EQ(edit_distance(U"abc", U""), 3u);
  EXPECT_EQ(edit_distance(U"abc", U"abc"), 0u);
}

}  // namespace
}  // namespace lockstep
