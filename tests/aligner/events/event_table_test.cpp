// Tables of events as people write them, and as nobody should.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "aligner/events/event_dialects.h"
#include "aligner/events/event_rows.h"
#include "base/text.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;
using testing::write_bytes;

EventRows read(const std::string& table,
               const EventOptions& options = {},
               const char* name = "x_events.tsv") {
  const TemporaryFolder folder;
  write_bytes(folder / name, table);
  return read_event_table(folder / name, options, 1200);
}

std::string refusal(const std::string& table, const EventOptions& options = {}) {
  return message_of(Blame::kData, [&] { read(table, options); });
}

std::vector<EventRow> words_of(const EventRows& events) {
  std::vector<EventRow> words;
  for (const EventRow& row : events.rows) {
    if (row.kind == EventKind::kWord) words.push_back(row);
  }
  return words;
}

std::string texts_of(const EventRows& events) {
  std::vector<std::string> texts;
  for (const EventRow& row : words_of(events)) texts.push_back(row.text);
  return join(texts, " ");
}

bool has_note(const EventRows& events, std::string_view part) {
  for (const std::string& note : events.notes) {
    if (note.find(part) != std::string::npos) return true;
  }
  return false;
}

constexpr const char* kArmeni =
    "onset\tduration\tsample\ttype\tvalue\n"
    "37.7744540224628\tn/a\t45330.3448269553\twav_onset\t10\n"
    "37.7860923444582\t1.0775510204112\t45344.3108133499\tword_onset_01\t\"sp\"\n"
    "38.8636433648694\t0.129705215419999\t46637.3720378433\tword_onset_01\t\"THE\"\n"
    "38.8636433648694\t0.0598639455800003\t46637.3720378433\tphoneme_onset_01\t\"DH\"\n"
    "420.5\tn/a\t504601\twav_onset\t100\n"
    "0\t10\t1\ttrial\tn/a\n"
    "-2.5\tn/a\t-2999\tPicture\tn/a\n"
    "37.7\tn/a\t45241\tUPPT001\t10\n"
    "37.7\tn/a\t45241\tfrontpanel trigger\t10\n";

TEST(EventTable, ReadsArmeni) {
  const EventRows events = read(kArmeni);

  EXPECT_EQ(events.dialect, "armeni");
  EXPECT_EQ(events.num_rows, 9);
  ASSERT_EQ(events.rows.size(), 6u);
  EXPECT_EQ(events.rows[0].kind, EventKind::kSound);
  EXPECT_EQ(events.rows[0].run, 1);
  EXPECT_EQ(events.rows[0].text, "10");
  EXPECT_TRUE(std::isnan(events.rows[0].duration_s));
  EXPECT_EQ(events.rows[1].kind, EventKind::kSilence);
  EXPECT_EQ(events.rows[2].kind, EventKind::kWord);
  EXPECT_EQ(events.rows[2].text, "THE");
  EXPECT_EQ(events.rows[2].run, 1);
  EXPECT_EQ(events.rows[2].onset_s, 38.8636433648694);
  EXPECT_EQ(events.rows[2].duration_s, 0.129705215419999);
  EXPECT_EQ(events.rows[2].source_row, 2);
  EXPECT_EQ(events.rows[3].kind, EventKind::kPhoneme);
  EXPECT_EQ(events.rows[4].kind, EventKind::kRepeat);
  EXPECT_EQ(events.rows[5].kind, EventKind::kTrigger);
  EXPECT_EQ(events.rows[5].text, "UPPT001 10");
  EXPECT_EQ(
      events.left_out,
      (std::map<std::string, int64_t>{{"trial", 1}, {"Picture", 1}, {"frontpanel trigger", 1}}));
  EXPECT_TRUE(has_note(events, "1 rows left out: trial"));
}

TEST(EventTable, ReadsSamplesFromOneAsTheOnsetsBesideThem) {
  const EventOptions by_sample{.columns = "onset=sample", .time_unit = "samples1"};
  const EventRows events = read(kArmeni, by_sample);
  ASSERT_EQ(events.rows.size(), 6u);
  EXPECT_NEAR(events.rows[2].onset_s, 38.8636433648694, 1e-6);
  EXPECT_NEAR(events.rows[0].onset_s, 37.7744540224628, 1e-6);

  const EventRows from_zero = read("onset,word\n1200,a\n", {.time_unit = "samples0"}, "x.csv");
  EXPECT_EQ(from_zero.rows[0].onset_s, 1);
  const EventRows in_ms = read("onset,word,end\n1500,a,1750\n", {.time_unit = "ms"}, "x.csv");
  EXPECT_EQ(in_ms.rows[0].onset_s, 1.5);
  EXPECT_EQ(in_ms.rows[0].duration_s, 0.25);
}

