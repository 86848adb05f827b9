#include "aligner/events/recording_events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/support/invented_recording.h"
#include "tests/support/invented_session.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::invented_header;
using testing::invented_recording;
using testing::InventedRecording;
using testing::InventedSession;
using testing::message_of;
using testing::TemporaryFolder;
using testing::write_bytes;

constexpr double kLength_s = 450;

InventedSession session_of(unsigned seed = 1) {
  InventedSession session;
  session.seed = seed;
  session.make();
  return session;
}

/// Events of a table, in a recording of 450 s.
class Fixture {
 public:
  explicit Fixture(const std::string& table) {
    write_bytes(folder_ / "x_events.tsv", table);
    files.name = "x";
    files.events = folder_ / "x_events.tsv";
  }
  RecordingEvents read(const Words& words, const EventOptions& options = {}) const {
    return read_recording_events(files, invented_recording(kLength_s), words, options);
  }
  RecordingFiles files;

 private:
  TemporaryFolder folder_;
};

std::vector<WordEvent> words_in(const RecordingEvents& read) {
  std::vector<WordEvent> words;
  for (const WordEvent& event : read.events) {
    if (event.kind == EventKind::kWord) words.push_back(event);
  }
  return words;
}

bool has_note(const RecordingEvents& read, std::string_view part) {
  return std::any_of(read.notes.begin(), read.notes.end(), [&](const std::string& note) {
    return note.find(part) != std::string::npos;
  });
}

int64_t count_of(const RecordingEvents& read, EventKind kind) {
  return std::count_if(read.events.begin(), read.events.end(), [&](const WordEvent& event) {
    return event.kind == kind;
  });
}

TEST(RecordingEvents, ReadsASessionAsArmeniHasIt) {
  const InventedSession session = session_of();
  const Fixture fixture(InventedSession::table_of(session.event_rows()));

  const RecordingEvents read = fixture.read(session.words);

  EXPECT_EQ(read.dialect, "armeni");
  EXPECT_EQ(read.audit.word_events, 80);
  EXPECT_EQ(read.audit.matched, 80);
  EXPECT_EQ(read.audit.unmatched, 0);
  EXPECT_EQ(read.audit.words_unheard, 0);
  EXPECT_EQ(read.audit.dropped, 0);
  EXPECT_EQ(read.audit.outside, 0);
  EXPECT_EQ(read.audit.rows, static_cast<int64_t>(session.event_rows().size()));
  EXPECT_LT(read.audit.drift_ms, 1e-6);
  const std::vector<WordEvent> words = words_in(read);
  ASSERT_EQ(words.size(), 80u);
  for (std::size_t k = 0; k < words.size(); ++k) {
    EXPECT_EQ(words[k].word, static_cast<int64_t>(k));
    EXPECT_NEAR(words[k].onset_s, session.heard[k].onset_s, 1e-6);
    EXPECT_EQ(words[k].run, session.heard[k].run);
    EXPECT_EQ(words[k].repeat, 0);
    EXPECT_EQ(words[k].reason, EventReason::kValid);
    EXPECT_EQ(words[k].text, InventedSession::in_capitals(session.heard[k].word));
  }
  EXPECT_EQ(count_of(read, EventKind::kRepeat), 2);
  EXPECT_EQ(count_of(read, EventKind::kSound), 2);
  EXPECT_EQ(count_of(read, EventKind::kTrigger), 3);
  EXPECT_EQ(count_of(read, EventKind::kSilence), 2);
  EXPECT_EQ(count_of(read, EventKind::kPhoneme), 0);
  EXPECT_TRUE(has_note(read, "82 events of other kinds") || has_note(read, "80 events of other"));
  EXPECT_TRUE(has_note(read, "45 rows left out: trial"));
  for (std::size_t k = 1; k < read.events.size(); ++k) {
    EXPECT_LE(read.events[k - 1].onset_s, read.events[k].onset_s);
  }
}

TEST(RecordingEvents, KeepsTheKindsThatAreAskedFor) {
  const InventedSession session = session_of();
  const Fixture fixture(InventedSession::table_of(session.event_rows()));

  EXPECT_EQ(count_of(fixture.read(session.words, {.kinds = "all"}), EventKind::kPhoneme), 80);
  const RecordingEvents words = fixture.read(session.words, {.kinds = "word"});
  EXPECT_EQ(words.events.size(), 80u);
  EXPECT_TRUE(holds(
      message_of(Blame::kCommandLine, [&] { fixture.read(session.words, {.kinds = "word,verb"}); }),
      "--events-kinds: \"verb\"; all, word, phoneme"));
}

