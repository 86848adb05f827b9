// The loop around a model that is exact by construction: whatever differs is the loop's fault.
#include "extractor/activations_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "extractor/plan/contexts.h"
#include "extractor/plan/layer_selection.h"
#include "tests/extractor/fake_model.h"
#include "tests/extractor/plan/fake_tokenizers.h"
#include "tests/extractor/plan/plan_oracle.h"
#include "tests/extractor/plan/test_words.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::message_of;
using testing::read_bytes;
using testing::TemporaryFolder;

struct Setting {
  std::string contexts = "1,3,7";
  std::string layers = "0,2,final_norm";
  Pooling pooling = Pooling::kMean;
  std::vector<int32_t> prefix = {5};
  int64_t batch_tokens = 40;
  int64_t max_values = 4096;
};

WindowOptions window_options(const Setting& setting) {
  WindowOptions options;
  options.contexts = parse_contexts(setting.contexts);
  options.pooling = setting.pooling;
  options.prefix = setting.prefix;
  return options;
}

ActivationsJob job_of(const Words& words,
                      const FakeTokenizer& tokenizer,
                      const Setting& setting = {}) {
  ActivationsJob job;
  job.plan = plan_windows(words, tokenizer, window_options(setting));
  job.parts = pack_parts(job.plan,
                         {.batch_tokens = setting.batch_tokens, .max_values = setting.max_values});
  job.pooling = setting.pooling;
  job.key = std::string(64, 'c');
  auto& header = job.header;
  header.model = {
      .name = "fake", .family = "fake", .parameters = 0, .num_blocks = 4, .trained = true};
  header.contexts = parse_contexts(setting.contexts);
  header.taps = select_layers(setting.layers, 4, std::vector<std::string>{"embedding"});
  header.words = job.plan.words;
  header.text = job.plan.text;
  header.num_units = 3;
  header.tokens = job.plan.tokens;
  header.shared = job.plan.shared;
  header.audit_json = "{}";
  return job;
}

std::string bytes_after(const ActivationsJob& job,
                        const std::filesystem::path& output,
                        int workers) {
  const FakeModel model;
  EXPECT_TRUE(fill_activations(job, model, {.output = output, .shard = {}, .workers = workers}));
  return read_bytes(output);
}

std::size_t files_in(const TemporaryFolder& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path()))
    ++count;
  return count;
}

TEST(ActivationsJob, WritesWhatTheDefinitionSays) {
  const TemporaryFolder folder;
  const Words words = nasty_words();
  const auto tokenizer = ragged_tokens(77);
  const Setting setting;
  const auto job = job_of(words, tokenizer, setting);

  bytes_after(job, folder / "a.h5", 2);

  const ActivationsFile file(folder / "a.h5");
  const auto readings = readings_by_definition(words, tokenizer, window_options(setting));
  int values = 0;
  for (std::size_t context = 0; context < job.header.contexts.size(); ++context) {
    for (std::size_t tap = 0; tap < job.header.taps.size(); ++tap) {
      const auto found = file.read(context, tap);
      for (std::size_t word = 0; word < job.header.words.size(); ++word) {
        const auto& reading =
            readings.at({job.header.contexts[context].words, job.header.words[word]});
        for (int64_t unit = 0; unit < 3; ++unit) {
          const float value = found[word * 3 + static_cast<std::size_t>(unit)];
          if (!reading) {
            EXPECT_TRUE(std::isnan(value)) << "context " << context << " word " << word;
            continue;
          }
          std::vector<int32_t> ids = setting.prefix;
          ids.insert(ids.end(), reading->ids.begin(), reading->ids.end());
          double sum = 0;
          for (const int64_t row : reading->rows)
            sum += static_cast<double>(
                fake_state(std::span(ids).first(static_cast<std::size_t>(row) + 2),
                           job.header.taps[tap].block,
                           unit));
          EXPECT_EQ(value, static_cast<float>(sum / static_cast<double>(reading->rows.size())))
              << "context " << context << " word " << word;
          ++values;
        }
      }
    }
  }
  EXPECT_GT(values, 300);
}

TEST(ActivationsJob, AWordAtAContextHasOneValueWhateverElseIsAskedFor) {
  const TemporaryFolder folder;
  const Words words = nasty_words();
  const auto tokenizer = ragged_tokens(4);
  bytes_after(job_of(words, tokenizer), folder / "three.h5", 1);
  bytes_after(job_of(words, tokenizer, {.contexts = "3", .batch_tokens = 7}), folder / "one.h5", 1);

  const ActivationsFile three(folder / "three.h5");
  const ActivationsFile one(folder / "one.h5");
  for (std::size_t tap = 0; tap < 3; ++tap) {
    const auto expected = three.read(1, tap);
    EXPECT_THAT(one.read(0, tap), ::testing::Pointwise(::testing::NanSensitiveFloatEq(), expected));
  }
}

