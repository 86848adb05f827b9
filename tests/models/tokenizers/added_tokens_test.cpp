#include "models/tokenizers/added_tokens.h"

#include <gtest/gtest.h>

#include "tests/models/tokenizers/golden.h"
#include "tests/models/tokenizers/small_tokenizer.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

TEST(AddedTokens, OfTwoThatBeginTogetherTheLongestIsFound) {
  json description = small_tokenizer();
  for (const char* content : {"<s", "<s>>"}) {
    json token = description["added_tokens"][0];
    token["content"] = content;
    token["id"] = 4 + static_cast<int>(description["added_tokens"].size());
    description["added_tokens"].push_back(token);
  }
  const auto tokenizer = tokenizer_from(description);

  EXPECT_EQ(described(tokenizer->encode("<s<s>a<s>>")), " 5@0-2 4@2-5 0@5-6 6@6-10");
}

TEST(AddedTokens, OneThatStandsThereTwiceMustSayTheSame) {
  json description = small_tokenizer();
  json& tokens = description["added_tokens"];
  tokens.push_back(tokens[0]);
  EXPECT_EQ(described(tokenizer_from(description)->encode("a<s>")), " 0@0-1 4@1-4");

  tokens[1]["lstrip"] = true;
  EXPECT_EQ(message_of(Blame::kData, [&] { tokenizer_from(description); }),
            "t.json: added_tokens[1].content: \"<s>\" stands in the list twice, and not with the "
            "same values; one entry is wanted");
}

TEST(AddedTokens, AnEmptyOneIsNone) {
  json description = small_tokenizer();
  description["added_tokens"][0]["content"] = "";
  EXPECT_EQ(described(tokenizer_from(description)->encode("a")), " 0@0-1");
  EXPECT_EQ(tokenizer_from(description)->vocabulary_size(), 4);
}

TEST(AddedTokens, WhitespaceGoesToTheFirstThatTakesIt) {
  json description = small_tokenizer();
  json& tokens = description["added_tokens"];
  tokens[0]["lstrip"] = true;
  tokens[0]["rstrip"] = true;
  tokens.push_back(tokens[0]);
  tokens[1]["content"] = " x";
  tokens[1]["id"] = 5;
  const auto tokenizer = tokenizer_from(description);

  EXPECT_EQ(described(tokenizer->encode("a <s>  <s> x")), " 0@0-1 4@1-7 4@7-11 5@11-12");
}

}  // namespace
}  // namespace lockstep::testing
