// lockstep report as a user runs it, and its page as a reader opens it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/table_file.h"
#include "tests/support/messages.h"
#include "tests/support/run_program.h"
#include "tests/support/synthetic_scores.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::holds;
using testing::Outcome;
using testing::program;
using testing::read_bytes;
using testing::run_program;
using testing::SyntheticScores;
using testing::TemporaryFolder;
using testing::write_bytes;

std::string first_there(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (std::filesystem::exists(path)) return path;
  }
  return {};
}

// Vega as scripts/setup installs it, or as the caller says.
std::string vega() {
  const char* named = std::getenv("LOCKSTEP_VEGA");
  return first_there(
      {named != nullptr ? named : "", std::string(LOCKSTEP_SOURCE_DIR) + "/node_modules"});
}
std::string chromium() {
  return first_there({"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"});
}
std::string node() {
  return first_there({"/usr/bin/node", "/usr/local/bin/node", "/usr/bin/nodejs"});
}

// Scripts that need not run: what the page shows is not looked at.
std::string write_stand_ins(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const char* name : {"vega", "vega-lite", "vega-embed"}) {
    write_bytes(folder / (std::string(name) + ".min.js"), "var nothing;\n");
  }
  return folder.string();
}

SyntheticScores result() {
  SyntheticScores scores;
  scores.contexts = {{"1", 1}, {"10", 10}, {"50", 50}};
  scores.height = 0.035;
  scores.noise = 0.01;
  return scores;
}

SyntheticScores control(const std::string& null) {
  SyntheticScores scores{.null = null, .seed = 9};
  scores.contexts = {{"50", 50}};
  if (null == "noise") scores.height = 0;
  if (null == "common") scores.start_s = 1.0 / 3, scores.slope = 0;
  if (null == "reverse") scores.start_s = 0.55, scores.slope = -0.4;
  return scores;
}

TEST(ReportCommand, WritesThePageItsTablesAndPrintsWhatItFound) {
  TemporaryFolder folder;
  result().write(folder / "scores.h5");
  control("noise").write(folder / "noise.h5");
  const std::string out = (folder / "deep/out").string();

  const Outcome outcome = run_program({program("lockstep"),
                                       "report",
                                       (folder / "scores.h5").string(),
                                       (folder / "noise.h5").string(),
                                       "-o",
                                       out,
                                       "--draws",
                                       "100",
                                       "--peak-window",
                                       "-0.4:1.2",
                                       "--table",
                                       "--assets",
                                       write_stand_ins(folder / "scripts")});

  EXPECT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_TRUE(
      holds(outcome.output, "SmolLM2-135M, 50 words of context: deeper layers peak later, "));
  EXPECT_TRUE(holds(outcome.output, "planted, ms"));
  EXPECT_TRUE(holds(outcome.output, "control noise: "));
  EXPECT_TRUE(holds(outcome.messages, "written: " + out + "/report.html"));
  for (const char* file :
       {"report.html", "report.json", "layers.tsv", "temporal.tsv", "scores.tsv", "controls.tsv"}) {
    EXPECT_TRUE(std::filesystem::exists(out + "/" + file)) << file;
  }
  const json data = json::parse(read_bytes(out + "/report.json"));
  EXPECT_EQ(data["peak_window"], (json{-0.4, 1.2}));
  EXPECT_EQ(data["interval"]["draws"], 100);
}

struct Mistake {
  std::vector<std::string> arguments;
  int status;
  std::string message;
};
void PrintTo(const Mistake& mistake, std::ostream* out) {
  for (const std::string& argument : mistake.arguments) *out << argument << ' ';
}
class ReportMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(ReportMistakes, GetOneClearLine) {
  TemporaryFolder folder;
  SyntheticScores().write(folder / "scores.h5");
  write_bytes(folder / "text.h5", "no HDF5");
  std::vector<std::string> command = {program("lockstep"),
                                      "report",
                                      "-o",
                                      (folder / "out").string(),
                                      "--assets",
                                      write_stand_ins(folder / "scripts")};
  for (std::string argument : GetParam().arguments) {
    if (argument.ends_with(".h5")) argument = (folder / argument).string();
    command.push_back(argument);
  }

