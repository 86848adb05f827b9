// The whole line on a tiny random checkpoint: from its folder and a text file to activations.h5.
#include "extractor/extraction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/json_file.h"
#include "base/progress.h"
#include "base/schemas/activations_file.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "extractor/machine_rate.h"
#include "extractor/model_description.h"
#include "extractor/plan/windows.h"
#include "extractor/plan/word_boundary.h"
#include "models/model.h"
#include "models/tokenizers/tokenizer.h"
#include "stimuli/word_source.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_checkpoint.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::TemporaryFolder;

class Extraction : public ::testing::Test {
 protected:
  Extraction() {
    set_verbosity(Verbosity::kQuiet);
    testing::make_tiny_checkpoint(folder_ / "model");
    testing::write_bytes(folder_ / "story.txt", testing::tiny_story(70));
  }

  ExtractionOptions options(const std::string& output) const {
    ExtractionOptions options;
    options.model = folder_ / "model";
    options.words = folder_ / "story.txt";
    options.output = folder_ / output;
    options.contexts = "1,4,20";
    options.layers = "0,2,last,final_norm";
    options.batch_tokens = 128;
    return options;
  }
  ActivationsFile run(const ExtractionOptions& options) const {
    extract(options);
    return ActivationsFile(options.output);
  }
  std::string refused(Blame blame, const ExtractionOptions& options) const {
    const auto message = message_of(blame, [&] { extract(options); });
    EXPECT_FALSE(std::filesystem::exists(options.output));
    return message;
  }

  TemporaryFolder folder_;
};

/// The largest over rows of |a - b| / |b|; the rows of `b` in the order of `a`.
double row_difference(const std::vector<float>& a, const std::vector<float>& b, std::size_t width) {
  double largest = 0;
  for (std::size_t row = 0; row < a.size() / width; ++row) {
    double difference = 0;
    double norm = 0;
    for (std::size_t unit = row * width; unit < (row + 1) * width; ++unit) {
      EXPECT_EQ(std::isnan(a[unit]), std::isnan(b[unit])) << "row " << row;
      if (std::isnan(a[unit])) continue;
      difference += std::pow(static_cast<double>(a[unit] - b[unit]), 2);
      norm += std::pow(static_cast<double>(b[unit]), 2);
    }
    if (norm > 0) largest = std::max(largest, std::sqrt(difference / norm));
  }
  return largest;
}

TEST_F(Extraction, TellsWhatItIsMadeOf) {
  const ActivationsFile file = run(options("a.h5"));

  const ActivationsHeader& header = file.header();
  EXPECT_EQ(header.model.family, "llama");
  EXPECT_EQ(header.model.num_blocks, 4);
  EXPECT_EQ(header.num_units, 64);
  EXPECT_GT(header.model.parameters, 100000);
  EXPECT_EQ(header.taps.size(), 4U);
  EXPECT_EQ(header.taps[2].name, "block 4");
  EXPECT_EQ(header.weights_sha256, sha256_of_file(folder_ / "model/model.safetensors"));
  EXPECT_EQ(header.tokenizer_sha256, open_tokenizer(folder_ / "model")->sha256());
  EXPECT_EQ(header.spec_sha256, sha256_of(header.spec_json));
  EXPECT_EQ(header.bos, "off");
  EXPECT_EQ(header.words.size(), header.text.size());
  EXPECT_EQ(header.text[2], "the");
  EXPECT_EQ(header.provenance.parents.size(), 2U);
  EXPECT_EQ(header.provenance.parents[1].sha256, header.weights_sha256);
  EXPECT_EQ(header.provenance.what,
            "lockstep extract --context 1,4,20 --layers 0,2,last,final_norm --pool mean --windows "
            "slice --bos auto --words all --batch-tokens 128 --store float32");
  const auto audit = parse_json(header.audit_json, "audit");
  EXPECT_EQ(audit["rows"], header.words.size());
  EXPECT_THAT(audit["warnings"].dump(),
              ::testing::HasSubstr("context 1 without a beginning-of-sequence token"));
}

