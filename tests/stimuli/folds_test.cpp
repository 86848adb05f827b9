#include "stimuli/folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;

/// Stories with blocks of the given numbers of words.
Words words_of(const std::vector<std::vector<int>>& stories) {
  Words words;
  for (std::size_t story = 0; story < stories.size(); ++story) {
    for (std::size_t block = 0; block < stories[story].size(); ++block) {
      for (int k = 0; k < stories[story][block]; ++k) {
        WordRow row;
        row.story = "s" + std::to_string(story);
        row.block = std::to_string(block + 1);
        row.word = "w";
        words.rows.push_back(row);
      }
    }
  }
  words.sha256 = "of these words";
  return words;
}

/// Words of each fold.
std::vector<int64_t> sizes(const FoldPlan& plan) {
  std::vector<int64_t> all(static_cast<std::size_t>(plan.num_folds), 0);
  for (const int64_t fold : plan.fold) {
    if (fold >= 0) ++all[static_cast<std::size_t>(fold)];
  }
  return all;
}

::testing::AssertionResult is_sound(const FoldPlan& plan, const Words& words) {
  if (plan.fold.size() != words.rows.size() || plan.block.size() != words.rows.size())
    return ::testing::AssertionFailure() << "size";
  std::map<int64_t, int64_t> fold_of_block;
  for (std::size_t word = 0; word < plan.fold.size(); ++word) {
    const auto [at, is_new] = fold_of_block.emplace(plan.block[word], plan.fold[word]);
    if (at->second != plan.fold[word])
      return ::testing::AssertionFailure() << "block " << plan.block[word] << " in two folds";
  }
  for (const int64_t size : sizes(plan)) {
    if (size == 0) return ::testing::AssertionFailure() << "an empty fold";
  }
  if (plan.num_blocks != static_cast<int64_t>(fold_of_block.size()))
    return ::testing::AssertionFailure() << "blocks";
  return ::testing::AssertionSuccess();
}

TEST(Folds, OfStoriesAreWholeConsecutiveStories) {
  const Words words = words_of({{3, 2}, {5}, {4}, {5}, {1}, {5}});

  const FoldPlan plan = make_folds(words, {.scheme = "story", .k = 5});

  EXPECT_TRUE(is_sound(plan, words));
  EXPECT_EQ(plan.scheme, "story");
  EXPECT_EQ(plan.num_blocks, 6);
  EXPECT_EQ(sizes(plan), (std::vector<int64_t>{5, 5, 4, 5, 6}));
  EXPECT_TRUE(std::is_sorted(plan.fold.begin(), plan.fold.end()));
}

TEST(Folds, AreAsEvenAsWholeUnitsAllow) {
  const Words words = words_of({{9}, {1}, {1}, {1}, {9}});

  EXPECT_EQ(sizes(make_folds(words, {.scheme = "story", .k = 3})), (std::vector<int64_t>{9, 3, 9}));
  EXPECT_EQ(sizes(make_folds(words, {.scheme = "story", .k = 2})), (std::vector<int64_t>{10, 11}));
}

TEST(Folds, FallBackFromStoriesToBlocksAndSaySo) {
  const Words words = words_of({{4, 4, 4}, {4, 4, 4}});
  ::testing::internal::CaptureStderr();

  const FoldPlan plan = make_folds(words, {.scheme = "story", .k = 5});

  EXPECT_TRUE(holds(::testing::internal::GetCapturedStderr(),
                    "too few stories (2) for 5 folds: whole blocks are held out"));
  EXPECT_EQ(plan.scheme, "block");
  EXPECT_EQ(plan.num_blocks, 6);
  EXPECT_EQ(plan.num_folds, 5);
  EXPECT_TRUE(is_sound(plan, words));
  EXPECT_EQ(plan.provenance.options["asked"], "story");
  EXPECT_TRUE(holds(plan.provenance.options["fallback"].get<std::string>(), "too few stories (2)"));
}

