// lockstep extract and lockstep models as a user runs them: outputs, exit statuses, messages, and
// being killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/json_file.h"
#include "base/schemas/activations_file.h"
#include "tests/support/messages.h"
#include "tests/support/run_program.h"
#include "tests/support/tiny_checkpoint.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::holds;
using testing::Outcome;
using testing::program;
using testing::read_bytes;
using testing::run_program;
using testing::RunningProgram;
using testing::TemporaryFolder;

class ExtractProgram : public ::testing::Test {
 protected:
  ExtractProgram() {
    testing::make_tiny_checkpoint(folder_ / "model");
    testing::write_bytes(folder_ / "story.txt", testing::tiny_story(220));
  }

  /// Many small parts, so that there is something to interrupt; `more` comes instead of what is
  /// given here.
  std::vector<std::string> command(const std::string& output,
                                   const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {program("lockstep-models"),
                                      "extract",
                                      folder_ / "model",
                                      folder_ / "story.txt",
                                      "-o",
                                      folder_ / output};
    words.insert(words.end(), more.begin(), more.end());
    const std::vector<std::pair<std::string, std::string>> defaults = {
        {"--context", "1,8"}, {"--layers", "4"}, {"--batch-tokens", "24"}};
    for (const auto& [option, value] : defaults) {
      if (std::find(more.begin(), more.end(), option) != more.end()) continue;
      words.push_back(option);
      words.push_back(value);
    }
    return words;
  }
  Outcome extract(const std::string& output, const std::vector<std::string>& more = {}) const {
    return run_program(command(output, more));
  }

  /// One line on stderr with this in it, nothing under the final name.
  void expect_refused(const Outcome& outcome, int status, const std::string& message) const {
    EXPECT_EQ(outcome.status, status) << outcome.messages;
    EXPECT_TRUE(holds(outcome.messages, message));
    EXPECT_EQ(std::count(outcome.messages.begin(), outcome.messages.end(), '\n'), 1)
        << outcome.messages;
    EXPECT_FALSE(fs::exists(folder_ / "a.h5"));
    EXPECT_FALSE(fs::exists(folder_ / "a.h5.partial"));
  }

  TemporaryFolder folder_;
};

TEST_F(ExtractProgram, WritesAFileThatItsReaderAccepts) {
  const Outcome outcome = extract("a.h5", {"--layers", "9"});

  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_EQ(outcome.output, "");
  EXPECT_TRUE(holds(outcome.messages, "9 depths fall on 4 different blocks"));
  EXPECT_TRUE(holds(outcome.messages, "222 of 222 words"));
  EXPECT_TRUE(holds(outcome.messages, "words/s"));
  const ActivationsFile file(folder_ / "a.h5");
  EXPECT_EQ(file.header().contexts.size(), 2U);
  EXPECT_EQ(file.header().words.size(), 222U);
  EXPECT_FALSE(fs::exists(folder_ / "a.h5.journal"));
  EXPECT_FALSE(fs::exists(folder_ / "a.h5.partial"));
}

TEST_F(ExtractProgram, QuietSaysNothingButWarnings) {
  const Outcome outcome = extract("a.h5", {"--quiet", "--context", "8"});

  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.messages, "");
}

std::ptrdiff_t lines_in(const fs::path& file) {
  const std::string bytes = read_bytes(file);
  return std::count(bytes.begin(), bytes.end(), '\n');
}