/// One window at a time: tokens of the story by the definition, one pass, the mean of the word's
/// rows.
TEST_F(Extraction, AgreesWithOnePassAtATime) {
  const auto asked = options("a.h5");
  const ActivationsFile file = run(asked);
  const auto& header = file.header();
  const auto model = load_model(asked.model, {});
  const auto tokenizer = open_tokenizer(asked.model);
  const std::string story = read_bytes(asked.words);
  const auto tokens = tokenizer->encode(story);
  const std::vector<Tap> taps = {
      {.kind = Tap::Kind::kEmbedding}, {.block = 2}, {.block = 4}, {.kind = Tap::Kind::kFinalNorm}};

  // Words of this story are tokens up to the next space, less what is not a letter, digit,
  // apostrophe or byte of an accent.
  std::vector<std::pair<int64_t, int64_t>> spans;
  const auto text = from_utf8(story, "story");
  const auto is_inside = [](char32_t c) {
    return std::isalnum(static_cast<int>(c < 128 ? c : U'a')) != 0 || c == U'\'';
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_inside(text[at])) continue;
    const std::size_t begin = at;
    while (at < text.size() && is_inside(text[at])) ++at;
    spans.emplace_back(begin, at);
  }
  ASSERT_EQ(spans.size(), header.words.size());

  const auto touches = [&](const Token& token, std::size_t word) {
    int64_t begin = token.begin;
    while (begin < token.end && (text[static_cast<std::size_t>(begin)] == U' ' ||
                                 text[static_cast<std::size_t>(begin)] == U'\n'))
      ++begin;
    return begin < spans[word].second && token.end > spans[word].first;
  };
  for (std::size_t context = 0; context < 3; ++context) {
    const auto length = static_cast<std::size_t>(header.contexts[context].words);
    for (std::size_t tap = 0; tap < taps.size(); ++tap) {
      const auto values = file.read(context, tap);
      for (std::size_t word = 0; word < spans.size(); word += 3) {
        if (word + 1 < length) {
          EXPECT_TRUE(std::isnan(values[word * 64]));
          continue;
        }
        PackedBatch batch;
        std::size_t first = 0;
        while (!touches(tokens[first], word + 1 - length)) ++first;
        for (std::size_t token = first;
             token < tokens.size() && tokens[token].begin < spans[word].second;
             ++token) {
          if (touches(tokens[token], word))
            batch.rows.push_back(static_cast<int64_t>(token - first));
          batch.ids.push_back(tokens[token].id);
        }
        batch.offsets = {0, static_cast<int64_t>(batch.ids.size())};
        const at::Tensor expected =
            model->hidden_states(batch, std::span(taps).subspan(tap, 1))[0].mean(0);
        const std::vector<float> row(values.begin() + static_cast<std::ptrdiff_t>(word * 64),
                                     values.begin() + static_cast<std::ptrdiff_t>(word * 64 + 64));
        EXPECT_LE(
            row_difference(
                row, {expected.const_data_ptr<float>(), expected.const_data_ptr<float>() + 64}, 64),
            1e-5)
            << "context " << length << " tap " << tap << " word " << word;
      }
    }
  }
}

TEST_F(Extraction, AWordAtAContextHasOneValueWhateverElseIsAskedFor) {
  const ActivationsFile three = run(options("three.h5"));
  auto alone = options("alone.h5");
  alone.contexts = "4";
  alone.layers = "2,";
  alone.batch_tokens = 31;
  alone.workers = 2;
  auto content = options("content.h5");
  content.contexts = "4,9";
  content.word_choice = "content";

  const ActivationsFile one = run(alone);
  const ActivationsFile some = run(content);

  const auto expected = three.read(1, 1);
  EXPECT_LE(row_difference(one.read(0, 0), expected, 64), 1e-5);
  std::vector<float> chosen;
  for (const int64_t word : some.header().words) {
    const auto begin = expected.begin() + word * 64;
    chosen.insert(chosen.end(), begin, begin + 64);
  }
  EXPECT_LT(some.header().words.size(), three.header().words.size());
  EXPECT_LE(row_difference(some.read(0, 1), chosen, 64), 1e-5);
}

/// A word's context of all the story is its context of as many words as the story has so far; one
/// of n tokens is one of words where it begins with a word.
TEST_F(Extraction, ContextsInTokensAndOfAllAreThoseInWords) {
  auto asked = options("units.h5");
  asked.contexts = "4,20,9t,all";
  asked.layers = "2,";

  const ActivationsFile file = run(asked);

  const auto& header = file.header();
  ASSERT_EQ(header.contexts.size(), 4U);
  EXPECT_EQ(header.contexts[2], (ContextInfo{.name = "9t", .tokens = 9}));
  EXPECT_EQ(header.contexts[3], (ContextInfo{.name = "all"}));
  const auto row = [&](std::size_t context, std::size_t word) {
    const auto values = file.read(context, 0);
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(word * 64);
    return std::vector<float>(begin, begin + 64);
  };
  EXPECT_LE(row_difference(row(3, 3), row(0, 3), 64), 1e-5);
  EXPECT_LE(row_difference(row(3, 19), row(1, 19), 64), 1e-5);
  EXPECT_GT(row_difference(row(3, 21), row(1, 21), 64), 1e-3);
  const auto nine = file.read(2, 0);
  EXPECT_TRUE(std::isnan(nine.front()));
  EXPECT_FALSE(std::isnan(nine.back()));
  const auto num_words = header.words.size();
  for (std::size_t word = 0; word < num_words; ++word) {
    EXPECT_GT(header.tokens[3 * num_words + word], 0) << word;
  }
}