TEST(RecordingEvents, DoNotDependOnTheOrderOfRows) {
  const InventedSession session = session_of(4);
  std::vector<std::string> rows = session.event_rows();
  const RecordingEvents wanted = Fixture(InventedSession::table_of(rows)).read(session.words);
  std::mt19937 random(9);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(rows.begin(), rows.end(), random);

    const RecordingEvents read = Fixture(InventedSession::table_of(rows)).read(session.words);

    const auto words = words_in(read), wanted_words = words_in(wanted);
    ASSERT_EQ(words.size(), wanted_words.size());
    for (std::size_t k = 0; k < words.size(); ++k) {
      EXPECT_EQ(words[k].word, wanted_words[k].word);
      EXPECT_EQ(words[k].onset_s, wanted_words[k].onset_s);
    }
  }
}

TEST(RecordingEvents, MissJustTheWordThatIsMissing) {
  const InventedSession session = session_of(2);
  std::vector<std::string> rows = session.event_rows();
  std::size_t at = 0;
  for (int words = 0; words < 30; ++at) {
    const bool is_word = rows[at].find("word_onset") != std::string::npos;
    words += is_word && rows[at].find("\"sp\"") == std::string::npos ? 1 : 0;
  }
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(at - 1));

  const RecordingEvents read = Fixture(InventedSession::table_of(rows)).read(session.words);

  EXPECT_EQ(read.audit.matched, 79);
  EXPECT_EQ(read.audit.unmatched, 0);
  EXPECT_EQ(read.audit.words_unheard, 1);
  for (const WordEvent& event : words_in(read)) EXPECT_NE(event.word, 29);
  EXPECT_TRUE(has_note(read, "1 rows of words.tsv have no event in this recording"));
}

TEST(RecordingEvents, NumberRepeatsAndKeepSimultaneousWords) {
  const InventedSession session = session_of(6);
  std::string table = "onset,word,run\n";
  for (const int copy : {1, 2}) {
    for (const auto& one : session.heard) {
      // Two words at one time.
      const double onset_s = &one == &session.heard[4] ? session.heard[3].onset_s : one.onset_s;
      const double shift_s = copy == 1 ? 0 : 0.125;
      table += text("{},{},{}\n",
                    (onset_s + shift_s) / 3 + (copy - 1) * 225.0,
                    one.word,
                    one.run + 10 * (copy - 1));
    }
  }
  const Fixture fixture(table);

  const RecordingEvents read = fixture.read(session.words);

  EXPECT_EQ(read.audit.matched, 160);
  std::vector<int64_t> first, again;
  for (const WordEvent& event : words_in(read)) {
    (event.repeat == 0 ? first : again).push_back(event.word);
  }
  ASSERT_EQ(first.size(), 80u);
  for (std::size_t k = 0; k < 80; ++k) {
    EXPECT_EQ(first[k], static_cast<int64_t>(k));
    EXPECT_EQ(again[k], static_cast<int64_t>(k));
  }
  EXPECT_TRUE(has_note(read, "80 words are heard again in this recording"));
}

TEST(RecordingEvents, SayHowTheClocksDrift) {
  InventedSession session = session_of(8);
  for (auto& one : session.heard) {
    if (one.run == 2) one.onset_s += 0.01 * (one.onset_s - 230);
  }
  const RecordingEvents read =
      Fixture(InventedSession::table_of(session.event_rows())).read(session.words);

  EXPECT_EQ(read.audit.matched, 80);
  ASSERT_EQ(read.timing.size(), 2u);
  EXPECT_LT(read.timing[0].largest_ms, 1e-6);
  EXPECT_NEAR(read.timing[1].slope_ms_a_hour, 0.01 * 3600e3, 1);
  EXPECT_GT(read.audit.drift_ms, 50);
  EXPECT_EQ(read.audit.drift_ms, read.timing[1].largest_ms);
  EXPECT_TRUE(has_note(read, "run 2: onsets leave those of words.tsv by up to"));
}

