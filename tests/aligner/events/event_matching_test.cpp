#include "aligner/events/event_matching.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/support/invented_session.h"

namespace lockstep {
namespace {

using testing::InventedSession;

InventedSession session_of(int num_runs, int words_a_run, unsigned seed = 1) {
  InventedSession session;
  session.num_runs = num_runs;
  session.words_a_run = words_a_run;
  session.seed = seed;
  session.make();
  return session;
}

std::vector<HeardText> heard_in(const InventedSession& session) {
  std::vector<HeardText> heard;
  for (const auto& one : session.heard) {
    heard.push_back({InventedSession::in_capitals(one.word), one.run, one.onset_s});
  }
  return heard;
}

std::vector<int64_t> counting(int64_t first, int64_t count) {
  std::vector<int64_t> numbers;
  for (int64_t k = 0; k < count; ++k) numbers.push_back(first + k);
  return numbers;
}

Words words_of(const std::vector<std::string>& texts) {
  Words words;
  for (const std::string& text : texts) {
    WordRow row;
    row.story = "tale";
    row.block = "1";
    row.word = text;
    row.onset_s = std::nan("");
    words.rows.push_back(row);
  }
  words.stories = {{"tale", ""}};
  return words;
}

std::vector<int64_t> rows_of(const std::vector<std::string>& heard, const Words& words) {
  std::vector<HeardText> events;
  for (const std::string& text : heard) {
    events.push_back({text, -1, static_cast<double>(events.size())});
  }
  return match_events(events, words).row;
}

TEST(MatchEvents, FindsEveryWord) {
  const InventedSession session = session_of(3, 200);

  const EventMatching matching = match_events(heard_in(session), session.words);

  EXPECT_EQ(matching.row, counting(0, 600));
  ASSERT_EQ(matching.stretches.size(), 3u);
  EXPECT_EQ(matching.stretches[1].story, "tale");
  EXPECT_EQ(matching.stretches[1].block, "2");
  EXPECT_EQ(matching.stretches[1].num_matched, 200);
}

TEST(MatchEvents, LeavesOutJustTheWordThatIsNotHeard) {
  const InventedSession session = session_of(1, 120, 7);
  const auto heard = heard_in(session);
  for (std::size_t missing = 0; missing < heard.size(); ++missing) {
    auto fewer = heard;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(missing));
    auto wanted = counting(0, 120);
    wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(missing));

    EXPECT_EQ(match_events(fewer, session.words).row, wanted) << "without " << missing;
  }
}

TEST(MatchEvents, LeavesAnAddedWordWithoutARow) {
  const InventedSession session = session_of(1, 120, 3);
  for (std::size_t at = 0; at <= 120; at += 5) {
    auto heard = heard_in(session);
    heard.insert(heard.begin() + static_cast<std::ptrdiff_t>(at),
                 {"UNHEARDOF", 1, at < 120 ? heard[at].onset_s - 0.05 : 1e4});
    auto wanted = counting(0, 120);
    wanted.insert(wanted.begin() + static_cast<std::ptrdiff_t>(at), -1);

    EXPECT_EQ(match_events(heard, session.words).row, wanted) << at;
  }
}

TEST(MatchEvents, TellsEqualNeighboursByTime) {
  Words words = words_of({"so", "it", "was", "no", "no", "no", "no", "he", "said", "then"});
  std::vector<HeardText> heard;
  for (std::size_t row = 0; row < words.rows.size(); ++row) {
    words.rows[row].onset_s = 0.5 * static_cast<double>(row);
    if (row == 4) continue;
    heard.push_back({words.rows[row].word, -1, 100 + 0.5 * static_cast<double>(row)});
  }

  const EventMatching matching = match_events(heard, words);

  EXPECT_EQ(matching.row, (std::vector<int64_t>{0, 1, 2, 3, 5, 6, 7, 8, 9}));
}

TEST(MatchEvents, KnowsSpellingsHyphensNumbersAndContractions) {
  const Words words = words_of({"the",
                                "Red-Headed",
                                "man",
                                "of",
                                "honour",
                                "cannot",
                                "say",
                                "1888",
                                "at",
                                "once",
                                "my",
                                "dear"});
  EXPECT_EQ(rows_of({"THE",
                     "RED",
                     "HEADED",
                     "MAN",
                     "OF",
                     "HONOR",
                     "CAN",
                     "NOT",
                     "SAY",
                     "EIGHTEEN",
                     "EIGHTY",
                     "EIGHT",
                     "AT",
                     "ONCE",
                     "MY",
                     "DEAR"},
                    words),
            (std::vector<int64_t>{0, 1, -1, 2, 3, 4, 5, -1, 6, 7, -1, -1, 8, 9, 10, 11}));
}

TEST(MatchEvents, FindsAPassageThatWasPlayedTwice) {
  const InventedSession session = session_of(1, 60, 5);
  auto heard = heard_in(session);
  const auto once = heard;
  for (HeardText again : once) {
    again.onset_s += 500;
    heard.push_back(again);
  }

  std::vector<int64_t> rows = match_events(heard, session.words).row;

  std::sort(rows.begin(), rows.end());
  std::vector<int64_t> wanted;
  for (int64_t row = 0; row < 60; ++row) wanted.insert(wanted.end(), 2, row);
  EXPECT_EQ(rows, wanted);
}

TEST(MatchEvents, ChoosesTheStoryThatWasHeard) {
  InventedSession first = session_of(2, 150, 11), second = session_of(2, 150, 12);
  Words words = first.words;
  for (WordRow row : second.words.rows) {
    row.story = "other";
    words.rows.push_back(row);
  }
  words.stories.push_back({"other", ""});

  EXPECT_EQ(match_events(heard_in(second), words).row, counting(300, 300));
  EXPECT_EQ(match_events(heard_in(first), words).row, counting(0, 300));
}

TEST(MatchEvents, FindsRunsThatNoBlockIsCalledAfter) {
  InventedSession session = session_of(2, 100, 2);
  for (WordRow& row : session.words.rows) row.block = "whole.wav";
  std::vector<HeardText> heard = heard_in(session);

  const EventMatching matching = match_events(heard, session.words);

  EXPECT_EQ(matching.row, counting(0, 200));
  EXPECT_EQ(matching.stretches[1].block, "");
}

TEST(MatchEvents, LeavesStrangeRunsAlone) {
  const InventedSession session = session_of(1, 50);
  std::vector<HeardText> heard;
  for (int k = 0; k < 30; ++k) heard.push_back({"WORD" + std::to_string(k), 4, 1.0 * k});

  const EventMatching matching = match_events(heard, session.words);

  EXPECT_EQ(matching.row, std::vector<int64_t>(30, -1));
  ASSERT_EQ(matching.stretches.size(), 1u);
  EXPECT_EQ(matching.stretches[0].story, "");
  EXPECT_EQ(matching.stretches[0].run, 4);
}

TEST(MatchEvents, HasNothingToFindInNothing) {
  const InventedSession session = session_of(1, 50);
  EXPECT_TRUE(match_events({}, session.words).row.empty());
  EXPECT_EQ(match_events(heard_in(session), Words()).row, std::vector<int64_t>(50, -1));
}

}  // namespace
}  // namespace lockstep
