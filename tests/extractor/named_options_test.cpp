#include "extractor/named_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using testing::message_of;

class BosTokenizer : public Tokenizer {
 public:
  explicit BosTokenizer(std::optional<int32_t> bos) : bos_(bos) {}
  std::vector<Token> encode(std::string_view) const override { return {}; }
  std::vector<int32_t> prefix() const override { return {7, 8}; }
  std::optional<int32_t> bos() const override { return bos_; }
  int64_t vocabulary_size() const override { return 10; }
  std::vector<SpelledToken> vocabulary() const override { return {}; }
  const std::string& sha256() const override { return sha256_; }

 private:
  std::optional<int32_t> bos_;
  std::string sha256_;
};

TEST(NamedOptions, NameWhatThereIs) {
  EXPECT_EQ(parse_pooling("sum"), Pooling::kSum);
  EXPECT_EQ(parse_window_text("string"), WindowText::kString);
  EXPECT_EQ(parse_word_choice("content"), WordChoice::kContent);
  EXPECT_EQ(message_of(Blame::kCommandLine, [] { parse_pooling("max"); }),
            "--pool: \"max\"; one of mean, last, first, sum is wanted");
  EXPECT_EQ(message_of(Blame::kCommandLine, [] { parse_window_text("ids"); }),
            "--windows: \"ids\"; one of slice, string is wanted");
  EXPECT_EQ(message_of(Blame::kCommandLine, [] { parse_word_choice("nouns"); }),
            "--words: \"nouns\"; one of all, content is wanted");
}

TEST(WindowPrefix, FollowsThePostProcessorUnlessToldOtherwise) {
  const BosTokenizer tokenizer(3);

  EXPECT_THAT(window_prefix("auto", tokenizer), ElementsAre(7, 8));
  EXPECT_THAT(window_prefix("on", tokenizer), ElementsAre(3));
  EXPECT_THAT(window_prefix("off", tokenizer), ElementsAre());
}

TEST(WindowPrefix, RefusesATokenThatIsNotThere) {
  const BosTokenizer tokenizer(std::nullopt);

  EXPECT_EQ(message_of(Blame::kCommandLine, [&] { window_prefix("on", tokenizer); }),
            "--bos on: the tokenizer has no beginning-of-sequence token; auto or off is wanted");
  EXPECT_EQ(message_of(Blame::kCommandLine, [&] { window_prefix("yes", tokenizer); }),
            "--bos: \"yes\"; one of auto, on, off is wanted");
}

TEST(PassSharing, NeedsAModelThatNeverLooksAhead) {
  ModelSpec spec;
  Step step;
  step.fields = AttentionFields{};
  spec.blocks["block"].program.steps = {step};
  EXPECT_EQ(sharing_of(spec), PassSharing::kByStart);

  std::get<AttentionFields>(spec.blocks["block"].program.steps[0].fields).causal = false;
  EXPECT_EQ(sharing_of(spec), PassSharing::kNone);
}

TEST(PassSharing, NeedsFrequenciesThatDoNotDependOnTheLength) {
  ModelSpec spec;
  spec.ropes["main"].type = "llama3";
  EXPECT_EQ(sharing_of(spec), PassSharing::kByStart);

  spec.ropes["main"].type = "longrope";
  EXPECT_EQ(sharing_of(spec), PassSharing::kNone);
}

}  // namespace
}  // namespace lockstep