  const Outcome outcome = run_program(command);

  EXPECT_EQ(outcome.status, GetParam().status);
  EXPECT_TRUE(holds(outcome.messages, GetParam().message));
  EXPECT_EQ(std::count(outcome.messages.begin(), outcome.messages.end(), '\n'), 1)
      << outcome.messages;
  EXPECT_FALSE(std::filesystem::exists(folder / "out/report.html"));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    ReportMistakes,
    ::testing::Values(
        Mistake{{"scores.h5", "--peak-window", "1.5"},
                2,
                "--peak-window 1.5: no window; two times in seconds, -0.5:1.5"},
        Mistake{{"scores.h5", "--peak-window", "0:x"}, 2, "--peak-window 0:x: no window"},
        Mistake{{"scores.h5", "--peak-window", "1:0"},
                2,
                "peak window: 1:0; two times in seconds, the earlier first"},
        Mistake{{"scores.h5", "--threshold", "2"},
                2,
                "peak threshold: 2; a share of the maximum above 0, at most 1"},
        Mistake{{"scores.h5", "--draws", "7"}, 2, "draws: 7; 0 for no intervals, or 40 at least"},
        Mistake{{"none.h5"}, 3, "none.h5"},
        Mistake{{"text.h5"}, 3, "text.h5"},
        Mistake{{}, 2, "scores is required"}));

TEST(ReportCommand, NamesTheFolderWithoutScriptsAndWhatInstallsThem) {
  TemporaryFolder folder;
  SyntheticScores().write(folder / "scores.h5");

  const Outcome outcome = run_program({program("lockstep"),
                                       "report",
                                       (folder / "scores.h5").string(),
                                       "-o",
                                       (folder / "out").string()},
                                      {},
                                      {"LOCKSTEP_VEGA=" + folder.path().string()});

  EXPECT_EQ(outcome.status, 2);
  EXPECT_TRUE(holds(outcome.messages,
                    "report: no vega.min.js, vega-lite.min.js and vega-embed.min.js in " +
                        folder.path().string() + "; scripts/setup installs them"));
}

// ---- the page in Chromium
// ------------------------------------------------------------------------

std::string ascii(std::string text) {
  for (const auto& [from, to] : {std::pair{"\xc2\xa0", " "}, std::pair{"\xe2\x88\x92", "-"}}) {
    for (std::size_t at; (at = text.find(from)) != std::string::npos;)
      text.replace(at, std::string(from).size(), to);
  }
  return text;
}

struct Page : ::testing::Test {
  TemporaryFolder folder;
  std::string headline;
  json seen;

  void SetUp() override {
    if (vega().empty() || chromium().empty() || node().empty())
      GTEST_SKIP() << "needs vega, chromium and node: scripts/setup --tests";
  }

  void open(const std::vector<std::pair<std::string, SyntheticScores>>& files) {
    std::vector<std::string> command = {program("lockstep"), "report"};
    for (const auto& [name, scores] : files) {
      scores.write(folder / name);
      command.push_back((folder / name).string());
    }
    command.insert(command.end(),
                   {"-o", (folder / "out").string(), "--draws", "200", "--assets", vega()});
    const Outcome written = run_program(command);
    ASSERT_EQ(written.status, 0) << written.messages;
    headline = written.messages.substr(0, written.messages.find('\n'));

    const Outcome opened =
        run_program({node(),
                     std::string(LOCKSTEP_SOURCE_DIR) + "/tests/programs/open_page.mjs",
                     chromium(),
                     (folder / "out/report.html").string()});
    ASSERT_EQ(opened.status, 0) << opened.output << opened.messages;
    seen = json::parse(opened.output);
    EXPECT_EQ(seen["console"], json::array());
    EXPECT_EQ(seen["requests"], json::array());
    EXPECT_EQ(ascii(seen["headline"]), headline);
    for (const auto& [width, overflow] : seen["overflow"].items())
      EXPECT_EQ(overflow, 0) << width << " px wide";
    for (const json& figure : seen["figures"]) {
      EXPECT_EQ(figure[0], "img") << figure;
      EXPECT_GT(figure[1].get<std::string>().size(), 20U) << figure;
    }
  }
};

