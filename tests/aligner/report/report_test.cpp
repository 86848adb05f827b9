#include "aligner/report/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "aligner/report/page.h"
#include "base/table_file.h"
#include "tests/support/messages.h"
#include "tests/support/synthetic_scores.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::SyntheticScores;
using testing::TemporaryFolder;
using testing::write_bytes;

// Stand-ins for the page's scripts: these tests do not run the page.
void write_scripts(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const char* name : {"vega", "vega-lite", "vega-embed"}) {
    write_bytes(folder / (std::string(name) + ".min.js"),
                std::string("var script = '") + name + " </script>';\n//# sourceMappingURL=x.map");
  }
}

struct Report {
  TemporaryFolder folder;
  ReportOptions options;

  Report() {
    write_scripts(folder / "scripts");
    options.output = folder / "out";
    options.assets = folder / "scripts";
    options.analysis.num_draws = 200;
  }
  void add(const std::string& file, const SyntheticScores& scores) {
    scores.write(folder / file);
    options.scores.push_back(folder / file);
  }
  ReportSummary write() const { return write_report(options); }
  json data() const { return json::parse(read_bytes(folder / "out/report.json")); }
  TableFile table(const std::string& name) const {
    return TableFile::read(folder / ("out/" + name));
  }
};

json result_of(const json& data, const json& context, const json& control = nullptr) {
  for (const json& result : data["results"]) {
    if (result["context"] == context && result["control"] == control) return result;
  }
  throw std::runtime_error("no such result");
}

json average_of(const json& result) {
  EXPECT_EQ(result["temporal"][0]["subject"], "average");
  return result["temporal"][0];
}

SyntheticScores control(const std::string& null) {
  SyntheticScores scores{.null = null, .seed = 7};
  if (null == "reverse") scores.start_s = 0.55, scores.slope = -0.4;
  if (null == "common") scores.start_s = 1.0 / 3, scores.slope = 0;
  if (null == "noise") scores.height = 0, scores.noise = 0.004;
  return scores;
}

TEST(Report, FindsPlantedLatenciesAndSaysSo) {
  Report report;
  report.add("scores.h5", {});

  const ReportSummary summary = report.write();

  const json data = report.data();
  const json score = average_of(result_of(data, 50));
  EXPECT_NEAR(score["slope"], 0.4, 0.08);
  EXPECT_GT(score["r"], 0.95);
  EXPECT_GT(score["slope_lo"], 0);
  EXPECT_LT(score["p_shift"], 0.05);
  EXPECT_TRUE(
      holds(summary.headline, "SmolLM2-135M, 50 words of context: deeper layers peak later, "));
  EXPECT_TRUE(holds(summary.headline, "; planted: 400."));
  const json result = result_of(data, 50);
  for (const json& peak : result["peaks"]) {
    EXPECT_NEAR(peak["t_max"], peak["planted"], 2.0 / 30) << peak;
    EXPECT_EQ(peak["above_null"], true) << peak;
  }
  EXPECT_EQ(data["shown"], (json{{"model", "SmolLM2-135M"}, {"context", 50}}));
}

TEST(Report, TellsControlsFromTheResult) {
  Report report;
  report.add("reverse.h5", control("reverse"));
  report.add("scores.h5", {});
  report.add("noise.h5", control("noise"));
  report.add("common.h5", control("common"));

  const ReportSummary summary = report.write();

  const json data = report.data();
  EXPECT_LT(average_of(result_of(data, 50, "reverse"))["r"], -0.95);
  EXPECT_LT(average_of(result_of(data, 50, "reverse"))["slope_hi"], 0);
  EXPECT_EQ(average_of(result_of(data, 50, "noise"))["n"], 0);
  EXPECT_LE(std::abs(average_of(result_of(data, 50, "common")).value("slope", 0.0)), 0.03);
  ASSERT_EQ(summary.controls.size(), 3U);
  EXPECT_TRUE(holds(summary.controls[0],
                    "reverse: SmolLM2-135M, 50 words of context: deeper layers peak earlier, -"));
  EXPECT_TRUE(holds(summary.controls[1],
                    "noise: SmolLM2-135M, 50 words of context: no layer rises above its null: no "
                    "order can be claimed."));
  const TableFile controls = report.table("controls.tsv");
  EXPECT_EQ(controls.num_rows(), 6);
  EXPECT_EQ(controls.cell(2, controls.column("layers_above_null")), "0");
}

