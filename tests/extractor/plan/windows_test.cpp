#include "extractor/plan/windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "extractor/plan/contexts.h"
#include "models/tokenizers/unicode_age.h"
#include "stimuli/context_window.h"
#include "tests/extractor/plan/fake_tokenizers.h"
#include "tests/extractor/plan/plan_oracle.h"
#include "tests/extractor/plan/test_words.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

WindowOptions options_for(const std::string& contexts) {
  WindowOptions options;
  options.contexts = parse_contexts(contexts);
  return options;
}

Reading reading_of(const WindowPlan& plan, const PlannedCell& cell) {
  const auto& window = plan.windows[static_cast<std::size_t>(cell.window)];
  Reading reading;
  for (int64_t row = cell.rows_begin; row < cell.rows_end; ++row)
    reading.rows.push_back(plan.rows[static_cast<std::size_t>(row)]);
  EXPECT_LE(window.begin + reading.rows.back() + 1, window.end);
  for (int64_t token = 0; token <= reading.rows.back(); ++token) {
    reading.ids.push_back(plan.ids[static_cast<std::size_t>(window.begin + token)]);
  }
  return reading;
}

Readings readings_of(const WindowPlan& plan, const WindowOptions& options) {
  Readings readings;
  for (const auto& cell : plan.cells) {
    const std::pair key(context_key(options.contexts[static_cast<std::size_t>(cell.context)]),
                        plan.words[static_cast<std::size_t>(cell.word)]);
    EXPECT_FALSE(readings.contains(key))
        << "context " << key.first << " row " << key.second << " is served twice";
    readings[key] = cell.window < 0 ? std::nullopt : std::optional(reading_of(plan, cell));
  }
  return readings;
}

std::string error_of(const Words& words,
                     const FakeTokenizer& tokenizer,
                     const WindowOptions& options,
                     Blame blame) {
  try {
    plan_windows(words, tokenizer, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), blame);
    return error.what();
  }
  return "no error";
}

Words numbered_words(int count) {
  std::string all = "w0";
  for (int word = 1; word < count; ++word) all += text(" w{}", word);
  return words_of(all);
}

/// Cells whose windows are in one pass are on one side of each border, and no other pass is made.
TEST(Windows, ValuesOnTwoSidesOfALengthBorderShareNoPass) {
  const Words words = nasty_words();
  auto options = options_for("1,2,3,5,7,12,6t,11t,all");
  options.prefix = {1};
  options.length_borders = {5, 9};
  const auto tokenizer = ragged_tokens(7919);

  const auto plan = plan_windows(words, tokenizer, options);

  const auto side_of = [&](int64_t num_tokens) {
    return num_tokens <= 5 ? 0 : num_tokens <= 9 ? 1 : 2;
  };
  std::set<int64_t> sides;
  int64_t num_passes = 0;
  for (std::size_t start = 0; start + 1 < plan.start_offsets.size(); ++start) {
    std::map<int64_t, std::set<int64_t>> sides_of_pass;
    std::set<int64_t> sides_of_start;
    for (int64_t c = plan.start_offsets[start]; c < plan.start_offsets[start + 1]; ++c) {
      const PlannedCell& cell = plan.cells[static_cast<std::size_t>(c)];
      if (cell.window < 0) continue;
      const int64_t own = plan.rows[static_cast<std::size_t>(cell.rows_end - 1)] + 2;
      sides_of_pass[cell.window].insert(side_of(own));
      sides_of_pass[cell.window].insert(
          side_of(plan.num_tokens(plan.windows[static_cast<std::size_t>(cell.window)])));
      sides_of_start.insert(side_of(own));
    }
    for (const auto& [pass, found] : sides_of_pass) EXPECT_EQ(found.size(), 1u) << "pass " << pass;
    EXPECT_EQ(sides_of_pass.size(), sides_of_start.size()) << "start " << start;
    sides.insert(sides_of_start.begin(), sides_of_start.end());
    num_passes += static_cast<int64_t>(sides_of_pass.size());
  }
  EXPECT_EQ(sides.size(), 3u);
  EXPECT_EQ(num_passes, static_cast<int64_t>(plan.windows.size()));
  EXPECT_EQ(readings_of(plan, options), readings_by_definition(words, tokenizer, options));
}

