#include "models/families/program_compiler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

json scale(const std::string& read, const std::string& write) {
  return {{"op", "scale"}, {"read", read}, {"write", write}, {"by", 2}, {"round", nullptr}};
}

json add(const std::vector<std::string>& read, const std::string& write) {
  return {{"op", "add"}, {"read", read}, {"write", write}};
}

Program compiled(const json& steps) {
  return compile_program(JsonAt(steps, "p"), {{"x", "embedding"}, "x"}, "p");
}

TEST(ProgramCompiler, NumbersRegistersByFirstWriting) {
  const Program program = compiled({scale("x", "b"), scale("b", "a"), add({"x", "a"}, "x")});

  EXPECT_EQ(program.num_registers, 4);
  EXPECT_EQ(program.result, 0);
  EXPECT_EQ(program.steps[0].write, 2);
  EXPECT_EQ(program.steps[1].write, 3);
  EXPECT_EQ(program.steps[2].read, (std::vector<int>{0, 3}));
  EXPECT_EQ(program.steps[2].where, "p[2]");
}

TEST(ProgramCompiler, FreesARegisterAfterItsLastReader) {
  const Program program = compiled({scale("x", "a"), scale("a", "b"), add({"a", "b"}, "x")});

  EXPECT_EQ(program.steps[0].free, std::vector<int>{0});
  EXPECT_TRUE(program.steps[1].free.empty());
  EXPECT_EQ(program.steps[2].free, (std::vector<int>{2, 3}));
}

TEST(ProgramCompiler, FreesTheEmbeddingWhereItIsRead) {
  const Program program = compiled({add({"x", "embedding"}, "a"), scale("a", "x")});

  EXPECT_EQ(program.steps[0].free, (std::vector<int>{0, 1}));
}

TEST(ProgramCompiler, FreesARegisterThatIsReadTwiceInOneStepOnce) {
  const Program program = compiled({scale("x", "a"), add({"a", "a"}, "x")});

  EXPECT_EQ(program.steps[1].free, std::vector<int>{2});
}

TEST(ProgramCompiler, NeverFreesWhatAStepWrites) {
  const Program program = compiled({scale("x", "x"), scale("x", "x")});

  EXPECT_TRUE(program.steps[0].free.empty());
  EXPECT_TRUE(program.steps[1].free.empty());
}

TEST(ProgramCompiler, RefusesAValueThatIsOverwrittenUnread) {
  const json steps{scale("x", "a"), scale("x", "a"), add({"x", "a"}, "x")};

  EXPECT_EQ(message_of(Blame::kData, [&] { compiled(steps); }), "p[0].write: \"a\" is never read");
}

/// Whether every register is there when a step reads it, dropping registers as `free` says.
bool survives_its_free_lists(const Program& program) {
  std::vector<bool> is_there(static_cast<std::size_t>(program.num_registers), false);
  is_there[0] = is_there[1] = true;
  for (const Step& step : program.steps) {
    for (const int reg : step.read) {
      if (!is_there[static_cast<std::size_t>(reg)]) return false;
    }
    for (const int reg : step.free) is_there[static_cast<std::size_t>(reg)] = false;
    is_there[static_cast<std::size_t>(step.write)] = true;
  }
  return is_there[static_cast<std::size_t>(program.result)];
}

/// A program that is right by construction: it reads what is written, never overwrites what is
/// unread, and at the end adds up all that nobody has read.
json random_program(std::mt19937& random) {
  const std::vector<std::string> names{"x", "a", "b", "c"};
  std::vector<std::string> written{"x", "embedding"};
  std::set<std::string> unread;
  json steps = json::array();
  for (int n = 0; n < 6; ++n) {
    const std::vector<std::string> read{written[random() % written.size()],
                                        written[random() % written.size()]};
    const std::string write = names[random() % names.size()];
    const bool is_read_here = read[0] == write || read[1] == write;
    if (unread.contains(write) && !is_read_here) continue;
    for (const std::string& name : read) unread.erase(name);
    steps.push_back(add(read, write));
    unread.insert(write);
    if (std::find(written.begin(), written.end(), write) == written.end()) written.push_back(write);
  }
  unread.insert("x");
  steps.push_back(add({unread.begin(), unread.end()}, "x"));
  return steps;
}

TEST(ProgramCompiler, KeepsEveryValueThatIsStillRead) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 300; ++trial) {
    const json steps = random_program(random);

    const Program program = compiled(steps);

    EXPECT_TRUE(survives_its_free_lists(program)) << steps;
  }
}

}  // namespace
}  // namespace lockstep::testing