void expect_finite_or_null(const json& value, const std::string& where) {
  if (value.is_number()) {
    EXPECT_TRUE(std::isfinite(value.get<double>())) << where;
  }
  if (!value.is_structured()) return;
  for (const auto& [key, inner] : value.items()) expect_finite_or_null(inner, where + "/" + key);
}

TEST(Report, DataHoldsEveryFieldAndNoNumberThatIsNone) {
  Report report;
  SyntheticScores scores{.num_null_draws = 0};
  scores.missing_subjects = {"sub-02"};
  report.add("scores.h5", scores);
  report.add("noise.h5", control("noise"));

  report.write();

  const std::string bytes = read_bytes(report.folder / "out/report.json");
  const json data = json::parse(bytes);
  expect_finite_or_null(data, "");
  for (const char* field : {"layout",
                            "simulated",
                            "preset",
                            "direction",
                            "folds",
                            "shown",
                            "subjects",
                            "time",
                            "peak_window",
                            "interval",
                            "models",
                            "results",
                            "alpha",
                            "words",
                            "methods",
                            "notices",
                            "provenance",
                            "versions"}) {
    EXPECT_TRUE(data.contains(field)) << field;
  }
  EXPECT_EQ(data["layout"], "lockstep report 1");
  EXPECT_EQ(
      data["time"],
      (json{{"start", "-1/2"}, {"step", "1/30"}, {"count", 61}, {"unit", "s after word onset"}}));
  const json result = result_of(data, 50);
  EXPECT_FALSE(result.contains("null"));
  EXPECT_EQ(result["peaks"][0]["above_null"], nullptr);
  EXPECT_TRUE(average_of(result)["p_shift"].is_null());
  ASSERT_EQ(result["temporal"].size(), 3U);
  EXPECT_EQ(result["temporal"][1]["subject"], "sub-01");
  EXPECT_EQ(result["temporal"][2]["subject"], "sub-03");
  EXPECT_TRUE(holds(data["notices"].dump(), "no scores of sub-02; the average is over the others"));
}

TEST(Report, CurvesAreTheMeanOfTheSums) {
  Report report;
  report.add("scores.h5", {.noise = 0});

  report.write();

  const SyntheticScores scores;
  const json result = result_of(report.data(), 1);
  ASSERT_EQ(result["series"].size(), 4U);
  for (std::size_t tap = 0; tap < 5; ++tap) {
    for (std::size_t time = 0; time < 61; ++time) {
      const double lag = (scores.time_s(time) - scores.latency_s(tap)) / 0.12;
      EXPECT_NEAR(result["series"][2]["r"][tap][time], 0.06 * std::exp(-lag * lag), 1.1e-5)
          << tap << ", " << time;
      // Blocks without noise are alike, so the bootstrap has no width.
      EXPECT_EQ(result["series"][0]["lo"][tap][time], result["series"][0]["hi"][tap][time]);
    }
  }
}

TEST(Report, ReadsMethodsOutOfTheAncestry) {
  Report report;
  report.add("scores.h5", {});

  report.write();

  const json methods = report.data()["methods"];
  EXPECT_EQ(methods["pooling"], "mean");
  EXPECT_EQ(methods["bos"], "off");
  EXPECT_EQ(methods["pca_fit"], "train");
  EXPECT_EQ(methods["band"], nullptr);
  EXPECT_EQ(methods["explained"], (json{0.5, 0.75}));
  EXPECT_EQ(methods["alphas"], (json{1e-4, 1e8, 13}));
  const json data = report.data();
  EXPECT_EQ(data["provenance"]["parents"][0]["label"], "scores.h5");
  EXPECT_EQ(data["provenance"]["parents"][0]["parents"][0]["parents"][0]["sha256"],
            std::string(64, 'c'));
  EXPECT_EQ(data["versions"]["OpenBLAS"], "0.3.21");
  double total = 0;
  for (const json& share : data["alpha"]["share"]) total += share.get<double>();
  EXPECT_NEAR(total, 1, 1e-5);
  EXPECT_EQ(data["alpha"]["share"][0], 0);
  EXPECT_EQ(data["alpha"]["edges_log10"][0], -4);
}