TEST(Folds, FallBackToContiguousStretchesAndSaySo) {
  const Words words = words_of({{12}});
  ::testing::internal::CaptureStderr();

  const FoldPlan plan = make_folds(words, {.scheme = "story", .k = 5});

  EXPECT_TRUE(holds(::testing::internal::GetCapturedStderr(),
                    "too few blocks (1) for 5 folds: contiguous stretches"));
  EXPECT_EQ(plan.scheme, "contiguous");
  EXPECT_EQ(sizes(plan), (std::vector<int64_t>{3, 2, 3, 2, 2}));
  EXPECT_TRUE(std::is_sorted(plan.fold.begin(), plan.fold.end()));
}

TEST(Folds, BlocksOfEqualNameInTwoStoriesAreTwo) {
  const Words words = words_of({{2, 2}, {2, 2}});

  const FoldPlan plan = make_folds(words, {.scheme = "block", .k = 4});

  EXPECT_EQ(plan.scheme, "block");
  EXPECT_EQ(plan.num_blocks, 4);
}

TEST(Folds, ShuffledOnesHaveEqualSizesAndDependOnTheSeed) {
  const Words words = words_of({{503}});

  const FoldPlan plan = make_folds(words, {.scheme = "shuffled", .k = 5, .seed = 1});

  EXPECT_TRUE(is_sound(plan, words));
  EXPECT_EQ(sizes(plan), (std::vector<int64_t>{101, 101, 101, 100, 100}));
  EXPECT_EQ(plan.block, plan.fold);
  EXPECT_EQ(plan.fold, make_folds(words, {.scheme = "shuffled", .k = 5, .seed = 1}).fold);
  EXPECT_NE(plan.fold, make_folds(words, {.scheme = "shuffled", .k = 5, .seed = 2}).fold);
  int64_t num_neighbours = 0;
  for (std::size_t word = 1; word < plan.fold.size(); ++word)
    num_neighbours += plan.fold[word] == plan.fold[word - 1] ? 1 : 0;
  EXPECT_LT(num_neighbours, 150) << "of about 100 by chance";
  EXPECT_GT(num_neighbours, 60);
}

TEST(Folds, DoNotDependOnWhatIsKnownOfTheWords) {
  Words words = words_of({{30, 30, 30}});
  const auto before = make_folds(words, {.scheme = "block", .k = 3}).fold;
  for (std::size_t row = 0; row < words.rows.size(); row += 3) words.rows[row].has_span = true;
  for (std::size_t row = 0; row < words.rows.size(); row += 2) words.rows[row].content = true;

  EXPECT_EQ(make_folds(words, {.scheme = "block", .k = 3}).fold, before);
}

TEST(Folds, RefuseWhatCannotBe) {
  const Words words = words_of({{3}});

  EXPECT_EQ(message_of(Blame::kCommandLine, [&] { make_folds(words, {.scheme = "random"}); }),
            "folds: scheme \"random\"; one of story, block, contiguous, shuffled, file is wanted");
  EXPECT_EQ(message_of(Blame::kCommandLine, [&] { make_folds(words, {.k = 1}); }),
            "folds: 1 folds; 2 or more are wanted");
  EXPECT_EQ(message_of(Blame::kCommandLine, [&] { make_folds(words, {.k = 4}); }),
            "folds: 4 folds of 3 words; no more folds than words are wanted");
  EXPECT_EQ(message_of(Blame::kData, [&] { make_folds(Words{}, {}); }),
            "folds: there are no words");
}

TEST(Folds, FromATableByStoryAndBlock) {
  const TemporaryFolder folder;
  const Words words = words_of({{2, 2}, {3}});
  testing::write_bytes(folder / "t.tsv", "story\tblock\tfold\ns0\t1\t7\ns1\t1\t3\n");

  const FoldPlan plan = make_folds(words, {.scheme = "file", .table = folder / "t.tsv"});

  EXPECT_EQ(plan.scheme, "file");
  EXPECT_EQ(plan.fold, (std::vector<int64_t>{1, 1, -1, -1, 0, 0, 0}));
  EXPECT_EQ(plan.block, (std::vector<int64_t>{0, 0, 1, 1, 2, 2, 2}));
}