constexpr const char* kMasc =
    "onset\tduration\ttrial_type\tvalue\tsample\n"
    "1.0\t0.5\t{'kind': 'sound', 'sound': 'a_0.wav', 'sound_id': 0.0}\t1\t1000\n"
    "1.5\t0.3\t{'kind': 'word', 'word': 'tara', 'condition': 'sentence', 'sound_id': "
    "0.0}\t1\t1500\n"
    "1.51\t0.1\t{'kind': 'phoneme', 'phoneme': 't_B', 'sound_id': 0.0}\t1\t1510\n"
    "2.0\t0.3\t\"{'kind': 'word', 'word': \"\"don't\"\", 'condition': 'word_list', 'sound_id': "
    "2.0}\"\t1\t2000\n"
    "2.5\t0.3\t{'kind': 'question'}\t1\t2500\n";

TEST(EventTable, ReadsDictionaries) {
  const EventRows events = read(kMasc);

  EXPECT_EQ(events.dialect, "meg-masc");
  EXPECT_EQ(texts_of(events), "tara don't");
  EXPECT_EQ(words_of(events)[0].onset_s, 1.5);
  EXPECT_EQ(words_of(events)[1].run, 2);
  EXPECT_EQ(events.rows[2].text, "t_B");
  EXPECT_EQ(events.left_out, (std::map<std::string, int64_t>{{"question", 1}}));
}

TEST(EventTable, TakesTheOnsetOfTheNextRowIfAsked) {
  const EventRows events = read(kMasc, {.dialect = "meg-masc-next-row"});

  EXPECT_EQ(words_of(events)[0].onset_s, 1.51);
  EXPECT_EQ(words_of(events)[1].onset_s, 2.0);
  EXPECT_TRUE(has_note(events, "1 words begin with the row after theirs"));
  EXPECT_TRUE(has_note(events, "1 words have no phoneme in the row after theirs"));
}

TEST(EventTable, FiltersByKeysOfTheDictionary) {
  EXPECT_EQ(texts_of(read(kMasc, {.where = "kind=word and condition=sentence"})), "tara");
  EXPECT_EQ(texts_of(read(kMasc, {.where = "kind=word and condition=word*|x"})), "don't");
}

TEST(EventTable, ReadsLibriBrain) {
  const EventRows events = read(
      "idx\tkind\tsegment\ttimemeg\tduration\n0\tsilence\t_\t0.5\t1\n1\tword\tcould\t1.5\t0.2\n"
      "2\tphoneme\tk_B\t1.5\t0.1\n");
  EXPECT_EQ(events.dialect, "libribrain");
  EXPECT_EQ(texts_of(events), "could");
  EXPECT_EQ(words_of(events)[0].onset_s, 1.5);
  const EventRows other =
      read("onset\tduration\ttype\tsegment\tposition\n1.5\t0.2\tword\this\t3\n");
  EXPECT_EQ(other.dialect, "libribrain");
  EXPECT_EQ(texts_of(other), "his");
}

TEST(EventTable, ReadsSmn4langWithItsByteOrderMark) {
  const EventRows events = read(
      "\xEF\xBB\xBFonset\tduration\ttrial_type\tvalue\tsample\n6.731\t0.0\tBeg\t1\t6731\n"
      "311.593\t0.0\tEnd\t2\t311593\n");
  EXPECT_EQ(events.dialect, "smn4lang");
  ASSERT_EQ(events.rows.size(), 2u);
  EXPECT_EQ(events.rows[0].kind, EventKind::kTrigger);
  EXPECT_EQ(events.rows[0].text, "Beg");
  EXPECT_TRUE(has_note(events, "a byte order mark"));
}

TEST(EventTable, ReadsPlainTranscripts) {
  const EventRows events =
      read("word,start,end\n\"Act,\",0.5,0.75\nsp,0.75,1\nNa,1,1.5\n,2,3\n", {}, "x.csv");
  EXPECT_EQ(events.dialect, "transcript");
  EXPECT_EQ(texts_of(events), "Act, Na");
  EXPECT_EQ(words_of(events)[0].duration_s, 0.25);
  EXPECT_EQ(events.words_dropped, 1);
  EXPECT_EQ(events.left_out, (std::map<std::string, int64_t>{{"word without text", 1}}));
}

TEST(EventTable, ReadsBids) {
  const EventRows events = read(
      "onset\tduration\ttrial_type\tstimulus\n1\t0.2\tWord\tbonjour\n2\t0\tBAD_ACQ_SKIP\tn/a\n"
      "3\tn/a\tword\tmonde\n");
  EXPECT_EQ(events.dialect, "bids");
  EXPECT_EQ(texts_of(events), "bonjour monde");
}