TEST(ActivationsJob, BytesDoNotDependOnWorkersOrShards) {
  const TemporaryFolder folder;
  const auto job = job_of(nasty_words(), ragged_tokens(1));
  const std::string expected = bytes_after(job, folder / "one.h5", 1);
  ASSERT_GT(job.parts.size(), 6U);

  EXPECT_EQ(bytes_after(job, folder / "five.h5", 5), expected);
  const FakeModel model;
  EXPECT_FALSE(fill_activations(
      job, model, {.output = folder / "shards.h5", .shard = {3, 3}, .workers = 2}));
  EXPECT_FALSE(fill_activations(
      job, model, {.output = folder / "shards.h5", .shard = {1, 3}, .workers = 1}));
  EXPECT_FALSE(std::filesystem::exists(folder / "shards.h5"));
  EXPECT_TRUE(fill_activations(
      job, model, {.output = folder / "shards.h5", .shard = {2, 3}, .workers = 1}));
  EXPECT_EQ(read_bytes(folder / "shards.h5"), expected);
  EXPECT_EQ(files_in(folder), 3U);
}

TEST(ActivationsJob, GoesOnWhereItStopped) {
  const TemporaryFolder folder;
  const auto job = job_of(nasty_words(), ragged_tokens(1));
  const std::string expected = bytes_after(job, folder / "whole.h5", 1);
  const auto num_parts = static_cast<int>(job.parts.size());
  FakeModel stopping;
  stopping.before_pass = [](int pass) {
    if (pass == 4) fail(Blame::kData, "stopped");
  };

  EXPECT_EQ(message_of(Blame::kData,
                       [&] {
                         fill_activations(
                             job, stopping, {.output = folder / "a.h5", .shard = {}, .workers = 1});
                       }),
            "stopped");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.h5"));
  const FakeModel model;
  EXPECT_TRUE(fill_activations(job, model, {.output = folder / "a.h5", .shard = {}, .workers = 1}));

  EXPECT_EQ(read_bytes(folder / "a.h5"), expected);
  EXPECT_LT(model.num_passes(), num_parts - 3);
  EXPECT_EQ(files_in(folder), 2U);
}

TEST(ActivationsJob, DoesNotMixTwoPiecesOfWork) {
  const TemporaryFolder folder;
  auto job = job_of(nasty_words(), ragged_tokens(1));
  FakeModel stopping;
  stopping.before_pass = [](int) { fail(Blame::kData, "stopped"); };
  message_of(Blame::kData, [&] {
    fill_activations(job, stopping, {.output = folder / "a.h5", .shard = {}, .workers = 1});
  });
  job.key = std::string(64, 'd');

  const FakeModel model;
  const auto message = message_of(Blame::kData, [&] {
    fill_activations(job, model, {.output = folder / "a.h5", .shard = {}, .workers = 1});
  });

  EXPECT_TRUE(testing::holds(
      message, "begun with other settings or inputs (key cccccccccccc, now dddddddddddd)"));
}

TEST(ActivationsJob, RefusesValuesThatAreNotFinite) {
  const TemporaryFolder folder;
  const auto job = job_of(words_of("a b c"), one_token_a_word(), {.contexts = "1"});
  FakeModel model;
  model.is_broken = true;

  const auto message = message_of(Blame::kData, [&] {
    fill_activations(job, model, {.output = folder / "a.h5", .shard = {}, .workers = 1});
  });

  EXPECT_EQ(
      message,
      "embedding: row 0 of the words has a value that is not finite; finite weights are wanted");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.h5"));
}

TEST(ActivationsJob, LooksForRoomBeforeItBegins) {
  const TemporaryFolder folder;
  auto job = job_of(words_of("a b c"), one_token_a_word(), {.contexts = "1"});
  job.header.num_units = int64_t{1} << 50;

  const FakeModel model;
  const auto message = message_of(Blame::kData, [&] {
    fill_activations(job, model, {.output = folder / "a.h5", .shard = {}, .workers = 1});
  });

  EXPECT_TRUE(testing::holds(message, "a.h5: 40,532,396,646,334,464 bytes are needed, "));
  EXPECT_EQ(files_in(folder), 0U);
}

TEST(ActivationsJob, PoolsAsTold) {
  const TemporaryFolder folder;
  const Words words = words_of("abcd ef");
  const FakeTokenizer letters([](std::u32string_view text) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size(); ++at) tokens.push_back(token_at(text, at, at + 1));
    return tokens;
  });
  const auto value_with = [&](Pooling pooling, const std::string& name) {
    bytes_after(
        job_of(words, letters, {.contexts = "1", .layers = "2,", .pooling = pooling, .prefix = {}}),
        folder / name,
        1);
    return ActivationsFile(folder / name).read(0, 0)[0];
  };
  std::vector<int32_t> ids;
  for (const Token& token : letters.encode("abcd")) ids.push_back(token.id);
  const auto state = [&](std::size_t row) {
    return fake_state(std::span(ids).first(row + 1), 2, 0);
  };

  EXPECT_EQ(value_with(Pooling::kFirst, "first.h5"), state(0));
  EXPECT_EQ(value_with(Pooling::kLast, "last.h5"), state(3));
  EXPECT_FLOAT_EQ(value_with(Pooling::kSum, "sum.h5"), state(0) + state(1) + state(2) + state(3));
  EXPECT_FLOAT_EQ(value_with(Pooling::kMean, "mean.h5"),
                  (state(0) + state(1) + state(2) + state(3)) / 4);
}

}  // namespace
}  // namespace lockstep
