#include "extractor/plan/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/error.h"
#include "extractor/plan/contexts.h"
#include "tests/extractor/plan/fake_tokenizers.h"
#include "tests/extractor/plan/test_words.h"

namespace lockstep {
namespace {

WindowPlan plan_of(const Words& words,
                   const FakeTokenizer& tokenizer,
                   const std::string& contexts,
                   std::vector<int32_t> prefix = {}) {
  WindowOptions options;
  options.contexts = parse_contexts(contexts);
  options.prefix = std::move(prefix);
  return plan_windows(words, tokenizer, options);
}

Words long_words() {
  std::string all;
  for (int word = 0; word < 400; ++word)
    all += text("{}{}", word % 7 == 0 ? "the" : text("w{}", word % 41), word % 9 == 8 ? ". " : " ");
  return words_of(all);
}

TEST(Parts, HoldEveryValueOnceAndEveryWindowThatAValueNeeds) {
  const auto plan = plan_of(long_words(), ragged_tokens(3), "1,5,20");

  const auto parts = pack_parts(plan, {.batch_tokens = 100});

  std::set<std::pair<int64_t, int64_t>> served;
  int64_t next_cell = 0;
  for (const auto& part : parts) {
    EXPECT_EQ(part.cells_begin, next_cell);
    next_cell = part.cells_end;
    int64_t values = 0;
    for (const auto& run : part.runs) {
      EXPECT_EQ(run.first_value, values);
      values += run.count;
      for (int64_t word = run.first_word; word < run.first_word + run.count; ++word) {
        EXPECT_TRUE(served.insert({run.context, word}).second)
            << "context " << run.context << " word " << word;
      }
    }
    EXPECT_EQ(values, part.cells_end - part.cells_begin);
    for (int64_t i = 0; i < values; ++i) {
      const auto& cell = plan.cells[static_cast<std::size_t>(part.cells_begin + i)];
      const int32_t place = part.place[static_cast<std::size_t>(i)];
      EXPECT_EQ(place < 0, cell.window < 0);
      if (place < 0) continue;
      const auto& own = plan.windows[static_cast<std::size_t>(cell.window)];
      const auto& run =
          plan.windows[static_cast<std::size_t>(part.windows[static_cast<std::size_t>(place)])];
      EXPECT_TRUE(std::equal(plan.ids.begin() + own.begin,
                             plan.ids.begin() + own.end,
                             plan.ids.begin() + run.begin,
                             plan.ids.begin() + run.end));
    }
  }
  EXPECT_EQ(next_cell, static_cast<int64_t>(plan.cells.size()));
  EXPECT_EQ(served.size(), 3 * plan.words.size());
}

TEST(Parts, ValuesStandInTheOrderOfTheRuns) {
  const auto plan = plan_of(long_words(), one_token_a_word(), "1,5");

  for (const auto& part : pack_parts(plan, {.batch_tokens = 64})) {
    for (std::size_t i = 0; i < part.value.size(); ++i) {
      const auto& cell = plan.cells[static_cast<std::size_t>(part.cells_begin) + i];
      bool found = false;
      for (const auto& run : part.runs) {
        if (run.context != cell.context || cell.word < run.first_word ||
            cell.word >= run.first_word + run.count)
          continue;
        EXPECT_EQ(part.value[i], run.first_value + cell.word - run.first_word);
        found = true;
      }
      EXPECT_TRUE(found);
    }
  }
}

TEST(Parts, AreConsecutiveInTheFile) {
  const auto plan = plan_of(long_words(), one_token_a_word(), "1,5,20");

  for (const auto& part : pack_parts(plan, {.batch_tokens = 100})) {
    std::map<int64_t, int> runs_of_context;
    for (const auto& run : part.runs) ++runs_of_context[run.context];
    for (const auto& [context, runs] : runs_of_context) EXPECT_EQ(runs, 1) << "context " << context;
  }
}

TEST(Parts, DoNotRunFromOneContextIntoTheNext) {
  std::string all;
  for (int word = 0; word < 40; ++word) all += text("w{} ", word);
  const auto plan = plan_of(words_of(all), one_token_a_word(), "1,5");

  const auto parts = pack_parts(plan, {.batch_tokens = 20});

  // Four starts: words 4 to 7 at context 1, words 8 to 11 at context 5.
  EXPECT_EQ(parts[1].runs, (std::vector<WordRun>{{0, 4, 4, 0}, {1, 8, 4, 4}}));
}

TEST(Parts, FillTheBatchAndDoNotExceedIt) {
  const auto plan = plan_of(long_words(), ragged_tokens(9), "20", {1});

  const auto parts = pack_parts(plan, {.batch_tokens = 500});

  int64_t longest = 0;
  for (const auto& window : plan.windows) longest = std::max(longest, plan.num_tokens(window));
  for (std::size_t part = 0; part < parts.size(); ++part) {
    int64_t tokens = 0;
    for (const int64_t window : parts[part].windows)
      tokens += plan.num_tokens(plan.windows[static_cast<std::size_t>(window)]);
    EXPECT_EQ(parts[part].num_tokens, tokens);
    EXPECT_LE(tokens, 500);
    if (part + 1 < parts.size()) {
      EXPECT_GT(tokens, 500 - longest);
    }
  }
}

TEST(Parts, AWindowThatIsLongerThanABatchIsABatch) {
  const auto plan = plan_of(long_words(), one_token_a_word(), "20");

  const auto parts = pack_parts(plan, {.batch_tokens = 1, .max_values = 1});

  int64_t windows = 0;
  for (const auto& part : parts) {
    EXPECT_LE(part.windows.size(), 1U);
    EXPECT_EQ(part.value.size(), 1U);
    windows += static_cast<int64_t>(part.windows.size());
  }
  EXPECT_EQ(windows, static_cast<int64_t>(plan.windows.size()));
}

TEST(Parts, HoldNoMoreValuesThanAllowed) {
  const auto plan = plan_of(long_words(), one_token_a_word(), "1,300");

  for (const auto& part : pack_parts(plan, {.batch_tokens = 100000, .max_values = 50}))
    EXPECT_LE(part.value.size(), 50U);
}

TEST(Parts, ComputeEqualWindowsOnce) {
  const auto plan = plan_of(words_of("a a b a b a a b"),
                            FakeTokenizer([](std::u32string_view text) {
                              std::vector<Token> tokens;
                              for (std::size_t at = 0; at < text.size(); at += 2)
                                tokens.push_back(token_at(text, at, at + 1));
                              return tokens;
                            }),
                            "1");

  const auto parts = pack_parts(plan, {.batch_tokens = 2});

  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].windows.size(), 2U);
  EXPECT_EQ(parts[0].num_tokens, 2);
  EXPECT_EQ(parts[0].place, (std::vector<int32_t>{0, 0, 1, 0, 1, 0, 0, 1}));
}

TEST(Parts, RefuseNoRoom) {
  const auto plan = plan_of(words_of("a b"), one_token_a_word(), "1");

  EXPECT_THROW(pack_parts(plan, {.batch_tokens = 0}), Error);
  EXPECT_THROW(pack_parts(plan, {.max_values = 0}), Error);
}

}  // namespace
}  // namespace lockstep