TEST_F(Extraction, Float16IsFloat32Rounded) {
  auto half = options("half.h5");
  half.store = "float16";

  const ActivationsFile whole = run(options("whole.h5"));
  const ActivationsFile rounded = run(half);

  EXPECT_EQ(rounded.header().storage, FloatStorage::kFloat16);
  for (std::size_t context = 0; context < 3; ++context) {
    const auto expected = whole.read(context, 1);
    const auto found = rounded.read(context, 1);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t k = 0; k < found.size(); ++k) {
      ASSERT_EQ(std::isnan(found[k]), std::isnan(expected[k]));
      if (std::isnan(found[k])) continue;
      ASSERT_EQ(found[k], static_cast<float>(c10::Half(expected[k])));
    }
  }
  EXPECT_LT(std::filesystem::file_size(half.output),
            std::filesystem::file_size(folder_ / "whole.h5") * 3 / 4);
}

/// One window at a time: the logits of all its rows, the definition on their softmax.
TEST_F(Extraction, SurprisalAgreesWithOnePassAtATime) {
  auto asked = options("a.h5");
  asked.contexts = "1,4,11t,all";
  asked.surprisal = true;
  asked.pooling = "last";
  const ActivationsFile file = run(asked);
  const auto& header = file.header();
  const auto model = load_model(asked.model, {});
  const auto tokenizer = open_tokenizer(asked.model);
  const Words words = load_words(asked.words);
  WindowOptions by_definition;
  by_definition.contexts = header.contexts;
  by_definition.sharing = PassSharing::kNone;
  const WindowPlan plan = plan_windows(words, *tokenizer, by_definition);
  const auto boundaries =
      word_boundaries(tokenizer->vocabulary(), model->spec().vocabulary).value();
  std::vector<std::vector<float>> found;
  for (const auto& name : prediction_names()) found.push_back(file.read_predictions(name));

  int compared = 0;
  for (const PlannedCell& cell : plan.cells) {
    const auto at = static_cast<std::size_t>(cell.context) * header.words.size() +
                    static_cast<std::size_t>(cell.word);
    const bool has_value =
        cell.window >= 0 && plan.own_rows[static_cast<std::size_t>(cell.own_begin)] > 0;
    for (const auto& values : found) EXPECT_EQ(std::isnan(values[at]), !has_value) << at;
    if (!has_value || at % 3 != 0) continue;
    const auto& window = plan.windows[static_cast<std::size_t>(cell.window)];
    PackedBatch batch;
    batch.ids.assign(plan.ids.begin() + window.begin, plan.ids.begin() + window.end);
    batch.offsets = {0, static_cast<int64_t>(batch.ids.size())};
    for (std::size_t row = 0; row < batch.ids.size(); ++row) {
      batch.rows.push_back(static_cast<int64_t>(row));
    }
    const at::Tensor log_p = at::log_softmax(model->logits(batch).to(at::kDouble), 1);
    const auto boundary = [&](int64_t row) {
      double sum = 0;
      for (std::size_t id = 0; id < boundaries.size(); ++id) {
        if (boundaries[id] != 0) {
          sum += std::exp(log_p[row][static_cast<int64_t>(id)].item<double>());
        }
      }
      return std::log2(sum);
    };
    double bits = 0;
    for (int64_t k = cell.own_begin; k < cell.own_end; ++k) {
      const int64_t row = plan.own_rows[static_cast<std::size_t>(k)];
      bits -=
          log_p[row - 1][batch.ids[static_cast<std::size_t>(row)]].item<double>() / std::log(2.0);
    }
    const int64_t first = plan.own_rows[static_cast<std::size_t>(cell.own_begin)];
    const int64_t last = plan.own_rows[static_cast<std::size_t>(cell.own_end - 1)];
    EXPECT_NEAR(found[0][at], bits, 1e-4) << at;
    const bool is_over =
        boundaries[static_cast<std::size_t>(batch.ids[static_cast<std::size_t>(first)])] != 0;
    EXPECT_NEAR(found[1][at], bits - boundary(last) + (is_over ? boundary(first - 1) : 0), 1e-4)
        << at;
    const at::Tensor before = log_p[first - 1];
    EXPECT_NEAR(found[2][at], -(before.exp() * before).sum().item<double>() / std::log(2.0), 1e-4);
    const auto id = batch.ids[static_cast<std::size_t>(first)];
    EXPECT_EQ(found[3][at], 1 + (before > before[id]).sum().item<int64_t>());
    ++compared;
  }
  EXPECT_GT(compared, 50);
}