TEST(Windows, EveryWantedValueIsServedOnceFromWhatTheDefinitionSays) {
  const Words words = nasty_words();
  for (uint32_t seed = 0; seed < 60; ++seed) {
    const auto tokenizer = ragged_tokens(seed * 7919);
    for (const auto choice : {WordChoice::kAll, WordChoice::kContent}) {
      auto options = options_for("1,2,3,7,12,1t,4t,9t,30t,all");
      options.words = choice;

      const auto plan = plan_windows(words, tokenizer, options);

      EXPECT_EQ(readings_of(plan, options), readings_by_definition(words, tokenizer, options))
          << "seed " << seed;
    }
  }
}

TEST(Windows, OnePassForEachValueReadsTheSame) {
  const Words words = nasty_words();
  const auto tokenizer = ragged_tokens(5);
  auto options = options_for("1,4,9,7t,all");
  options.sharing = PassSharing::kNone;

  const auto plan = plan_windows(words, tokenizer, options);

  EXPECT_EQ(readings_of(plan, options), readings_by_definition(words, tokenizer, options));
  EXPECT_EQ(static_cast<int64_t>(plan.windows.size()), plan.plain_windows);
  for (const auto& cell : plan.cells) {
    if (cell.window < 0) continue;
    const auto& window = plan.windows[static_cast<std::size_t>(cell.window)];
    EXPECT_EQ(window.end - window.begin,
              plan.rows[static_cast<std::size_t>(cell.rows_end) - 1] + 1);
  }
}

TEST(Windows, AStartIsReadOnceForAllItsContexts) {
  const int count = 60;
  const Words words = numbered_words(count);
  auto options = options_for("1,2,5,20");
  options.prefix = {3, 4};

  const auto plan = plan_windows(words, one_token_a_word(), options);

  int64_t tokens = 0;
  int64_t expected = 0;
  int64_t plain = 0;
  for (const auto& window : plan.windows) tokens += plan.num_tokens(window);
  for (int start = 0; start < count; ++start) {
    int64_t longest = 0;
    for (const int context : {1, 2, 5, 20}) {
      if (start + context > count) continue;
      longest = context;
      plain += context + 2;
    }
    expected += longest + 2;
  }
  EXPECT_EQ(static_cast<int>(plan.windows.size()), count);
  EXPECT_EQ(tokens, expected);
  EXPECT_EQ(plan.plain_tokens, plain);
}

TEST(Windows, AllOfAStoryIsOnePass) {
  const auto plan = plan_windows(numbered_words(40), one_token_a_word(), options_for("all"));

  ASSERT_EQ(plan.windows.size(), 1U);
  EXPECT_EQ(plan.num_tokens(plan.windows.front()), 40);
  EXPECT_EQ(plan.plain_windows, 40);
}

TEST(Windows, AWordLongerThanItsContextInTokensHasNoValue) {
  const FakeTokenizer letters([](std::u32string_view text) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size(); ++at) tokens.push_back(token_at(text, at, at + 1));
    return tokens;
  });

  const auto plan = plan_windows(words_of("abc de f"), letters, options_for("2t"));

  EXPECT_THAT(plan.tokens, ElementsAre(0, 2, 1));
  EXPECT_EQ(plan.audit.unavailable.at("2t"), 1);
}

TEST(Windows, AContextThatAWordDoesNotHaveIsLeftEmptyAndCounted) {
  const auto plan = plan_windows(numbered_words(5), one_token_a_word(), options_for("1,3"));

  EXPECT_THAT(plan.tokens, ElementsAre(1, 1, 1, 1, 1, 0, 0, 1, 1, 1));
  EXPECT_EQ(plan.audit.unavailable.at("3"), 2);
  EXPECT_EQ(plan.cells.size(), 10U);
}

