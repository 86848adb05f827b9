#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/hdf5_writer.h"
#include "base/inspection/file_checks.h"
#include "base/inspection/file_description.h"
#include "base/inspection/hdf5_outline.h"
#include "base/schemas/activations_file.h"
#include "base/schemas/folds_file.h"
#include "base/sha256.h"
#include "tests/support/messages.h"
#include "tests/support/synthetic_scores.h"
#include "tests/support/tiny_study.h"

namespace lockstep {
namespace {

using testing::fill;
using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::SyntheticScores;
using testing::TemporaryFolder;
using testing::TinyStudy;
using testing::write_bytes;

std::string words_of(const std::filesystem::path& path) { return in_words(describe_file(path)); }

bool all_pass(const std::vector<Check>& checks) {
  return !checks.empty() &&
         std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.passed; });
}

const Check& failed(const std::vector<Check>& checks) {
  for (const Check& check : checks) {
    if (!check.passed) return check;
  }
  throw std::runtime_error("every check passed");
}

// Two contexts, one tap, three words of two units; the first word lacks the longer context.
ActivationsHeader tiny_activations() {
  ActivationsHeader header;
  header.model = {"tiny", "llama", 1234, 4, false};
  header.contexts = {{"1", 1}, {"2", 2}};
  header.taps = {{"block 2", 2, 0.5, 0.5}};
  header.words = {0, 1, 2};
  header.text = {"It", "was", "late"};
  header.num_units = 2;
  header.tokens = {1, 1, 2, 0, 1, 2};
  header.shared = {0, 0, 1};
  header.spec_json = "{}";
  header.spec_sha256 = sha256_of("{}");
  header.provenance.label = "activations.h5";
  header.provenance.what = "lockstep extract";
  header.provenance.options = {{"bos", "off"}};
  Provenance parent;
  parent.label = "words";
  parent.what = "lockstep words";
  parent.sha256 = std::string(64, '1');
  header.provenance.parents = {parent};
  return header;
}

void write_activations(const std::filesystem::path& file, std::vector<float> values) {
  lay_out_activations(file, tiny_activations());
  fill(file, "activations", values);
}

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
const std::vector<float> kWhole = {1, 2, 3, 4, 5, 6, kNaN, kNaN, 7, 8, 9, 10};

TEST(Inspection, DescribesActivationsWithAxesVariablesAndAncestry) {
  TemporaryFolder folder;
  write_activations(folder / "a.h5", kWhole);

  const std::string words = words_of(folder / "a.h5");

  EXPECT_TRUE(
      holds(words, "a.h5: activations of tiny (llama, 1,234 parameters, 4 blocks, untrained)\n"));
  EXPECT_TRUE(holds(words, "block 2 (0.50)"));
  EXPECT_TRUE(holds(words, "3, 1 of which share a token with the one before"));
  EXPECT_TRUE(holds(words, "float32(context 2, tap 1, word 3, unit 2)"));
  EXPECT_TRUE(holds(words, "context  2 [words]: 1, 2"));
  EXPECT_TRUE(holds(words,
                    "provenance\n  activations.h5: lockstep extract\n    options "
                    "{\"bos\":\"off\"}\n    words: lockstep words  [111111111111]\n"));
}

TEST(Inspection, GivesTheSameAsJson) {
  TemporaryFolder folder;
  write_activations(folder / "a.h5", kWhole);

  const nlohmann::ordered_json json = as_json(describe_file(folder / "a.h5"));

  EXPECT_EQ(json["kind"], "activations");
  EXPECT_EQ(json["attributes"]["layout"], "lockstep activations 1");
  EXPECT_FALSE(json["attributes"].contains("provenance"));
  EXPECT_EQ(json["provenance"]["parents"][0]["label"], "words");
  const auto& variables = json["variables"];
  const auto found = std::find_if(
      variables.begin(), variables.end(), [](const auto& v) { return v["name"] == "activations"; });
  ASSERT_NE(found, variables.end());
  EXPECT_EQ((*found)["axes"], (nlohmann::json{"context", "tap", "word", "unit"}));
  EXPECT_EQ((*found)["shape"], (nlohmann::json{2, 1, 3, 2}));
  EXPECT_EQ((*found)["dtype"], "float32");
}