TEST_F(Extraction, PredictionsChangeNoActivationAndNoBitWithWorkersOrShards) {
  auto with = options("with.h5");
  with.surprisal = true;
  const ActivationsFile predicted = run(with);
  const ActivationsFile plain = run(options("plain.h5"));
  auto shards = options("shards.h5");
  shards.surprisal = true;
  shards.shard = "2/2";
  extract(shards);
  shards.shard = "1/2";
  shards.workers = 2;
  extract(shards);

  EXPECT_FALSE(plain.header().has_predictions);
  EXPECT_LE(row_difference(predicted.read(2, 1), plain.read(2, 1), 64), 1e-6);
  EXPECT_EQ(read_bytes(folder_ / "shards.h5"), read_bytes(folder_ / "with.h5"));
}

TEST_F(Extraction, BitsDoNotDependOnWorkersOrShards) {
  extract(options("one.h5"));
  auto two = options("two.h5");
  two.workers = 2;
  extract(two);
  auto shards = options("shards.h5");
  shards.shard = "2/2";
  extract(shards);
  EXPECT_FALSE(std::filesystem::exists(shards.output));
  shards.shard = "1/2";
  shards.workers = 2;
  extract(shards);

  const std::string expected = read_bytes(folder_ / "one.h5");
  EXPECT_EQ(read_bytes(folder_ / "two.h5"), expected);
  EXPECT_EQ(read_bytes(folder_ / "shards.h5"), expected);
}

TEST_F(Extraction, BosGoesInFrontOfEveryWindow) {
  const int id = testing::add_post_processor(folder_ / "model");
  const ActivationsFile automatic = run(options("auto.h5"));
  auto asked = options("off.h5");
  asked.bos = "off";
  const ActivationsFile off = run(asked);

  EXPECT_EQ(automatic.header().bos, "on");
  EXPECT_EQ(automatic.header().provenance.options["prefix"], nlohmann::json({id}));
  EXPECT_EQ(off.header().bos, "off");
  EXPECT_LE(row_difference(automatic.read(2, 0), off.read(2, 0), 64),
            1e-6);  // the embedding does not look left
  EXPECT_GT(row_difference(automatic.read(2, 1), off.read(2, 1), 64), 1e-3);
}

TEST_F(Extraction, StringWindowsDifferFromSlicesInTheirFirstTokenOnly) {
  auto asked = options("string.h5");
  asked.windows = "string";
  asked.layers = "0,";
  const ActivationsFile string = run(asked);
  asked = options("slice.h5");
  asked.layers = "0,";
  const ActivationsFile slice = run(asked);

  EXPECT_EQ(string.header().windows, "string");
  EXPECT_LE(row_difference(string.read(1, 0), slice.read(1, 0), 64),
            1e-6);  // tokens of the target are the same
  EXPECT_GT(row_difference(string.read(0, 0), slice.read(0, 0), 64),
            1e-2);  // but for the space of a lone word
}

TEST_F(Extraction, PoolsAsTold) {
  const auto pooled = [&](const std::string& pooling) {
    auto asked = options(pooling + ".h5");
    asked.pooling = pooling;
    return run(asked).read(1, 1);
  };
  const auto tokens = run(options("tokens.h5")).header().tokens;
  const auto mean = pooled("mean");
  const auto sum = pooled("sum");
  const auto first = pooled("first");
  const auto last = pooled("last");

  bool has_two = false;
  const std::size_t num_words = tokens.size() / 3;
  for (std::size_t word = 3; word < num_words; ++word) {
    const auto count = static_cast<float>(tokens[num_words + word]);
    const std::size_t at = word * 64;
    EXPECT_NEAR(sum[at], count * mean[at], 1e-5F * count);
    if (count == 1) {
      EXPECT_EQ(first[at], last[at]);
    }
    if (count != 2) continue;
    has_two = true;
    EXPECT_NEAR(first[at] + last[at], sum[at], 1e-5F);
  }
  EXPECT_TRUE(has_two);
}