TEST(Windows, StringWindowsAreTokenisedByThemselves) {
  const Words words = nasty_words();
  const auto tokenizer = ragged_tokens(11);
  auto options = options_for("1,3,6");
  options.text = WindowText::kString;

  const auto plan = plan_windows(words, tokenizer, options);

  const ContextWindows windows(words);
  int values = 0;
  for (const auto& cell : plan.cells) {
    const int64_t row = plan.words[static_cast<std::size_t>(cell.word)];
    const auto first =
        windows.first_word(row, options.contexts[static_cast<std::size_t>(cell.context)].words);
    if (cell.window < 0) continue;
    const auto begin = words.rows[static_cast<std::size_t>(*first)].span.begin;
    const auto target = words.rows[static_cast<std::size_t>(row)].span;
    const auto all =
        from_utf8(words.story(words.rows[static_cast<std::size_t>(row)].story).utf8, "test");
    const auto cut =
        all.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(target.end - begin));
    const auto expected = tokenizer.encode(to_utf8(cut));
    const auto& window = plan.windows[static_cast<std::size_t>(cell.window)];
    ASSERT_EQ(window.end - window.begin, static_cast<int64_t>(expected.size()));
    std::vector<int64_t> own;
    for (std::size_t token = 0; token < expected.size(); ++token) {
      EXPECT_EQ(plan.ids[static_cast<std::size_t>(window.begin) + token], expected[token].id);
      if (touches(expected[token], {target.begin - begin, target.end - begin}, cut))
        own.push_back(static_cast<int64_t>(token));
    }
    EXPECT_EQ(std::vector<int64_t>(plan.rows.begin() + cell.rows_begin,
                                   plan.rows.begin() + cell.rows_end),
              own);
    ++values;
  }
  EXPECT_GT(values, 50);
}

TEST(Windows, PoolingChoosesWhichTokensAreRead) {
  const Words words = words_of("abc de");
  const FakeTokenizer letters([](std::u32string_view text) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size(); ++at) tokens.push_back(token_at(text, at, at + 1));
    return tokens;
  });
  auto options = options_for("1");
  const auto rows_with = [&](Pooling pooling) {
    options.pooling = pooling;
    return plan_windows(words, letters, options).rows;
  };

  EXPECT_THAT(rows_with(Pooling::kMean), ElementsAre(0, 1, 2, 0, 1));
  EXPECT_THAT(rows_with(Pooling::kSum), ElementsAre(0, 1, 2, 0, 1));
  EXPECT_THAT(rows_with(Pooling::kFirst), ElementsAre(0, 0));
  EXPECT_THAT(rows_with(Pooling::kLast), ElementsAre(2, 1));
}

TEST(Windows, TheAuditListsWhatIsNotClean) {
  Words words = words_of("of the old man");
  WordRow unwritten;
  unwritten.story = "s";
  words.rows.push_back(unwritten);
  const FakeTokenizer tokenizer([](std::u32string_view text) {
    return std::vector<Token>{
        token_at(text, 0, 2), token_at(text, 2, 9), token_at(text, 9, 10), token_at(text, 10, 14)};
  });

  const auto plan = plan_windows(words, tokenizer, options_for("1,4"));

  EXPECT_EQ(plan.audit.rows, 5);
  EXPECT_EQ(plan.audit.rows_without_span, 1);
  EXPECT_THAT(plan.audit.without_tokens, ElementsAre(1));
  EXPECT_THAT(plan.audit.losing, ElementsAre(1));
  EXPECT_THAT(plan.audit.sharing, ElementsAre(2));
  EXPECT_THAT(plan.shared, ElementsAre(0, 0, 1, 0));
  EXPECT_EQ(plan.audit.values_by_tokens, (std::map<int64_t, int64_t>{{1, 3}, {2, 1}}));
  EXPECT_EQ(
      plan.audit.to_json().dump(),
      R"({"losing":[1],"rows":5,"rows_not_chosen":0,"rows_without_span":1,"sharing":[2],"unavailable":{"4":3},)"
      R"("unicode_tables":")" +
          unicode_tables() +
          R"(","unknown_characters":{},"values_by_tokens":{"1":3,"2":1},"with_unknown_characters":[],)"
          R"("without_tokens":[1]})");
  EXPECT_THAT(summary(plan.audit, words),
              ElementsAre("4 of 5 words; 1 not in the text; 1 without a token of their own (NaN); "
                          "1 share a token with the word before; "
                          "1 lose a token to a later word; 3 do not have a context of 4 (NaN)",
                          "tokens pooled: 3 of 1, 1 of 2",
                          "without a token of their own: 1 \"the\"",
                          "sharing a token with the word before: 2 \"old\"",
                          "losing a token to a later word: 1 \"the\""));
}

