// Controls without training, as a user runs them.
#include <gtest/gtest.h>

#include "base/schemas/activations_file.h"
#include "tests/support/messages.h"
#include "tests/support/run_program.h"
#include "tests/support/tiny_checkpoint.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::Outcome;
using testing::read_bytes;

class UntrainedProgram : public ::testing::Test {
 protected:
  UntrainedProgram() {
    testing::make_tiny_checkpoint(folder_ / "model");
    testing::write_bytes(folder_ / "story.txt", testing::tiny_story(40));
  }

  std::vector<float> extract(const std::string& output, const std::string& untrained) {
    std::vector<std::string> command{testing::program("lockstep-models"),
                                     "extract",
                                     folder_ / "model",
                                     folder_ / "story.txt",
                                     "-o",
                                     folder_ / output,
                                     "--context",
                                     "8",
                                     "--layers",
                                     "last,"};
    if (!untrained.empty()) command.insert(command.end(), {"--untrained", untrained});
    const Outcome outcome = testing::run_program(command);
    EXPECT_EQ(outcome.status, 0) << outcome.messages;
    return ActivationsFile(folder_ / output).read(0, 0);
  }

  testing::TemporaryFolder folder_;
};

TEST_F(UntrainedProgram, WritesAFileThatSaysSo) {
  const auto trained = extract("trained.h5", "");
  const auto shuffled = extract("shuffled.h5", "shuffle:3");
  std::filesystem::remove(folder_ / "model/model.safetensors");
  const auto initialised = extract("initialised.h5", "3");

  EXPECT_NE(trained, shuffled);
  EXPECT_NE(trained, initialised);
  const auto model = [&](const std::string& name) {
    return ActivationsFile(folder_ / name).header().model;
  };
  EXPECT_TRUE(model("trained.h5").trained);
  EXPECT_EQ(model("trained.h5").untrained, "");
  EXPECT_FALSE(model("initialised.h5").trained);
  EXPECT_EQ(model("initialised.h5").untrained, "3");
  EXPECT_EQ(model("shuffled.h5").untrained, "shuffle:3");
  EXPECT_EQ(model("initialised.h5").parameters, model("trained.h5").parameters);
}

TEST_F(UntrainedProgram, GivesTheSameBytesForTheSameSeed) {
  extract("a.h5", "3");
  extract("b.h5", "3");
  extract("c.h5", "4");

  EXPECT_EQ(read_bytes(folder_ / "a.h5"), read_bytes(folder_ / "b.h5"));
  EXPECT_NE(read_bytes(folder_ / "a.h5"), read_bytes(folder_ / "c.h5"));
}

TEST_F(UntrainedProgram, ShowsAModelOfWhichThereIsOnlyTheConfiguration) {
  std::filesystem::remove(folder_ / "model/model.safetensors");

  const Outcome outcome = testing::run_program({testing::program("lockstep-models"),
                                                "models",
                                                "show",
                                                folder_ / "model",
                                                "--untrained",
                                                "3"});
  const Outcome wrong = testing::run_program({testing::program("lockstep-models"),
                                              "models",
                                              "show",
                                              folder_ / "model",
                                              "--untrained",
                                              "x"});

  EXPECT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_TRUE(holds(outcome.output, "untrained     3\n"));
  EXPECT_EQ(wrong.status, 2);
  EXPECT_TRUE(holds(wrong.messages, "--untrained: x; a seed, such as 17, or shuffle: and a seed"));
}

}  // namespace
}  // namespace lockstep
