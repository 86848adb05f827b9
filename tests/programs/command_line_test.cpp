// What lockstep says before any command runs.
#include <gtest/gtest.h>

#include "tests/support/messages.h"
#include "tests/support/run_program.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::program;
using testing::run_program;

TEST(CommandLine, AnUnknownCommandIsAnsweredWithTheKnownOnes) {
  const auto outcome = run_program({program("lockstep"), "wrods"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_TRUE(holds(outcome.messages, "lockstep: \"wrods\" is no command; there are words, folds"));
}

TEST(CommandLine, NoCommandIsAnErrorAndHelpIsNot) {
  EXPECT_EQ(run_program({program("lockstep")}).status, 2);
  const auto help = run_program({program("lockstep"), "--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* command : {"words", "folds", "extract", "inspect"}) {
    EXPECT_TRUE(holds(help.output, command));
  }
  EXPECT_TRUE(holds(run_program({program("lockstep"), "--version"}).output, "lockstep 0."));
}

TEST(CommandLine, AnUnknownOptionIsNamed) {
  const auto outcome = run_program({program("lockstep"), "folds", "--sheme", "block"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_TRUE(holds(outcome.messages, "lockstep folds: "));
  EXPECT_TRUE(holds(outcome.messages, "see lockstep folds --help"));
}

}  // namespace
}  // namespace lockstep
