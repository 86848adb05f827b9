#include "aligner/events/event_description.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/invented_recording.h"
#include "tests/support/invented_session.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::invented_header;
using testing::invented_recording;
using testing::InventedSession;
using testing::TemporaryFolder;
using testing::write_bytes;

EventDescription describe(const std::string& table, const Words& words = {}) {
  const TemporaryFolder folder;
  write_bytes(folder / "x_events.tsv", table);
  RecordingFiles files;
  files.events = folder / "x_events.tsv";
  const RecordingEvents events =
      read_recording_events(files, invented_recording(450), words, {.kinds = "all"});
  return describe_events(events, invented_header(450), words);
}

TEST(DescribeEvents, CountsASessionAsArmeniHasIt) {
  InventedSession session;
  session.make();

  const EventDescription description =
      describe(InventedSession::table_of(session.event_rows()), session.words);

  EXPECT_EQ(description.count.at(EventKind::kWord), 80);
  EXPECT_EQ(description.count.at(EventKind::kPhoneme), 80);
  EXPECT_EQ(description.count.at(EventKind::kRepeat), 2);
  EXPECT_EQ(description.words_of_run, (std::map<int64_t, int64_t>{{1, 40}, {2, 40}}));
  // The trigger before the recording, and each of the triggers of the two runs behind the words.
  EXPECT_EQ(description.num_out_of_order, 1);
  EXPECT_EQ(description.num_before, 1);
  EXPECT_EQ(description.num_after, 0);
  ASSERT_EQ(description.delays.size(), 2u);
  EXPECT_EQ(description.delays[0].count, 2);
  EXPECT_NEAR(description.delays[0].least_ms, 63, 1e-6);
  EXPECT_NEAR(description.delays[0].median_ms, 69.5, 1e-6);
  EXPECT_NEAR(description.delays[0].most_ms, 76, 1e-6);
  EXPECT_EQ(description.delays[1].num_without, 2);
  EXPECT_EQ(description.timing.size(), 2u);
}

TEST(DescribeEvents, CountsWordsThatShareTheirSample) {
  // At 30 Hz samples lie at 1, 1.0333, 1.0667: halves go to the even one.
  const EventDescription description =
      describe("word,start\na,1\nb,1\nc,1.01\nd,1.02\ne,1.0333\nf,1.06\ng,1.05\n");
  EXPECT_EQ(description.num_same_onset, 1);
  EXPECT_EQ(description.num_same_sample, 4);
  EXPECT_EQ(description.num_out_of_order, 1);
}

TEST(DescribeEvents, IsSaidInWordsAndAsJson) {
  InventedSession session;
  session.make();
  const EventDescription description =
      describe(InventedSession::table_of(session.event_rows()), session.words);

  const std::string words = in_words(description);
  EXPECT_TRUE(holds(words, "x_events.tsv, dialect armeni"));
  EXPECT_TRUE(holds(words, "80 words, 80 phonemes, 2 pauses, 2 sounds, 3 triggers, 2 repeats"));
  EXPECT_TRUE(holds(words, "1: 40, 2: 40"));
  EXPECT_TRUE(holds(words, "2 sounds come 63 to 76 ms, median 69.5 after their trigger"));
  EXPECT_TRUE(holds(words, "2 repeats without a trigger of their number before them"));
  EXPECT_TRUE(holds(words, "80 of 80 words, 0 not in words.tsv; 0 rows without an event"));
  EXPECT_TRUE(holds(words, "run 1"));

  const nlohmann::ordered_json json = as_json(description);
  EXPECT_EQ(json.at("kinds").at("words"), 80);
  EXPECT_EQ(json.at("matched"), 80);
  EXPECT_EQ(json.at("sound_delays").at(0).at("of"), "sounds");
  EXPECT_EQ(json.at("runs").size(), 2u);

  const nlohmann::ordered_json unmatched = as_json(describe("word,start\na,1\n"));
  EXPECT_FALSE(unmatched.contains("matched"));
  EXPECT_EQ(unmatched.at("word_events"), 1);
}

TEST(DescribeEvents, HasNothingToSayOfNothing) {
  const std::string words = in_words(describe("word,start\n"));
  EXPECT_TRUE(holds(words, "kinds         none") || holds(words, "none"));
}

}  // namespace
}  // namespace lockstep