TEST(Report, TablesReadBackWithTheNumbersOfTheData) {
  Report report;
  report.add("scores.h5", {});

  report.write();

  const TableFile layers = report.table("layers.tsv");
  const json data = report.data();
  ASSERT_EQ(layers.num_rows(), 2 * 4 * 5);
  int64_t row = 0;
  for (const json& result : data["results"]) {
    for (const json& peak : result["peaks"]) {
      EXPECT_EQ(layers.cell(row, layers.column("subject")), peak["subject"]);
      EXPECT_NEAR(layers.number(row, layers.column("t_max_s")), peak["t_max"], 1e-6) << row;
      EXPECT_NEAR(layers.number(row, layers.column("r_max")), peak["r_max"], 1e-6) << row;
      if (result["context"] == 1) {
        EXPECT_EQ(layers.cell(row, layers.column("planted_s")), "nan");
      } else {
        EXPECT_NEAR(layers.number(row, layers.column("planted_s")), peak["planted"], 1e-6);
      }
      ++row;
    }
  }
  EXPECT_EQ(report.table("scores.tsv").num_rows(), 2 * 4 * 5 * 61);
  EXPECT_EQ(report.table("temporal.tsv").num_rows(), 2 * 4);
  EXPECT_EQ(report.table("controls.tsv").num_rows(), 0);
}

TEST(Report, DoesNotDependOnTheNumberOfThreads) {
  Report one, four;
  one.add("scores.h5", {});
  four.add("scores.h5", {});
  one.options.analysis.num_threads = 1;
  four.options.analysis.num_threads = 4;

  one.write();
  four.write();

  for (const char* file :
       {"report.html", "report.json", "layers.tsv", "temporal.tsv", "scores.tsv", "controls.tsv"}) {
    EXPECT_EQ(read_bytes(one.folder / ("out/" + std::string(file))),
              read_bytes(four.folder / ("out/" + std::string(file))))
        << file;
  }
}

TEST(Report, IntervalsFollowTheSeedAndTheNumberOfDraws) {
  Report a, b;
  a.add("scores.h5", {});
  b.add("scores.h5", {});
  b.options.analysis.seed = 1;

  a.write();
  b.write();

  EXPECT_EQ(average_of(result_of(a.data(), 50))["slope"],
            average_of(result_of(b.data(), 50))["slope"]);
  EXPECT_NE(average_of(result_of(a.data(), 50)), average_of(result_of(b.data(), 50)));
}

TEST(Report, WithoutBlocksToResampleHasNoIntervals) {
  Report report;
  report.add("scores.h5", {.block_fold = {0}});

  report.write();

  const json data = report.data();
  EXPECT_EQ(data["interval"]["draws"], 0);
  EXPECT_EQ(data["interval"]["how"], "no bootstrap: fewer than two blocks of words");
  EXPECT_TRUE(average_of(result_of(data, 50))["slope_lo"].is_null());
  EXPECT_FALSE(result_of(data, 50)["series"][0].contains("lo"));
}

TEST(Report, PrintsTheNoticesOfTheFilesAsSentencesAndEachOnce) {
  Report report;
  report.add("scores.h5",
             {.notices = {"3 bad sensors left out", "sub-003 was dropped.", "too few stories"}});
  SyntheticScores noise = control("noise");
  noise.notices = {"3 bad sensors left out"};
  report.add("noise.h5", noise);

  report.write();

  const json notices = report.data()["notices"];
  EXPECT_EQ(notices[0], "3 bad sensors left out.");
  EXPECT_EQ(notices[1], "sub-003 was dropped.");
  EXPECT_EQ(notices[2], "Too few stories.");
  EXPECT_EQ(std::count(notices.begin(), notices.end(), notices[0]), 1);
}

TEST(Report, SaysThatFewBlocksMakeRoughIntervals) {
  Report report;
  report.add("scores.h5", {});

  report.write();

  EXPECT_TRUE(holds(report.data()["notices"].dump(), "Intervals rest on 6 blocks of words"));
}

