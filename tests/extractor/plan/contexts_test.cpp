#include "extractor/plan/contexts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

std::string message_of(const std::string& list) {
  try {
    parse_contexts(list);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::kCommandLine) << list;
    return error.what();
  }
  return "no error";
}

TEST(Contexts, AreSortedAndNamedByTheirNumber) {
  const auto contexts = parse_contexts("50,1,010");

  ASSERT_EQ(contexts.size(), 3U);
  EXPECT_EQ(contexts[0], (ContextInfo{"1", 1}));
  EXPECT_EQ(contexts[1], (ContextInfo{"10", 10}));
  EXPECT_EQ(contexts[2], (ContextInfo{"50", 50}));
}

TEST(Contexts, SayWhichItemIsWrong) {
  EXPECT_EQ(message_of("1,zwei"), "--context: \"zwei\"; a number of words, 1 or more, is wanted");
  EXPECT_EQ(message_of("0"), "--context: \"0\"; a number of words, 1 or more, is wanted");
  EXPECT_EQ(message_of("-5"), "--context: \"-5\"; a number of words, 1 or more, is wanted");
  EXPECT_EQ(message_of("1,,2"), "--context: \"\"; a number of words, 1 or more, is wanted");
  EXPECT_EQ(message_of("99999999999999999999"),
            "--context: \"99999999999999999999\"; a number of words, 1 or more, is wanted");
  EXPECT_EQ(message_of("5,05"), "--context: 5 is given twice");
  EXPECT_EQ(message_of(""), "--context: nothing; a number of words, 1 or more, is wanted");
}

TEST(Contexts, RefuseUnitsOtherThanWordsByName) {
  for (const char* list : {"128t", "all", "5s"}) {
    EXPECT_EQ(message_of(list),
              text("--context: \"{}\"; contexts are counted in words: 1,10,50", list));
  }
}

}  // namespace
}  // namespace lockstep
