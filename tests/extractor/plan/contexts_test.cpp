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

TEST(Contexts, AreWordsThenTokensThenAll) {
  const auto contexts = parse_contexts("all,50,256t,1,010,016t");

  ASSERT_EQ(contexts.size(), 6U);
  EXPECT_EQ(contexts[0], (ContextInfo{.name = "1", .words = 1}));
  EXPECT_EQ(contexts[1], (ContextInfo{.name = "10", .words = 10}));
  EXPECT_EQ(contexts[2], (ContextInfo{.name = "50", .words = 50}));
  EXPECT_EQ(contexts[3], (ContextInfo{.name = "16t", .tokens = 16}));
  EXPECT_EQ(contexts[4], (ContextInfo{.name = "256t", .tokens = 256}));
  EXPECT_EQ(contexts[5], (ContextInfo{.name = "all"}));
  EXPECT_TRUE(contexts[5].is_unlimited());
}

TEST(Contexts, SayWhichItemIsWrong) {
  const std::string wanted = "a number of words, 1 or more, of tokens (128t), or all, is wanted";
  for (const char* item :
       {"zwei", "0", "-5", "", "99999999999999999999", "0t", "t", "1.5", "All", "5 ", "5w"}) {
    EXPECT_EQ(message_of(text("1,{},2", item)), text("--context: \"{}\"; {}", item, wanted));
  }
  EXPECT_EQ(message_of("5,05"), "--context: 5 is given twice");
  EXPECT_EQ(message_of("5t,1,05t"), "--context: 5t is given twice");
  EXPECT_EQ(message_of("all,1,all"), "--context: all is given twice");
  EXPECT_EQ(message_of(""), "--context: nothing; " + wanted);
  EXPECT_EQ(message_of("5s"),
            "--context: \"5s\"; seconds are for models of speech; words, tokens (128t) or all are "
            "wanted");
}

}  // namespace
}  // namespace lockstep