TEST(Report, StrictDropsLayersBelowTheirNullAndPaperFlagsThem) {
  Report strict, paper;
  strict.add("scores.h5", {.height = 0, .noise = 0.0005, .null_noise = 0.01});
  paper.add("scores.h5", {.preset = "paper", .height = 0, .noise = 0.0005, .null_noise = 0.01});

  const ReportSummary dropped = strict.write();
  const ReportSummary flagged = paper.write();

  EXPECT_EQ(average_of(result_of(strict.data(), 50))["n"], 0);
  EXPECT_EQ(average_of(result_of(paper.data(), 50))["n"], 5);
  EXPECT_EQ(result_of(paper.data(), 50)["peaks"][0]["above_null"], false);
  EXPECT_TRUE(holds(flagged.headline, "5 of 5 layers lie below their null"));
  EXPECT_TRUE(holds(dropped.headline, "no layer rises above its null"));
}

TEST(Report, ShowsShuffledFoldsBesideHonestOnes) {
  Report report;
  report.add("shuffled.h5", {.folds = "shuffled", .height = 0.08});
  report.add("honest.h5", {});

  report.write();

  const json data = report.data();
  EXPECT_EQ(data["folds"], "block");
  EXPECT_EQ(data["results"].size(), 4U);
  EXPECT_EQ(data["results"][0]["folds"], "shuffled");
}

TEST(Report, SaysThatShuffledFoldsStandAlone) {
  Report report;
  report.add("shuffled.h5", {.folds = "shuffled"});

  report.write();

  EXPECT_EQ(report.data()["folds"], "shuffled");
  EXPECT_TRUE(holds(report.data()["notices"].dump(), "Shuffled folds stand alone here"));
}

TEST(Report, TableListsPlantedAndFoundLatencies) {
  Report report;
  report.add("scores.h5", {.noise = 0});

  const std::string table = report.write().table;

  EXPECT_TRUE(holds(table, "layer"));
  EXPECT_TRUE(holds(table, "planted, ms"));
  EXPECT_TRUE(holds(table, "block 3"));
  EXPECT_TRUE(holds(table, "217"));
  EXPECT_TRUE(holds(table, "5 of 5"));
}

TEST(ReportPage, HoldsTheTemplateTheFiguresAndTheScripts) {
  Report report;
  report.add("scores.h5", {.model = "A & <B></script>"});

  report.write();

  const std::string page = read_bytes(report.folder / "out/report.html");
  EXPECT_TRUE(
      holds(page, "<title>A &amp; &lt;B>&lt;/script>: when each layer appears in MEG</title>"));
  EXPECT_TRUE(holds(page, "<script id=\"vega-lite\">var script = 'vega-lite <\\/script>';"));
  EXPECT_EQ(page.find("sourceMappingURL"), std::string::npos);
  EXPECT_EQ(page.find("{{"), page.find("{{", page.find("<style>")));
  // Between its tags the data holds no '<'.
  const std::string open = "<script type=\"application/json\" id=\"report-data\">";
  const std::size_t begin = page.find(open) + open.size();
  const std::size_t end = page.find("</script>", begin);
  const std::string data = page.substr(begin, end - begin);
  EXPECT_EQ(data.find('<'), std::string::npos);
  EXPECT_EQ(json::parse(data), report.data());
}

TEST(ReportPage, CarriesTheTemplateAndTheFiguresUnchanged) {
  const std::filesystem::path folder =
      std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "aligner/report/page";

  EXPECT_EQ(page_template(), read_bytes(folder / "template.html"));
  const json specs = json::parse(page_specs());
  std::size_t num_files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(".vl.json")) continue;
    ++num_files;
    EXPECT_EQ(specs.at(name.substr(0, name.size() - 8)), json::parse(read_bytes(entry.path())))
        << name;
  }
  EXPECT_EQ(specs.size(), num_files);
}

TEST(ReportPage, NamesWhatInstallsItsScripts) {
  TemporaryFolder empty;

  EXPECT_EQ(message_of(Blame::kCommandLine, [&] { find_page_scripts(empty.path()); }),
            "report: no vega.min.js, vega-lite.min.js and vega-embed.min.js in " +
                empty.path().string() + "; scripts/setup installs them");
}