TEST(EventTable, TakesTheUsersOwnColumns) {
  const std::string table =
      "t\tlen\twhat\tsays\tpart\n1000\t200\tW\tone\ta\n2000\t200\tX\ttwo\tb\n"
      "3000\t200\tW\tthree\tb\n";
  const EventRows events = read(table,
                                {.columns = "onset=t, duration=len, kind=what, word=says, run=part",
                                 .where = "what=W",
                                 .time_unit = "ms"});
  EXPECT_EQ(texts_of(events), "one three");
  EXPECT_EQ(words_of(events)[0].duration_s, 0.2);
  EXPECT_EQ(words_of(events)[1].run, 2);
  EXPECT_TRUE(has_note(events, "2 runs have names"));
  EXPECT_EQ(texts_of(read(table, {.columns = "onset=t,word=says"})), "one two three");
}

TEST(EventTable, AddsOffsetsAndStartsOfRuns) {
  const TemporaryFolder folder;
  write_bytes(folder / "starts.tsv", "run\tstart_s\n1\t100\n");
  EventOptions options{.offset_s = 0.25, .run_starts = (folder / "starts.tsv").string()};
  EventRows events = read("onset,word,run\n1,a,1\n2,b,7\n", options, "x.csv");

  shift_events(events, options);

  EXPECT_EQ(events.rows[0].onset_s, 101.25);
  EXPECT_EQ(events.rows[1].onset_s, 2.25);
  EXPECT_TRUE(has_note(events, "1 events are of no run of starts.tsv"));
}

TEST(EventTable, RefusesBadStartsOfRuns) {
  const TemporaryFolder folder;
  const auto refused = [&](const char* table) {
    write_bytes(folder / "s.tsv", table);
    return message_of(Blame::kData, [&] { read_run_starts(folder / "s.tsv"); });
  };
  EXPECT_TRUE(holds(refused("run\tbegin\n"), "columns run, begin; run and start_s are wanted"));
  EXPECT_TRUE(
      holds(refused("run\tstart_s\nx\t1\n"), ":2: run: \"x\"; the number of a run is wanted"));
  EXPECT_TRUE(holds(refused("run\tstart_s\n1\tn/a\n"), "seconds of the recording are wanted"));
  EXPECT_TRUE(
      holds(refused("run\tstart_s\n1\t1\n1\t2\n"), ":3: run: \"1\"; each run once is wanted"));
}

// ---- hostile tables ---------------------------------------------------------------------------

TEST(HostileEvents, AreRefusedWithFileLineAndColumn) {
  const std::string head = "onset\tduration\ttype\tvalue\n";
  EXPECT_TRUE(holds(refusal(""), "x_events.tsv: empty; a header line is wanted"));
  EXPECT_TRUE(holds(refusal(head + "soon\t1\tword_onset_01\tA\n"),
                    "x_events.tsv:2: onset: \"soon\"; a finite number is wanted"));
  EXPECT_TRUE(holds(refusal(head + "inf\t1\tword_onset_01\tA\n"), "a finite number is wanted"));
  EXPECT_TRUE(holds(refusal(head + "1e999\t1\tword_onset_01\tA\n"), "a finite number is wanted"));
  EXPECT_TRUE(holds(refusal(head + "1\tlong\tword_onset_01\tA\n"),
                    ":2: duration: \"long\"; a finite number is wanted"));
  EXPECT_TRUE(holds(refusal(head + "1e12\t1\tword_onset_01\tA\n"),
                    "a time within 100,000,000 s of the recording is wanted"));
  EXPECT_TRUE(holds(refusal(head + "1\t1\tword_onset_01\tA\tb\tc\td\te\tf\tg\th\ti\n"),
                    "x_events.tsv:2: 12 cells; 4 are wanted, as in the header"));
  EXPECT_TRUE(holds(refusal("a\tb\n1\t2\n"), "columns a, b; those of armeni (columns onset"));
  EXPECT_TRUE(holds(refusal("onset\ttrial_type\n1\t{'kind': 'word'\n"),
                    ":2: trial_type: \"{'kind': 'word'\"; dictionary: character 16: a comma or }"));
  EXPECT_TRUE(
      holds(refusal(head, {.dialect = "meg-masc"}),
            "no column for the kind of event; \"trial_type\" is wanted for events of dialect "
            "meg-masc, there are onset, duration, type, value"));
  EXPECT_TRUE(holds(refusal("start\ttype\tvalue\n", {.dialect = "armeni"}),
                    "no column for the onsets; \"onset\" is wanted"));
  EXPECT_TRUE(holds(refusal("onset\ttype\n", {.dialect = "armeni"}),
                    "no column for the words; \"value\" is wanted"));
  EXPECT_TRUE(
      holds(refusal("t\n1\n", {.columns = "onset=t"}),
            "no column for the words; its name is wanted for events of dialect own columns"));
  EXPECT_TRUE(holds(refusal(head, {.columns = "onset=begin"}),
                    "no column \"begin\"; there are onset, duration, type, value"));
  EXPECT_TRUE(
      holds(refusal(head + "1\t1\tword_onset_01\tA\n", {.where = "kind=word"}),
            "no column \"kind\", which --events-where asks for; there are onset, duration"));
}