TEST(Folds, FromATableByWord) {
  const TemporaryFolder folder;
  const Words words = words_of({{4}});
  testing::write_bytes(folder / "t.tsv", "fold\tword\n1\t3\n0\t0\n1\t1\n-1\t2\n");

  const FoldPlan plan = make_folds(words, {.scheme = "file", .table = folder / "t.tsv"});

  EXPECT_EQ(plan.fold, (std::vector<int64_t>{0, 1, -1, 1}));
  EXPECT_EQ(plan.block, (std::vector<int64_t>{0, 1, 2, 1}));
}

TEST(Folds, RefuseBrokenTables) {
  const TemporaryFolder folder;
  const Words words = words_of({{2}, {2}});
  const auto path = folder / "t.tsv";
  const auto refusal = [&](const char* bytes) {
    testing::write_bytes(path, bytes);
    const auto message =
        message_of(Blame::kData, [&] { make_folds(words, {.scheme = "file", .table = path}); });
    return message.substr(std::min(message.size(), path.string().size()));
  };

  EXPECT_EQ(refusal("word\tfold\n4\t0\n"), ":2: word: \"4\"; a row of the 4 words is wanted");
  EXPECT_EQ(refusal("word\tfold\n1\t0\n1\t1\n"), ":3: word: \"1\"; each word once is wanted");
  EXPECT_EQ(refusal("word\tfold\n1\t-2\n"),
            ":2: fold: \"-2\"; a fold from 0, or -1 for never tested, is wanted");
  EXPECT_EQ(refusal("word\tfold\n1\t0\n"), ": 1 folds; 2 or more are wanted");
  EXPECT_EQ(refusal("story\tfold\ns9\t0\n"), ":2: story: \"s9\"; a story of the words is wanted");
  EXPECT_EQ(refusal("story\tblock\tfold\ns0\t9\t0\n"),
            ":2: block: \"9\"; a block of that story is wanted");
  EXPECT_EQ(refusal("story\tfold\ns0\t0\ns0\t1\n"), ":3: story: \"s0\"; each one once is wanted");
  EXPECT_TRUE(holds(refusal("word\tfold2\n1\t0\n"), "no column \"fold\""));
}

TEST(FoldsFor, TakesASchemeWithANumber) {
  const Words words = words_of({{10, 10, 10, 10}});

  EXPECT_EQ(folds_for(words, "block:4").num_folds, 4);
  EXPECT_EQ(folds_for(words, "contiguous").num_folds, 5);
  EXPECT_EQ(message_of(Blame::kCommandLine, [&] { folds_for(words, "block:x"); }),
            "folds: \"block:x\"; a number of folds is wanted behind the colon");
  EXPECT_EQ(message_of(Blame::kCommandLine, [&] { folds_for(words, "blocks"); }),
            "folds: \"blocks\" is neither a file nor one of story, block, contiguous, shuffled");
}

TEST(FoldsFor, TakesAFileOfTheseWordsOnly) {
  const TemporaryFolder folder;
  Words words = words_of({{10, 10}});
  const auto path = folder / "folds.tsv";
  write_folds(make_folds(words, {.scheme = "block", .k = 2}), path);

  EXPECT_EQ(folds_for(words, path.string()).fold,
            make_folds(words, {.scheme = "block", .k = 2}).fold);

  words.sha256 = "of others";
  EXPECT_EQ(message_of(Blame::kData, [&] { folds_for(words, path.string()); }),
            path.string() +
                ": a plan of 20 other words (SHA-256 of these words); one of these 20 words (of "
                "others) is wanted: make it "
                "with lockstep folds");
}

}  // namespace
}  // namespace lockstep