TEST_F(Page, ShowsTheResultAndFollowsTheKeyboard) {
  SyntheticScores shuffled = control("");
  shuffled.folds = "shuffled";
  open({{"scores.h5", result()},
        {"noise.h5", control("noise")},
        {"common.h5", control("common")},
        {"reverse.h5", control("reverse")},
        {"shuffled.h5", shuffled}});

  EXPECT_EQ(seen["sections"],
            (json{"result",
                  "conditions",
                  "scores",
                  "peaks",
                  "controls",
                  "trend",
                  "folds",
                  "numbers",
                  "methods",
                  "provenance"}));
  EXPECT_EQ(seen["figures"].size(), 16U);
  EXPECT_TRUE(holds(seen["afterArrow"]["headline"].get<std::string>(),
                    "10 words of context: deeper layers peak later"));
  EXPECT_TRUE(holds(seen["afterArrow"]["chosen"].get<std::string>(), "10 words of context, r "));
  EXPECT_EQ(seen["andBack"], seen["headline"]);
  EXPECT_EQ(seen["layerPressed"], "true");
  EXPECT_EQ(seen["timeRead"], "33 ms");
  EXPECT_EQ(seen["darkPaper"], "rgb(20, 23, 26)");
  const std::string text = ascii(seen["text"]);
  EXPECT_TRUE(holds(text, "p, words shifted against the MEG"));
  EXPECT_TRUE(holds(text, "one-sided, 100 draws"));
  EXPECT_TRUE(holds(text, "5 layers taken as independent"));
  EXPECT_TRUE(holds(text, "3 of 3"));
  EXPECT_TRUE(holds(
      text, "finds nothing in noise, no slope under one latency and a falling line in reverse"));
  EXPECT_TRUE(holds(text, "Intervals rest on 6 blocks of words"));
  for (const json& table : seen["tables"]) EXPECT_GT(table[1], 0) << table;
  EXPECT_EQ(text.find("undefined"), std::string::npos);
  EXPECT_EQ(text.find("NaN"), std::string::npos);
}

TEST_F(Page, SaysThatNothingWasFound) {
  SyntheticScores nothing = result();
  nothing.height = 0;
  nothing.noise = 0.002;
  nothing.simulated = false;
  open({{"scores.h5", nothing}});

  EXPECT_TRUE(holds(headline, "no layer rises above its null: no order can be claimed."));
  EXPECT_TRUE(holds(seen["text"].get<std::string>(), "3 of 3\nfind nothing"));
  EXPECT_EQ(
      seen["sections"],
      (json{
          "result", "conditions", "scores", "peaks", "trend", "numbers", "methods", "provenance"}));
}

TEST_F(Page, ShowsOneConditionOfOneSubjectWithoutIntervalsOrNull) {
  SyntheticScores one = control("");
  one.subjects = {"sub-01"};
  one.block_fold = {0};
  one.num_null_draws = 0;
  one.simulated = false;
  open({{"scores.h5", one}});

  EXPECT_TRUE(holds(headline, "ms per unit of depth (no interval), r = "));
  EXPECT_EQ(seen["sections"],
            (json{"result", "scores", "peaks", "numbers", "methods", "provenance"}));
  EXPECT_TRUE(
      holds(ascii(seen["text"]), "No intervals: no bootstrap: fewer than two blocks of words."));
}

}  // namespace
}  // namespace lockstep