TEST(Inspection, DescribesEveryOtherFileOfOurs) {
  TinyStudy study;
  study.make();
  study.write();
  SyntheticScores{.num_taps = 2}.write(study.folder / "scores.h5");
  FoldPlan plan;
  plan.scheme = "block";
  plan.block = {0, 0, 1, 1};
  plan.fold = {0, 0, -1, -1};
  write_folds(plan, study.folder / "folds.tsv");

  EXPECT_TRUE(holds(words_of(study.stimuli()), "words: the spoken words of 1 story\n"));
  EXPECT_TRUE(holds(words_of(study.stimuli() / "words.tsv"), "300 in 5 blocks"));
  EXPECT_TRUE(
      holds(words_of(study.folder / "folds.tsv"), "folds.tsv: a plan of 1 folds by block\n"));
  EXPECT_TRUE(holds(words_of(study.folder / "folds.tsv"), "4, of which 2 are never tested"));
  EXPECT_TRUE(
      holds(words_of(study.targets_path()), "float32(context 2, tap 2, word 300, component 3)"));
  EXPECT_TRUE(holds(words_of(study.meg_path()), "meg.h5: 2 continuous recordings\n"));
  const std::string scores = words_of(study.folder / "scores.h5");
  EXPECT_TRUE(holds(scores, "scores.h5: scores of decoding (the model from MEG), SmolLM2-135M"));
  EXPECT_TRUE(holds(scores, "61 [s]: -0.5, "));
  EXPECT_TRUE(holds(scores, "latencies planted"));
  EXPECT_TRUE(
      holds(scores, "float64(subject 3, context 2, block 6, tap 2, component 4, time 61, stat 6)"));
}

TEST(Inspection, RefusesWhatIsNoFileOfOursSayingWhatWasLookedFor) {
  TemporaryFolder folder;
  write_bytes(folder / "story.txt", "It was late.\n");
  write_bytes(folder / "empty", "");
  Hdf5Writer other(folder / "other.h5");
  other.attribute("", "layout", "somebody's");
  other.close();
  const std::string wanted =
      "looked for a folder with words.tsv, words.tsv, folds.tsv, and HDF5 with the layout of "
      "activations.h5, targets.h5, meg.h5 or scores.h5";
  const auto message = [](const std::filesystem::path& path) {
    return message_of(Blame::kData, [&] { describe_file(path); });
  };

  EXPECT_EQ(message(folder / "story.txt"),
            (folder / "story.txt").string() + ": begins with none of our marks; " + wanted);
  EXPECT_TRUE(holds(message(folder / "empty"), "begins with none of our marks"));
  EXPECT_TRUE(holds(message(folder / "other.h5"), "HDF5 with layout \"somebody's\"; " + wanted));
  EXPECT_TRUE(holds(message(folder.path()), "a folder without words.tsv; "));
  EXPECT_TRUE(holds(message(folder / "none"), "there is no such file or folder"));
}

TEST(Inspection, NamesADamagedFile) {
  TemporaryFolder folder;
  write_activations(folder / "a.h5", kWhole);
  const std::string bytes = read_bytes(folder / "a.h5");
  write_bytes(folder / "cut.h5", bytes.substr(0, bytes.size() / 2));

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { describe_file(folder / "cut.h5"); }),
                    "cut.h5: not an HDF5 file, or damaged or cut short"));
}

TEST(Hdf5Outline, ListsGroupsTypesUnitsAndAxesWithoutValues) {
  TemporaryFolder folder;
  Hdf5Writer file(folder / "x.h5");
  file.define_axis("time", std::vector<double>{0, 0.5}, "s");
  file.define_axis("unit", 3);
  file.write("inner/data", std::vector<float>(6), {"time", "unit"}, "T");
  file.attribute("", "answer", int64_t{42});
  file.attribute("", "note", "hello");
  file.close();

  const Hdf5Outline outline = outline_hdf5(folder / "x.h5");

  EXPECT_EQ(outline.attributes["answer"], 42);
  EXPECT_EQ(outline.attributes["note"], "hello");
  ASSERT_EQ(outline.variables.size(), 3U);
  EXPECT_TRUE(outline.variables[0].is_axis && outline.variables[0].has_values);
  EXPECT_EQ(outline.variables[0].units, "s");
  EXPECT_TRUE(outline.variables[1].is_axis && !outline.variables[1].has_values);
  EXPECT_EQ(outline.variables[2].name, "inner/data");
  EXPECT_EQ(outline.variables[2].dtype, "float32");
  EXPECT_EQ(outline.variables[2].axes, (std::vector<std::string>{"time", "unit"}));
  EXPECT_EQ(outline.variables[2].units, "T");
}