TEST(HostileEvents, OptionsAreRefusedToo) {
  const auto refused = [](const EventOptions& options) {
    return message_of(Blame::kCommandLine,
                      [&] { read("onset\tduration\ttype\tvalue\n", options); });
  };
  EXPECT_TRUE(holds(refused({.dialect = "latin"}),
                    "--events-dialect latin: not known; auto, armeni, meg-masc, meg-masc-next-row, "
                    "libribrain, smn4lang, transcript, bids are"));
  EXPECT_TRUE(holds(refused({.columns = "onset"}), "--events-columns: \"onset\"; NAME=VALUE"));
  EXPECT_TRUE(holds(refused({.columns = "when=onset"}),
                    "--events-columns: \"when\"; one of onset, duration, end, kind, word, run"));
  EXPECT_TRUE(holds(refused({.where = "=word"}), "--events-where: \"=word\"; NAME=VALUE"));
  EXPECT_TRUE(
      holds(refused({.time_unit = "min"}), "--events-unit min: not known; s, ms, samples0"));
}

TEST(HostileEvents, OrdinaryFaultsAreAcceptedAndCounted) {
  const EventRows events = read(
      "\xEF\xBB\xBFOnset\tduration\tsample\tType\tvalue\tvalue\r\n"
      "\r\n"
      "5\t-1\t1\tword_onset_01\t\"B\"\t\r\n"
      "n/a\tn/a\tn/a\tword_onset_01\t\"LOST\"\t\r\n"
      "NaN\t1\t1\tword_onset_01\t\"LOST\"\t\r\n"
      "Onset\tduration\tsample\tType\tvalue\tvalue\r\n"
      "-3.5\t0.1\t1\tword_onset_01\t\"A\"\r\n"
      "5\t0.1\t1\tword_onset_01\t\"B\"\t\t\t\r\n"
      "6\t0.1\t1\tword_onset_01\t\"CAF\xC9\"\t\r\n"
      "7\t0.1\t1\tword_onset_01\tn/a\t\r\n");

  EXPECT_EQ(texts_of(events), "B A B CAF\xEF\xBF\xBD");
  EXPECT_TRUE(std::isnan(words_of(events)[0].duration_s));
  EXPECT_EQ(words_of(events)[1].onset_s, -3.5);
  EXPECT_EQ(events.words_dropped, 3);
  for (const char* note : {"a byte order mark",
                           "lines end with carriage returns",
                           "column \"value\" is there more than once",
                           "1 rows have fewer cells than the header",
                           "1 rows have more cells than the header",
                           "1 rows repeat the header",
                           "1 empty lines left out",
                           "1 durations are below 0",
                           "1 texts are not UTF-8",
                           "2 rows left out: row without onset",
                           "1 rows left out: word without text"}) {
    EXPECT_TRUE(has_note(events, note)) << note << "\n" << join(events.notes, "\n");
  }
}

TEST(HostileEvents, GarbageIsReadOrRefused) {
  std::string bytes;
  uint64_t state = 1;
  for (int round = 0; round < 300; ++round) {
    bytes = round % 2 == 0 ? "onset\tduration\ttype\tvalue\n" : "onset\ttrial_type\n";
    for (int k = 0; k < 200; ++k) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      static constexpr std::string_view kBytes =
          "\t\t\t\n\n\r\"'{}:,0123.eE-+naword_onset_01\xFF\0x";
      bytes += kBytes[(state >> 33U) % kBytes.size()];
    }
    try {
      read(bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.blame(), Blame::kData) << error.what();
    }
  }
}

TEST(EventDialects, AreListedAndFound) {
  EXPECT_TRUE(holds(list_dialects(), "smn4lang: trial_type is Beg or End in every row"));
  for (const EventDialect& dialect : event_dialects()) {
    EXPECT_EQ(find_dialect(dialect.name).recognised, dialect.recognised);
    EXPECT_FALSE(dialect.source.empty()) << dialect.name;
  }
}

}  // namespace
}  // namespace lockstep