TEST(RecordingEvents, FlagWhatLiesOutsideOrInABadStretch) {
  const InventedSession session = session_of();
  const Fixture fixture(InventedSession::table_of(session.event_rows()));
  RawHeader header = invented_header(240);
  header.bad_stretches = {{{36000, 38400}, "bad"}};             // 30 to 32 s
  header.segments = {{0, 42000}, {43200, header.num_samples}};  // a skip from 35 to 36 s
  int64_t in_bad = 0, outside = 0;
  for (const auto& one : session.heard) {
    const bool is_bad = one.onset_s < 32 || (one.onset_s >= 35 && one.onset_s < 36);
    in_bad += is_bad ? 1 : 0;
    outside += one.onset_s >= 240 ? 1 : 0;
  }
  ASSERT_GT(in_bad, 3);
  ASSERT_GT(outside, 3);

  const RecordingEvents read = read_recording_events(
      fixture.files, InventedRecording(header, {}), session.words, {.kinds = "word,trigger"});

  EXPECT_EQ(read.audit.in_bad_stretch, in_bad);
  EXPECT_EQ(read.audit.outside, outside);
  for (const WordEvent& event : words_in(read)) {
    const double s = event.onset_s;
    EXPECT_EQ(event.reason,
              s >= 240                        ? EventReason::kOutside
              : s < 32 || (s >= 35 && s < 36) ? EventReason::kBadSegment
                                              : EventReason::kValid)
        << s;
  }
}

TEST(RecordingEvents, CountWordsThatAreNotInTheStory) {
  const InventedSession session = session_of();
  std::vector<std::string> rows = session.event_rows();
  rows.push_back(InventedSession::row(33.3333, "0.1", "word_onset_01", "\"XYLOPHONE\""));

  const RecordingEvents read = Fixture(InventedSession::table_of(rows)).read(session.words);

  EXPECT_EQ(read.audit.matched, 80);
  EXPECT_EQ(read.audit.unmatched, 1);
  EXPECT_TRUE(has_note(read, "1 of 81 words are not in words.tsv: XYLOPHONE"));
}

TEST(RecordingEvents, ReadMarkersWhereThereIsNoTable) {
  const InventedSession session = session_of();
  RawHeader header = invented_header(kLength_s);
  for (const auto& one : session.heard) {
    header.markers.push_back({"{'kind': 'word', 'word': \"" + one.word + "\"}", one.onset_s, 0.25});
  }
  header.markers.push_back({"start, of \"it\"", 1.5, 0});

  const RecordingEvents read =
      read_recording_events({}, InventedRecording(header, {}), session.words, {});

  EXPECT_EQ(read.source, "markers of the recording");
  EXPECT_EQ(read.audit.matched, 80);
  EXPECT_EQ(words_in(read)[5].onset_s, session.heard[5].onset_s);
  EXPECT_EQ(words_in(read)[5].source_row, 5);
}

TEST(RecordingEvents, TakeMarkersOfNoKindForTriggers) {
  RawHeader header = invented_header(kLength_s);
  header.markers = {{"block 1, a \"b\"", 2.5, 0}, {"x", -1, 0.5}};

  const RecordingEvents read = read_recording_events({}, InventedRecording(header, {}), {}, {});

  ASSERT_EQ(read.events.size(), 2u);
  EXPECT_EQ(read.events[1].kind, EventKind::kTrigger);
  EXPECT_EQ(read.events[1].text, "block 1, a \"b\"");
  EXPECT_EQ(read.events[1].onset_s, 2.5);
  EXPECT_EQ(read.events[0].reason, EventReason::kOutside);
}

TEST(RecordingEvents, TakeTriggersWhereThereIsNothingElse) {
  std::vector<double> stimulus(12000, 0);
  for (std::size_t k = 1200; k < 1300; ++k) stimulus[k] = 10;
  for (std::size_t k = 1300; k < 1400; ++k) stimulus[k] = 15;
  for (std::size_t k = 2400; k < 2500; ++k) stimulus[k] = 10;
  const InventedRecording recording(invented_header(10), {{}, stimulus});

  const RecordingEvents read = read_recording_events({}, recording, {}, {});

  ASSERT_EQ(read.events.size(), 3u);
  EXPECT_EQ(read.events[0].text, "UPPT001 10");
  EXPECT_EQ(read.events[0].onset_s, 1);
  EXPECT_EQ(read.events[1].text, "UPPT001 15");
  EXPECT_EQ(read.events[1].onset_s, 1300.0 / 1200);
  EXPECT_EQ(read.events[2].onset_s, 2);
  EXPECT_TRUE(has_note(read, "triggers on UPPT001: no word events"));
}

Words story_of_run_25(double first_s) {
  Words words;
  for (int k = 0; k < 4; ++k) {
    WordRow row;
    row.story = "story_25";
    row.block = "1";
    row.word = "w" + std::to_string(k);
    row.onset_s = first_s + k;
    row.duration_s = 0.5;
    words.rows.push_back(row);
  }
  words.rows[2].onset_s = std::nan("");
  words.stories = {{"story_25", ""}};
  return words;
}

