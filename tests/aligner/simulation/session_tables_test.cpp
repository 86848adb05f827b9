#include "aligner/simulation/session_tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/messages.h"
#include "tests/support/raw_simulation.h"

namespace lockstep {
namespace {

using testing::holds;

struct Row {
  double onset = 0;
  std::string duration;
  double sample = 0;
  std::string type, value;
};

class SessionTables : public testing::RawSimulations {
 protected:
  SessionTables() {
    options.pause_s = 12;
    const Simulation simulation = simulate();
    plan = plan_session(simulation.header().recordings[0], words, 1200, 0);
    recording.channels = {{.name = "UPPT001", .type = CtfSensorType::kTrigger},
                          {.name = "SCLK01-177", .type = CtfSensorType::kClock},
                          {.name = "BG1-2908", .type = CtfSensorType::kReferenceMagnetometer},
                          {.name = "G11-2908", .type = CtfSensorType::kReferenceGradiometer},
                          {.name = "MLC11-2908", .type = CtfSensorType::kMegGradiometer},
                          {.name = "MLC12-2908", .type = CtfSensorType::kMegGradiometer},
                          {.name = "UADC003-2901", .type = CtfSensorType::kAdc}};
    recording.bad_channels = {"MLC12"};
    table = events_table(plan, words, recording, 11);
    std::istringstream lines(table);
    std::string line;
    std::getline(lines, header);
    while (std::getline(lines, line)) {
      std::istringstream cells(line);
      Row row;
      std::string onset, sample;
      std::getline(cells, onset, '\t');
      std::getline(cells, row.duration, '\t');
      std::getline(cells, sample, '\t');
      std::getline(cells, row.type, '\t');
      std::getline(cells, row.value, '\t');
      row.onset = std::stod(onset);
      row.sample = std::stod(sample);
      rows.push_back(row);
    }
  }

  int64_t count(const std::string& type, const std::string& value = "") const {
    return std::count_if(rows.begin(), rows.end(), [&](const Row& row) {
      return row.type == type && (value.empty() || row.value == value);
    });
  }

  SessionPlan plan;
  CtfContents recording;
  std::string table, header;
  std::vector<Row> rows;
};

TEST_F(SessionTables, NameEveryWordWithTheRunAsSuffix) {
  EXPECT_EQ(header, "onset\tduration\tsample\ttype\tvalue");
  std::size_t word = 0;
  for (const Row& row : rows) {
    if (!row.type.starts_with("word_onset_") || row.value == "\"sp\"") continue;
    const WordEvent& event = plan.runs[word / 20].words[word % 20];
    EXPECT_EQ(row.onset, event.onset_s);
    EXPECT_EQ(row.type, text("word_onset_0{}", word / 20 + 1));
    EXPECT_EQ(row.value, text("\"W{}\"", words.rows[word].word.substr(1)));
    ++word;
  }
  EXPECT_EQ(word, 60u);
  EXPECT_GT(count("word_onset_01", "\"sp\""), 0);
}

TEST_F(SessionTables, CountSamplesFromOneWithFractions) {
  bool has_fraction = false;
  for (const Row& row : rows) {
    EXPECT_NEAR(row.sample, row.onset * 1200 + 1, 1e-6);
    has_fraction = has_fraction || row.sample != std::floor(row.sample);
  }
  EXPECT_TRUE(has_fraction);
}

TEST_F(SessionTables, AreNotInOrderAndBeginBeforeTheRecording) {
  EXPECT_FALSE(std::is_sorted(
      rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.onset < b.onset; }));
  EXPECT_EQ(std::count_if(rows.begin(), rows.end(), [](const Row& r) { return r.onset < 0; }), 2);
  EXPECT_EQ(count("trial"), 11);
  EXPECT_EQ(count("UPPT001"), static_cast<int64_t>(plan.triggers.size()));
  EXPECT_EQ(count("frontpanel trigger"), static_cast<int64_t>(plan.triggers.size()));
  EXPECT_EQ(count("wav_onset"), 9);
  EXPECT_EQ(count("wav_onset", "100"), 6);
}

TEST_F(SessionTables, CutWordsIntoPhonemesThatFillThem) {
  EXPECT_EQ(phonemes_of("the"), (std::vector<std::string>{"TH", "EH1"}));
  EXPECT_EQ(phonemes_of("Queen's"), (std::vector<std::string>{"K", "W", "IY1", "N", "S"}));
  EXPECT_EQ(phonemes_of("1888"), (std::vector<std::string>{"AH0"}));
  const auto first = std::find_if(
      rows.begin(), rows.end(), [](const Row& row) { return row.type == "phoneme_onset_01"; });
  ASSERT_NE(first, rows.end());
  EXPECT_EQ(first->onset, plan.runs[0].words[0].onset_s);
}

TEST_F(SessionTables, NameChannelsAsBidsDoes) {
  const std::string channels = channels_table(recording);

  EXPECT_TRUE(channels.starts_with("name\ttype\tunits\tstatus\nUPPT001\tTRIG\tn/a\tgood\n"));
  EXPECT_TRUE(holds(channels, "SCLK01-177\tSYSCLOCK\tn/a\tgood\n"));
  EXPECT_TRUE(holds(channels, "BG1-2908\tMEGREFMAG\tT\tgood\n"));
  EXPECT_TRUE(holds(channels, "G11-2908\tMEGREFGRADAXIAL\tT\tgood\n"));
  EXPECT_TRUE(holds(channels, "MLC11-2908\tMEGGRADAXIAL\tT\tgood\n"));
  EXPECT_TRUE(holds(channels, "MLC12-2908\tMEGGRADAXIAL\tT\tbad\n"));
  EXPECT_TRUE(holds(channels, "UADC003-2901\tADC\tV\tgood\n"));
  const auto sidecar = nlohmann::json::parse(meg_sidecar(recording, 11));
  EXPECT_EQ(sidecar["MEGChannelCount"], 2);
  EXPECT_EQ(sidecar["MEGREFChannelCount"], 2);
  EXPECT_EQ(sidecar["RecordingDuration"], 110.0);
  EXPECT_EQ(sidecar["SamplingFrequency"], 1200.0);
}

}  // namespace
}  // namespace lockstep