TEST(Shortened, KeepsTheFirstAndTheLast) {
  EXPECT_EQ(shortened({"a", "b", "c"}, 3), "a, b, c");
  EXPECT_EQ(shortened({"a", "b", "c", "d"}, 3), "a, b, ... d");
  EXPECT_EQ(shortened({}), "");
}

// ---- verify ------------------------------------------------------------------------------------

TEST(Verify, PassesWholeFiles) {
  TinyStudy study;
  study.make();
  study.write();
  write_activations(study.folder / "a.h5", kWhole);
  SyntheticScores{.num_taps = 2}.write(study.folder / "scores.h5");

  EXPECT_TRUE(all_pass(verify_file(study.folder / "a.h5", {})));
  EXPECT_TRUE(all_pass(verify_file(study.stimuli(), {})));
  EXPECT_TRUE(all_pass(verify_file(study.targets_path(), {})));
  EXPECT_TRUE(all_pass(verify_file(study.meg_path(), {})));
  EXPECT_TRUE(all_pass(verify_file(study.folder / "scores.h5", {})));
}

TEST(Verify, FindsActivationsThatShouldBeThere) {
  TemporaryFolder folder;
  std::vector<float> values = kWhole;
  values[3] = kNaN;
  write_activations(folder / "a.h5", values);

  const auto checks = verify_file(folder / "a.h5", {});

  EXPECT_EQ(failed(checks).what, "activations are finite where their context is available");
  EXPECT_EQ(failed(checks).found, "4 of 5 rows");
}

TEST(Verify, FindsActivationsThatShouldNotBeThere) {
  TemporaryFolder folder;
  std::vector<float> values = kWhole;
  values[6] = 0;
  write_activations(folder / "a.h5", values);

  EXPECT_EQ(failed(verify_file(folder / "a.h5", {})).what,
            "activations are missing where it is not");
}

TEST(Verify, FindsSumsAndScoresThatCannotBe) {
  TemporaryFolder folder;
  const SyntheticScores scores{.num_taps = 1};
  scores.write(folder / "sums.h5");
  scores.write(folder / "scores.h5");
  scores.write(folder / "words.h5");
  fill(folder / "sums.h5", "sums", std::vector<double>{std::numeric_limits<double>::infinity()});
  fill(folder / "scores.h5", "score", std::vector<float>{1.5F});
  fill(folder / "words.h5", "sums", std::vector<double>{0, 0, 0, 0, 0, 1e6});

  EXPECT_EQ(failed(verify_file(folder / "sums.h5", {})).what, "sums are finite");
  EXPECT_EQ(failed(verify_file(folder / "scores.h5", {})).what, "scores lie between -1 and 1");
  EXPECT_EQ(failed(verify_file(folder / "words.h5", {})).what,
            "no fold has more words than n_test says");
}

TEST(Verify, FindsASampleThatIsNoNumber) {
  TinyStudy study;
  study.make();
  study.data[0][5] = kNaN;
  study.write();

  EXPECT_EQ(failed(verify_file(study.meg_path(), {})).what,
            "samples of valid stretches are finite");
}

TEST(Verify, ComparesAncestorsWithTheProvenance) {
  TemporaryFolder folder;
  write_bytes(folder / "targets.h5", "what it was made from");
  write_bytes(folder / "other.h5", "something else");
  ActivationsHeader header = tiny_activations();
  header.provenance.parents[0].sha256 = sha256_of("what it was made from");
  lay_out_activations(folder / "a.h5", header);
  fill(folder / "a.h5", "activations", kWhole);

  EXPECT_TRUE(all_pass(verify_file(folder / "a.h5", {folder / "targets.h5"})));
  const auto checks = verify_file(folder / "a.h5", {folder / "other.h5"});
  EXPECT_TRUE(holds(failed(checks).what, "other.h5 is one of the files it was made from"));
  EXPECT_TRUE(holds(failed(checks).found, "is not in its provenance"));
}

}  // namespace
}  // namespace lockstep