TEST_F(Extraction, SaysWhatIsWrong) {
  const auto with = [&](auto change) {
    auto asked = options("a.h5");
    change(asked);
    return asked;
  };
  EXPECT_EQ(refused(Blame::kCommandLine, with([](auto& o) { o.contexts = "0"; })),
            "--context: \"0\"; a number of words, 1 or more, of tokens (128t), or all, is wanted");
  EXPECT_EQ(refused(Blame::kCommandLine, with([](auto& o) { o.layers = "5,"; })),
            "--layers: \"5\"; embedding (0), a block from 1 to 4, last, final_norm or hf:0 to hf:4 "
            "is wanted");
  EXPECT_EQ(refused(Blame::kCommandLine, with([](auto& o) { o.batch_tokens = 0; })),
            "--batch-tokens: 0; 1 or more is wanted");
  EXPECT_EQ(refused(Blame::kCommandLine, with([](auto& o) { o.shard = "3/2"; })),
            "--shard: \"3/2\"; i/n with 1 <= i <= n is wanted");
  EXPECT_EQ(refused(Blame::kCommandLine, with([](auto& o) { o.store = "int8"; })),
            "--store: \"int8\"; one of float32, float16 is wanted");
  EXPECT_EQ(refused(Blame::kCommandLine, with([](auto& o) { o.pooling = "max"; })),
            "--pool: \"max\"; one of mean, last, first, sum is wanted");
  EXPECT_EQ(
      refused(Blame::kCommandLine, with([](auto& o) { o.contexts = "90"; })),
      "--context 90: the longest story has 72 words in its text; a shorter context is wanted");
  EXPECT_EQ(message_of(Blame::kCommandLine, [] { extract({}); }),
            "--output: nothing; the file to write is wanted");
  EXPECT_TRUE(holds(refused(Blame::kData, with([](auto& o) { o.words = "no.txt"; })), "no.txt"));
  EXPECT_TRUE(
      holds(refused(Blame::kData, with([](auto& o) { o.model = "no_model"; })), "no_model"));
}

TEST_F(Extraction, RefusesContextsBeyondTheModel) {
  testing::write_bytes(folder_ / "story.txt", testing::tiny_story(300));
  auto asked = options("a.h5");
  asked.contexts = "250";

  EXPECT_TRUE(holds(refused(Blame::kCommandLine, asked), "tokens; the model reads 256 at most"));
}

TEST_F(Extraction, DescribesWhatItWouldTakeAndWritesNothing) {
  const std::string lines = describe_extraction(options("a.h5"));

  EXPECT_TRUE(holds(lines, "embedding, block 2, block 4, final_norm"));
  EXPECT_TRUE(holds(lines, "72 words, "));
  EXPECT_TRUE(holds(lines, "GFLOP"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.h5.partial"));
}

TEST(MachineRate, IsSomeRate) {
  EXPECT_GT(machine_rate({.rows = 16, .width = 16, .workers = 2}), 1e6);
}

TEST_F(Extraction, ModelsAreDescribed) {
  const std::string lines = describe_model(folder_ / "model", {});

  EXPECT_TRUE(holds(lines, "family        llama"));
  EXPECT_TRUE(holds(lines, "layers        4 of width 64"));
  EXPECT_TRUE(holds(lines, "reads         up to 256 tokens"));
  EXPECT_TRUE(holds(
      lines, "hidden states hf:0 embedding, hf:1 to hf:3 block 1 to block 3, hf:4 final_norm\n"));
  EXPECT_TRUE(holds(describe_families({}), "\nllama        meta-llama/Llama-2-7b-hf, "));
  testing::write_bytes(folder_ / "llama.jsonnet", "// Ours.\nfunction(config) {}\n// Models: none");
  EXPECT_TRUE(holds(describe_families({folder_ / ""}), "\nllama\n"));
  EXPECT_EQ(tokens_json(*open_tokenizer(folder_ / "model"), "", "off"), "[]");
  const auto tokens =
      parse_json(tokens_json(*open_tokenizer(folder_ / "model"), "caf\xC3\xA9", "off"), "tokens");
  EXPECT_EQ(tokens[0][1], 0);
  EXPECT_EQ(tokens[tokens.size() - 1][2], 4);
}

}  // namespace
}  // namespace lockstep