/// Kills the run as soon as its journal has `lines` lines; false if it was done before.
bool kill_after(RunningProgram& running, const fs::path& journal, std::ptrdiff_t lines) {
  for (int tries = 0; tries < 60000; ++tries) {
    if (lines == 0 ? fs::exists(journal) : lines_in(journal) >= lines) {
      running.kill();
      return running.wait().status == -1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ADD_FAILURE() << journal << " did not grow to " << lines << " lines";
  return false;
}

TEST_F(ExtractProgram, SurvivesBeingKilledAtAnyMoment) {
  ASSERT_EQ(extract("whole.h5").status, 0);
  const std::string expected = read_bytes(folder_ / "whole.h5");
  const auto journal = folder_ / "a.h5.journal";

  // As its journal appears, after the first parts, and later; each time it goes on where it was.
  for (const std::ptrdiff_t lines : {0, 1, 3, 9, 20}) {
    RunningProgram running(command("a.h5", {"--threads", lines % 2 == 0 ? "1" : "2"}));
    ASSERT_TRUE(kill_after(running, journal, lines)) << lines;
    EXPECT_FALSE(fs::exists(folder_ / "a.h5")) << lines;
  }
  const auto done = lines_in(journal) - 1;
  const Outcome last = extract("a.h5");

  EXPECT_GE(done, 19);
  ASSERT_EQ(last.status, 0) << last.messages;
  EXPECT_TRUE(holds(last.messages, text("{} of ", done)));
  EXPECT_EQ(read_bytes(folder_ / "a.h5"), expected);
  EXPECT_FALSE(fs::exists(journal));
}

TEST_F(ExtractProgram, AKilledShardIsContinuedWithoutTheOthers) {
  ASSERT_EQ(extract("whole.h5").status, 0);
  RunningProgram running(command("a.h5", {"--shard", "1/2"}));
  ASSERT_TRUE(kill_after(running, folder_ / "a.h5.1of2.journal", 4));

  const Outcome second = extract("a.h5", {"--shard", "2/2"});
  EXPECT_EQ(second.status, 0) << second.messages;
  EXPECT_TRUE(holds(second.messages, "shard 2/2 is done; the file is whole when the others are"));
  EXPECT_EQ(extract("a.h5", {"--shard", "1/2"}).status, 0);

  EXPECT_EQ(read_bytes(folder_ / "a.h5"), read_bytes(folder_ / "whole.h5"));
}

TEST_F(ExtractProgram, ATornJournalLineIsDoneAgain) {
  ASSERT_EQ(extract("whole.h5").status, 0);
  RunningProgram running(command("a.h5"));
  ASSERT_TRUE(kill_after(running, folder_ / "a.h5.journal", 5));
  const std::string journal = read_bytes(folder_ / "a.h5.journal");
  testing::write_bytes(folder_ / "a.h5.journal", journal.substr(0, journal.size() - 20));

  EXPECT_EQ(extract("a.h5").status, 0);

  EXPECT_EQ(read_bytes(folder_ / "a.h5"), read_bytes(folder_ / "whole.h5"));
}

TEST_F(ExtractProgram, AnotherPieceOfWorkIsNotMixedIn) {
  RunningProgram running(command("a.h5"));
  ASSERT_TRUE(kill_after(running, folder_ / "a.h5.journal", 2));

  const Outcome other = extract("a.h5", {"--pool", "last"});

  EXPECT_EQ(other.status, 3);
  EXPECT_TRUE(holds(other.messages, "begun with other settings or inputs"));
}

TEST_F(ExtractProgram, RefusesWrongOptions) {
  expect_refused(extract("a.h5", {"--bos", "on"}),
                 2,
                 "--bos on: the tokenizer has no beginning-of-sequence token");
  expect_refused(extract("a.h5", {"--context", "5s"}),
                 2,
                 "--context: \"5s\"; seconds are for models of speech");
  expect_refused(extract("a.h5", {"--layers", "2,99"}), 2, "--layers: \"99\"");
  expect_refused(
      extract("a.h5", {"--device", "cuda"}), 2, "arguments were not expected: cuda --device");
  expect_refused(run_program({program("lockstep-models"), "extract", folder_ / "model"}),
                 2,
                 "words is required");
  expect_refused(
      run_program(
          {program("lockstep-models"), "extract", folder_ / "model", folder_ / "story.txt"}),
      2,
      "--output: nothing");
  expect_refused(run_program({program("lockstep-models"),
                              "extract",
                              folder_ / "model",
                              folder_ / "story.txt",
                              "-o",
                              folder_ / "none/a.h5"}),
                 2,
                 "none");
}

TEST_F(ExtractProgram, RefusesBrokenInputs) {
  fs::resize_file(folder_ / "model/model.safetensors", 200000);
  expect_refused(extract("a.h5"), 3, "model.safetensors");
  fs::remove(folder_ / "model/model.safetensors");
  expect_refused(extract("a.h5"), 3, "model.safetensors");
  testing::write_bytes(folder_ / "story.txt", "caf\xE9");
  expect_refused(extract("a.h5"), 3, "not UTF-8");
  fs::remove(folder_ / "story.txt");
  expect_refused(extract("a.h5"), 3, "story.txt");
}

TEST_F(ExtractProgram, DryRunSaysWhatItWouldTake) {
  const Outcome outcome = run_program({program("lockstep-models"),
                                       "extract",
                                       folder_ / "model",
                                       folder_ / "story.txt",
                                       "--dry-run"});

  EXPECT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_TRUE(holds(outcome.output, "222 words, 173 values"));
  EXPECT_TRUE(holds(outcome.output, "GFLOP, about "));
  EXPECT_TRUE(holds(outcome.output, "file: "));
}

TEST_F(ExtractProgram, ModelsListsShowsAndTokenizes) {
  const Outcome list = run_program({program("lockstep-models"), "models", "list"});
  const Outcome show =
      run_program({program("lockstep-models"), "models", "show", folder_ / "model"});
  const Outcome tokens = run_program(
      {program("lockstep-models"), "models", "tokenize", folder_ / "model"}, "A caf\xC3\xA9.");
  const Outcome none =
      run_program({program("lockstep-models"), "models", "show", folder_ / "nothing"});

  EXPECT_TRUE(holds(list.output, "\nllama  "));
  EXPECT_TRUE(holds(show.output, "family        llama, evaluated in "));
  EXPECT_TRUE(holds(show.output, "memory        632 kB in float32, 131 kB more for the head, "));
  EXPECT_TRUE(holds(show.output, "\nblock (4 of 4 blocks)\n  n = norm mixer_norm (x): eps "));
  EXPECT_TRUE(holds(show.output, "\nrope default: "));
  const auto ids = parse_json(tokens.output, "stdout");
  ASSERT_GE(ids.size(), 3U);
  EXPECT_EQ(ids[0][1], 0);
  EXPECT_EQ(ids[ids.size() - 1][2], 7);
  EXPECT_EQ(none.status, 3);
  EXPECT_TRUE(holds(none.messages, "nothing"));
}

TEST_F(ExtractProgram, TokenizePutsInFrontWhatBosSays) {
  const auto tokenize = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        program("lockstep-models"), "models", "tokenize", folder_ / "model"};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(words, "the");
  };
  const auto plain = parse_json(tokenize({}).output, "stdout");
  EXPECT_EQ(parse_json(tokenize({"--bos", "auto"}).output, "stdout"), plain);
  const Outcome refused = tokenize({"--bos", "on"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_TRUE(
      holds(refused.messages, "--bos on: the tokenizer has no beginning-of-sequence token"));

  const int id = testing::add_post_processor(folder_ / "model");
  for (const char* const bos : {"auto", "on"}) {
    auto expected = plain;
    expected.insert(expected.begin(), nlohmann::json{id, 0, 0});
    EXPECT_EQ(parse_json(tokenize({"--bos", bos}).output, "stdout"), expected) << bos;
  }
  EXPECT_EQ(parse_json(tokenize({"--bos", "off"}).output, "stdout"), plain);
}

TEST_F(ExtractProgram, SaysWhatOfTheTokenizerDoesNotHold) {
  testing::write_bytes(folder_ / "model/tokenizer_config.json",
                       R"({"bos_token": "<none>", "add_bos_token": true})");
  const Outcome outcome = extract("a.h5");

  EXPECT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_TRUE(holds(outcome.messages,
                    "warning: tokenizer: the bos_token \"<none>\" is not in the vocabulary"));
  const auto audit = parse_json(ActivationsFile(folder_ / "a.h5").header().audit_json, "audit");
  EXPECT_TRUE(holds(audit["warnings"].dump(), "--bos auto follows the latter"));
  EXPECT_EQ(audit["bos"], (nlohmann::json{{"asked", "auto"}, {"prefix", nlohmann::json::array()}}));
}

TEST_F(ExtractProgram, ProbeSaysThatARandomModelPredictsNoLanguage) {
  const Outcome lines =
      run_program({program("lockstep-models"), "models", "probe", folder_ / "model"});
  const Outcome json =
      run_program({program("lockstep-models"), "models", "probe", folder_ / "model", "--json"});

  ASSERT_EQ(lines.status, 0) << lines.messages;
  EXPECT_TRUE(holds(lines.output, "it does not predict language"));
  const auto values = parse_json(json.output, "stdout");
  EXPECT_EQ(values["predicts_language"], false);
  EXPECT_GT(values["bits_per_byte"], 3.0);
  EXPECT_EQ(values["taps"].size(), 6U);
}

TEST_F(ExtractProgram, ProbeSaysThatSmolLm2PredictsLanguage) {
  const char* gguf = std::getenv("LOCKSTEP_SMOLLM2");
  if (gguf == nullptr) GTEST_SKIP() << "LOCKSTEP_SMOLLM2 names no GGUF file";

  const Outcome json = run_program({program("lockstep-models"), "models", "probe", gguf, "--json"});

  ASSERT_EQ(json.status, 0) << json.messages;
  const auto values = parse_json(json.output, "stdout");
  EXPECT_EQ(values["predicts_language"], true);
  EXPECT_LT(values["bits_per_byte"], 1.5);
}

}  // namespace
}  // namespace lockstep