TEST(RecordingEvents, PutTheWordsOfSmn4langAfterBeg) {
  Fixture fixture("onset\tduration\ttrial_type\n6.75\t0\tBeg\n311.5\t0\tEnd\n");
  fixture.files.run = "25";

  const RecordingEvents plain = fixture.read(story_of_run_25(0.25), {.dataset = "smn4lang"});
  ASSERT_EQ(words_in(plain).size(), 3u);
  EXPECT_EQ(words_in(plain)[0].onset_s, 7);
  EXPECT_EQ(words_in(plain)[2].word, 3);
  EXPECT_EQ(words_in(plain)[2].run, 25);
  EXPECT_EQ(plain.audit.matched, 3);
  EXPECT_TRUE(has_note(plain, "run 25: 3 words of words.tsv from 6.75 s on; 1 have no onset"));

  const RecordingEvents shifted = fixture.read(story_of_run_25(10.9), {});
  EXPECT_NEAR(words_in(shifted)[0].onset_s, 7, 1e-12);
  EXPECT_TRUE(has_note(shifted, "less the scanner's 10.65 s"));
}

TEST(RecordingEvents, SayThatARunLacksItsTrigger) {
  Fixture fixture("onset\tduration\ttrial_type\n311.5\t0\tEnd\n");
  fixture.files.run = "25";

  const RecordingEvents read = fixture.read(story_of_run_25(0.25), {.dataset = "smn4lang"});

  EXPECT_EQ(read.audit.word_events, 0);
  EXPECT_TRUE(has_note(read, "no trigger Beg: without it no word has a time"));
}

TEST(RecordingEvents, PutWordsAfterTheStartsThatAreGiven) {
  const InventedSession session = session_of();
  const TemporaryFolder folder;
  write_bytes(folder / "starts.tsv", "run\tstart_s\n1\t5\n2\t200\n");
  Fixture fixture("onset\tduration\ttrial_type\n1\t0\tBeg\n");

  const RecordingEvents read =
      fixture.read(session.words, {.run_starts = (folder / "starts.tsv").string()});

  ASSERT_EQ(words_in(read).size(), 80u);
  EXPECT_EQ(words_in(read)[3].onset_s, 5 + session.heard[3].story_s);
  EXPECT_EQ(words_in(read)[43].onset_s, 200 + session.heard[43].story_s);
}

TEST(RecordingEvents, CompareWithWhatTheDatasetPublishes) {
  const InventedSession session = session_of();
  Fixture fixture(InventedSession::table_of(session.event_rows()));
  fixture.files.session = "ses-004";

  EXPECT_TRUE(
      has_note(fixture.read(session.words, {.dataset = "armeni2022"}),
               "2 runs of 80 words; armeni2022 publishes 8 runs of 9,701 words for session 4"));
}

TEST(RecordingEvents, DropWordsByKnownFaults) {
  const InventedSession session = session_of();
  Fixture fixture(InventedSession::table_of(session.event_rows()));
  fixture.files.known_faults = {"armeni2022-sub-003-ses-001-late-start"};
  EXPECT_EQ(fixture.read(session.words).audit.dropped, 0);

  // The first words before 2.5 s.
  std::vector<std::string> rows = session.event_rows();
  const Fixture early(InventedSession::table_of(rows));
  RecordingFiles files = early.files;
  files.known_faults = {"armeni2022-sub-003-ses-001-late-start"};
  const RecordingEvents read = read_recording_events(
      files, invented_recording(kLength_s), session.words, {.offset_s = -30.0});
  int64_t wanted = 0;
  for (const auto& one : session.heard) wanted += one.onset_s - 30 < 2.5 ? 1 : 0;
  EXPECT_GT(wanted, 2);
  EXPECT_EQ(read.audit.dropped, wanted);
  EXPECT_EQ(words_in(read)[0].reason, EventReason::kDropped);
  EXPECT_EQ(words_in(read)[static_cast<std::size_t>(wanted)].reason, EventReason::kValid);
  EXPECT_TRUE(has_note(read, "known fault armeni2022-sub-003-ses-001-late-start"));
}

TEST(RecordingEvents, DropTheScrambledWordsOfASession) {
  InventedSession session;
  session.num_runs = 5;
  session.words_a_run = 900;
  session.seed = 3;
  session.make();
  Fixture fixture(InventedSession::table_of(session.event_rows()));
  fixture.files.known_faults = {"armeni2022-sub-003-ses-008-scrambled"};

  const RecordingEvents read = fixture.read(session.words);

  EXPECT_EQ(read.audit.dropped, 329);
  for (const WordEvent& event : words_in(read)) {
    const bool is_scrambled = event.word >= 3841 && event.word < 4170;
    EXPECT_EQ(event.reason == EventReason::kDropped, is_scrambled) << event.word;
  }
}

}  // namespace
}  // namespace lockstep