TEST(Windows, TheAuditCountsCharactersNewerThanTheTables) {
  std::string utf8 = "\xF0\x90\xB5\x90 - a\xF0\x90\xB5\x90z";  // U+10D50, of Unicode 16
  for (int i = 0; i < 9; ++i) utf8 += " b\xF0\x9D\xBC\xA5";    // U+1DF25, of Unicode 15
  Words words = words_of(utf8);
  words.rows.erase(words.rows.begin());  // in the text, in no word

  for (const WindowText kind : {WindowText::kSlice, WindowText::kString}) {
    auto options = options_for("1");
    options.text = kind;
    const auto plan = plan_windows(words, one_token_a_word(), options);

    const auto json = plan.audit.to_json();
    EXPECT_EQ(json["unknown_characters"], (nlohmann::json{{"U+10D50", 2}, {"U+1DF25", 9}}));
    EXPECT_EQ(json["with_unknown_characters"].size(), 10U);
    const auto lines = summary(plan.audit, words);
    EXPECT_EQ(lines.back(),
              "11 characters are newer than " + unicode_tables() +
                  ": U+10D50 x 2, U+1DF25 x 9; in 10 words: 0 \"a\xF0\x90\xB5\x90z\", "
                  "1 \"b\xF0\x9D\xBC\xA5\", 2 \"b\xF0\x9D\xBC\xA5\", "
                  "3 \"b\xF0\x9D\xBC\xA5\", 4 \"b\xF0\x9D\xBC\xA5\", "
                  "5 \"b\xF0\x9D\xBC\xA5\", 6 \"b\xF0\x9D\xBC\xA5\", "
                  "7 \"b\xF0\x9D\xBC\xA5\", ... (10 in all)");
  }
}

TEST(Windows, SayWhatCannotBePlanned) {
  const Words words = numbered_words(5);
  const auto tokenizer = one_token_a_word();
  auto options = options_for("1,4");
  options.prefix = {1};
  options.max_positions = 4;

  EXPECT_EQ(
      error_of(words, tokenizer, options, Blame::kCommandLine),
      "--context 4: rows 0 to 3 of story s have 5 tokens; the model reads 4 at most: contexts "
      "of up to 3 words have no more");
  options.contexts = parse_contexts("2,all");
  EXPECT_EQ(error_of(words, tokenizer, options, Blame::kCommandLine),
            "--context all: rows 0 to 3 of story s have 5 tokens; the model reads 4 at most: "
            "contexts of up to 3 words have no more");
  options.contexts = parse_contexts("4t");
  EXPECT_EQ(error_of(words, tokenizer, options, Blame::kCommandLine),
            "--context 4t: the model reads 4 tokens at most, 1 of them in front of the text; 3t or "
            "less is wanted");
  options.text = WindowText::kString;
  EXPECT_EQ(error_of(words, tokenizer, options, Blame::kCommandLine),
            "--context 4t: tokens are counted in the running text; --windows slice is wanted");
  options.contexts = parse_contexts("all");
  options.max_positions = 1;
  EXPECT_EQ(error_of(words, tokenizer, options, Blame::kCommandLine),
            "--context all: rows 0 to 0 of story s have 2 tokens; the model reads 1 at most");
  EXPECT_EQ(error_of(words, tokenizer, options_for("6"), Blame::kCommandLine),
            "--context 6: the longest story has 5 words in its text; a shorter context is wanted");
  EXPECT_EQ(error_of(words,
                     FakeTokenizer([](auto) { return std::vector<Token>(); }),
                     options_for("1"),
                     Blame::kData),
            "words: none of 5 words has a token of its own; a tokenizer that knows the text's "
            "characters is wanted");
  Words none = words_of("a");
  none.rows[0].has_span = false;
  EXPECT_EQ(error_of(none, tokenizer, options_for("1"), Blame::kData),
            "words: none of 1 rows to extract (1 not in the text, 0 not content words)");
}

}  // namespace
}  // namespace lockstep