struct Refusal : ::testing::Test {
  Report report;
  std::string message(Blame blame = Blame::kData) {
    return message_of(blame, [&] { report.write(); });
  }
};

TEST_F(Refusal, OfControlsWithoutAResult) {
  report.add("noise.h5", control("noise"));
  EXPECT_TRUE(holds(
      message(),
      "noise.h5: a control (noise), as all 1 files; one scores.h5 at least that is no control"));
}

TEST_F(Refusal, OfOtherTimes) {
  report.add("a.h5", {});
  report.add("b.h5", {.model = "other", .time_first = -30, .num_times = 91});
  EXPECT_TRUE(holds(
      message(),
      "b.h5: 91 times from -1 to 2 s at 30/1 Hz; 61 times from -0.5 to 1.5 s at 30/1 Hz as in "));
}

TEST_F(Refusal, OfOtherSubjects) {
  report.add("a.h5", {});
  report.add("b.h5", {.model = "other", .subjects = {"sub-01"}});
  EXPECT_TRUE(holds(message(), "b.h5: subjects sub-01; sub-01, sub-02, sub-03 as in "));
}

TEST_F(Refusal, OfOtherTapsOfOneModel) {
  report.add("a.h5", {});
  report.add("b.h5", {.contexts = {{"10", 10}}, .num_taps = 4});
  EXPECT_TRUE(holds(message(), "b.h5: 4 taps of SmolLM2-135M that differ from the 5 in "));
}

TEST_F(Refusal, OfTheSameConditionTwice) {
  report.add("a.h5", {});
  report.add("b.h5", {.contexts = {{"10", 10}, {"50", 50}}});
  EXPECT_TRUE(
      holds(message(), "b.h5: SmolLM2-135M at context 50, folds block, result: already in "));
}

TEST_F(Refusal, OfASubjectCalledAverage) {
  report.add("a.h5", {.subjects = {"average"}});
  EXPECT_TRUE(holds(
      message(),
      "a.h5: a subject named \"average\"; the report gives this name to the mean over subjects"));
}

TEST_F(Refusal, OfScoresThatNoSubjectHas) {
  report.add("a.h5", {.missing_subjects = {"sub-01", "sub-02", "sub-03"}});
  EXPECT_TRUE(holds(message(), "a.h5: context 1: no subject has a score; one at least"));
}

TEST_F(Refusal, OfNothing) {
  EXPECT_TRUE(holds(message(Blame::kCommandLine), "report: no scores; one scores.h5 at least"));
}

TEST_F(Refusal, OfNumbersOfDraws) {
  report.add("a.h5", {});
  report.options.analysis.num_draws = 10;
  EXPECT_TRUE(holds(message(Blame::kCommandLine), "draws: 10; 0 for no intervals, or 40 at least"));
  report.options.analysis.num_draws = -1;
  EXPECT_TRUE(holds(message(Blame::kCommandLine), "draws: -1; 0 to 1000000"));
}

TEST_F(Refusal, OfANullLevelThatIsNoShare) {
  report.add("a.h5", {});
  for (const double level : {0.0, 1.0, -0.5, std::nan("")}) {
    report.options.analysis.null_level = level;
    EXPECT_TRUE(holds(message(Blame::kCommandLine), "between 0 and 1, 0.95")) << level;
  }
}

TEST_F(Refusal, OfAFileWhereTheFolderShouldBe) {
  report.add("a.h5", {});
  report.options.output = report.folder / "a.h5";
  EXPECT_TRUE(holds(message(Blame::kCommandLine), "a folder for the report is wanted"));
}

TEST_F(Refusal, OfTruncatedScoresLeavesNothingBehind) {
  report.add("a.h5", {});
  const std::string bytes = read_bytes(report.folder / "a.h5");
  write_bytes(report.folder / "a.h5", bytes.substr(0, bytes.size() / 2));
  EXPECT_TRUE(holds(message(), "a.h5"));
  EXPECT_FALSE(std::filesystem::exists(report.folder / "out/report.html"));
}

}  // namespace
}  // namespace lockstep
