// Small sentencepiece models against PyPI's sentencepiece, and each way in which a folder with a
// tokenizer.model or with vocab.json and merges.txt can be wrong.
#include "models/tokenizers/sentencepiece_tokenizer.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "models/tokenizers/vocabulary_folder.h"
#include "tests/models/tokenizers/golden.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::described;
using testing::golden_folder;
using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;
using testing::write_bytes;

std::filesystem::path models() { return golden_folder() / "sentencepiece"; }
std::string llama_model() { return read_file(models() / "llama/tokenizer.model"); }

std::unique_ptr<Tokenizer> llama_with(const TokenizerConfig& config) {
  return sentencepiece_tokenizer(llama_model(), "m", config);
}

class GoldenSentencePiece : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenSentencePiece, GivesTheIdsAndSpansOfTheLibrary) {
  const auto folder = models() / GetParam();
  const auto tokenizer = open_tokenizer(folder);
  const auto strings = testing::nasty_strings();
  const auto expected = read_json_file(folder / "expected.json");
  ASSERT_EQ(strings.size(), expected.size());

  int compared = 0;
  for (std::size_t i = 0; i < strings.size(); ++i) {
    if (expected[i].is_null()) continue;  // versions of the library differ: make_sentencepiece.py
    ++compared;
    EXPECT_EQ(described(tokenizer->encode(strings[i])),
              described(testing::tokens_from(expected[i])))
        << "string " << i << ": \"" << strings[i] << '"';
  }
  EXPECT_GE(compared, 300);
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         GoldenSentencePiece,
                         ::testing::Values("llama", "gemma", "t5", "unigram_bytes"),
                         [](const auto& param) { return std::string(param.param); });

TEST(SentencePiece, TheBosIsTheConfigsOrTheModels) {
  EXPECT_EQ(llama_with({})->bos(), 1);
  EXPECT_TRUE(llama_with({})->prefix().empty()) << "transformers 5.23 adds none unless told so";
  TokenizerConfig config;
  config.add_bos = true;
  EXPECT_EQ(llama_with(config)->prefix(), std::vector<int32_t>{1});
  config.bos_token = "</s>";
  EXPECT_EQ(llama_with(config)->prefix(), std::vector<int32_t>{2});

  config.bos_token = "<none>";
  EXPECT_EQ(message_of(Blame::kData, [&] { llama_with(config); }),
            "m: tokenizer_config.json: add_bos_token: true; the vocabulary has no such token");
  config.add_bos = false;
  EXPECT_EQ(llama_with(config)->bos(), std::nullopt);
  EXPECT_EQ(llama_with(config)->notes(),
            std::vector<std::string>{"the bos_token \"<none>\" is not in the vocabulary"});
  config.bos_token = std::nullopt;
  config.has_no_bos = true;
  EXPECT_EQ(llama_with(config)->bos(), std::nullopt);
  EXPECT_EQ(open_tokenizer(models() / "llama")->prefix(), std::vector<int32_t>{1});
  EXPECT_EQ(open_tokenizer(models() / "t5")->bos(), std::nullopt);
}

TEST(SentencePiece, ADummyPrefixStandsBehindAddedTokensInLegacyFoldersOnly) {
  TokenizerConfig config;
  const std::string text = "the<s>the";
  const auto today = llama_with(config)->encode(text);
  config.legacy = true;
  const auto legacy = llama_with(config)->encode(text);

  ASSERT_EQ(legacy.size(), 3U);
  EXPECT_EQ(legacy[0].id, legacy[2].id);
  EXPECT_EQ(today[0].id, legacy[0].id);
  EXPECT_NE(today[2].id, legacy[2].id);
  EXPECT_NE(llama_with(config)->sha256(), llama_with({})->sha256());
}

TEST(SentencePiece, AddPrefixSpaceMaySwitchTheDummyPrefixOff) {
  TokenizerConfig config;
  config.legacy = true;
  config.add_prefix_space = false;
  const auto tokenizer = llama_with(config);
  const auto inside = llama_with({})->encode("<s>the");  // behind an added token

  const auto tokens = tokenizer->encode("the<s>the");

  ASSERT_EQ(tokens.size(), 2 * inside.size() - 1);
  EXPECT_EQ(tokens.front().id, inside[1].id);
  EXPECT_EQ(tokens.back().id, inside.back().id);
  EXPECT_NE(tokens.front().id, llama_with({})->encode("the").front().id);
  EXPECT_NE(tokenizer->sha256(), llama_with({})->sha256());
}

TEST(SentencePiece, AddedTokensMayStandBehindThePieces) {
  TokenizerConfig config;
  config.added = {{.content = "<pad>", .id = 530}};
  const auto tokenizer = llama_with(config);

  EXPECT_EQ(tokenizer->vocabulary_size(), 531);
  EXPECT_EQ(llama_with({})->vocabulary_size(), 520);
  EXPECT_EQ(described(tokenizer->encode("<pad><s>")), " 530@0-5 1@5-8");

  config.added = {{.content = "<s>", .id = 7}};
  EXPECT_EQ(message_of(Blame::kData, [&] { llama_with(config); }),
            "m: \"<s>\" is piece 1, but added token 7 of the files beside it; one id is wanted");
}

TEST(SentencePiece, ATextThatIsNotUtf8IsRefused) {
  EXPECT_EQ(message_of(Blame::kData, [] { llama_with({})->encode("a\xFF"); }),
            "text: byte 1: not UTF-8");
  EXPECT_TRUE(llama_with({})->encode("").empty());
}

TEST(SentencePiece, WhatIsNoModelIsRefused) {
  const std::string whole = llama_model();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
    EXPECT_TRUE(holds(
        message_of(Blame::kData, [&] { sentencepiece_tokenizer(whole.substr(0, size), "m", {}); }),
        "a sentencepiece model is wanted"))
        << size;
  }
  // What some folders call tokenizer.model: a list of byte strings in base64.
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [] { sentencepiece_tokenizer("IQ== 0\nIg== 1\n", "m", {}); }),
            "m: 14 bytes: "));
}

TEST(SentencePiece, APieceThatIsNoTextIsRefused) {
  const auto refusal = [](const std::string& piece) {
    // ModelProto { SentencePiece pieces = 1 { string piece = 1 } }
    const std::string inner = "\x0A" + std::string(1, static_cast<char>(piece.size())) + piece;
    const std::string bytes = "\x0A" + std::string(1, static_cast<char>(inner.size())) + inner;
    return message_of(Blame::kData, [&] { sentencepiece_tokenizer(bytes, "m", {}); });
  };

  EXPECT_EQ(refusal(std::string("a\0b", 3)),
            "m: piece 0: a zero byte at 1; text without one is wanted");
  EXPECT_EQ(refusal("a\xFF"), "m: piece 0: byte 1: not UTF-8");
}

// A trie of 256 units in one block, "a" -> the first string; and the model that holds it.
std::string model_with_charsmap(uint32_t first_unit, const std::string& strings) {
  std::vector<uint32_t> units(256, 0);
  units[0] = first_unit;
  units[1 ^ 'a'] = 'a' | 1U << 8 | 2U << 10;  // behind it at 1 ^ 'a' ^ 2: the value 0
  std::string charsmap("\0\4\0\0", 4);
  for (const uint32_t unit : units) {
    for (unsigned k = 0; k < 4; ++k) charsmap += static_cast<char>(unit >> 8 * k & 0xFF);
  }
  charsmap += strings;
  const auto field = [](char tag, const std::string& bytes) {
    std::string length;
    length += static_cast<char>((bytes.size() & 0x7F) | 0x80);
    length += static_cast<char>(bytes.size() >> 7);
    return std::string(1, tag) + length + bytes;
  };
  return llama_model() + field(0x1A, field(0x12, charsmap));
}

TEST(SentencePiece, ACharsmapThatLeadsOutOfItselfIsRefused) {
  const auto refusal = [](uint32_t first_unit, const std::string& strings) {
    return message_of(Blame::kData, [&] {
      sentencepiece_tokenizer(model_with_charsmap(first_unit, strings), "m", {});
    });
  };
  const std::string strings("the\0", 4);
  const auto whole = sentencepiece_tokenizer(model_with_charsmap(1U << 10, strings), "m", {});
  EXPECT_EQ(whole->encode("a").front().id, llama_with({})->encode("the").front().id);
  EXPECT_EQ(
      refusal(1U << 18, strings),
      "m: precompiled_charsmap: a charsmap whose trie leads out of it; a whole one is wanted");
  EXPECT_TRUE(holds(refusal(1U << 10, "the"), "trie leads out of it")) << "no end";
  EXPECT_TRUE(holds(refusal(1U << 10, ""), "trie leads out of it"));
}

TEST(SentencePiece, TheSumIsOfAllThatIsUsed) {
  TokenizerConfig config;
  config.add_bos = true;
  const std::string with_bos = llama_with(config)->sha256();
  config = {};
  config.added = {{.content = "<pad>", .id = 530}};
  EXPECT_NE(with_bos, llama_with({})->sha256());
  EXPECT_NE(llama_with(config)->sha256(), llama_with({})->sha256());
  EXPECT_EQ(llama_with({})->sha256(), llama_with({})->sha256());
}

/// vocab.json and merges.txt of a golden tokenizer.
void write_vocabulary(const TemporaryFolder& folder, const char* golden) {
  const json whole = read_json_file(golden_folder() / golden / "tokenizer.json");
  write_bytes(folder / "vocab.json", whole["model"]["vocab"].dump());
  std::string merges = "#version: 0.2\n";
  for (const json& merge : whole["model"]["merges"]) {
    merges += merge[0].get<std::string>() + " " + merge[1].get<std::string>() + "\n";
  }
  write_bytes(folder / "merges.txt", merges);
}

/// Those of `golden` whose strings hold none of its added tokens.
void expect_golden(const Tokenizer& tokenizer, const char* golden) {
  const auto strings = testing::nasty_strings();
  const auto expected = read_json_file(golden_folder() / golden / "expected.json");
  int compared = 0;
  for (std::size_t i = 0; i < strings.size(); ++i) {
    if (strings[i].find_first_of("<[") != std::string::npos) continue;
    ++compared;
    EXPECT_EQ(described(tokenizer.encode(strings[i])), described(testing::tokens_from(expected[i])))
        << strings[i];
  }
  EXPECT_GT(compared, 150);
}

TEST(VocabularyFolder, IsGpt2sByItsClassOrItsModel) {
  TemporaryFolder folder;
  write_vocabulary(folder, "gpt2");
  write_bytes(folder / "config.json", R"({"model_type": "gpt2"})");
  const auto by_model = open_tokenizer(folder.path());
  expect_golden(*by_model, "gpt2");
  EXPECT_EQ(by_model->bos(), 600);
  EXPECT_TRUE(by_model->prefix().empty());
  EXPECT_EQ(by_model->vocabulary_size(), 601);
  EXPECT_EQ(described(by_model->encode("<|endoftext|>")), " 600@0-13");

  write_bytes(folder / "tokenizer_config.json",
              R"({"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true})");
  EXPECT_EQ(open_tokenizer(folder.path())->prefix(), std::vector<int32_t>{600});
  EXPECT_NE(open_tokenizer(folder.path())->sha256(), by_model->sha256());
  write_bytes(folder / "tokenizer_config.json",
              R"({"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true, "bos_token": null})");
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { open_tokenizer(folder.path()); }),
                    "add_bos_token: true; the vocabulary has no such token"));
}

TEST(VocabularyFolder, IsQwen2sByItsClass) {
  TemporaryFolder folder;
  write_vocabulary(folder, "qwen2");
  write_bytes(folder / "config.json", R"({"model_type": "qwen2", "bos_token_id": 1})");
  const auto tokenizer = open_tokenizer(folder.path());
  expect_golden(*tokenizer, "qwen2");
  EXPECT_EQ(tokenizer->bos(), std::nullopt);
}

TEST(VocabularyFolder, RefusesWhatItCannotKnow) {
  TemporaryFolder folder;
  const auto message = [&] {
    return message_of(Blame::kData, [&] { open_tokenizer(folder.path()); });
  };
  write_vocabulary(folder, "gpt2");
  EXPECT_TRUE(holds(message(), "of a tokenizer whose class is not named; GPT2Tokenizer, "));
  write_bytes(folder / "config.json", R"({"model_type": "roberta"})");
  EXPECT_TRUE(holds(message(), "whose class is that of model_type roberta"));
  write_bytes(folder / "tokenizer_config.json", R"({"tokenizer_class": "CLIPTokenizer"})");
  EXPECT_TRUE(holds(message(), "whose class is CLIPTokenizer"));
  EXPECT_TRUE(holds(message(), "AutoTokenizer.from_pretrained(folder).save_pretrained(folder)"));

  write_bytes(folder / "tokenizer_config.json", R"({"tokenizer_class": "GPT2TokenizerFast"})");
  write_bytes(folder / "merges.txt", "#version: 0.2\na b\nonly\n");
  EXPECT_TRUE(holds(message(), "model.merges["));
  write_bytes(folder / "vocab.json", "[]");
  EXPECT_TRUE(holds(message(), "vocab.json: not an object; tokens with their ids are wanted"));

  std::filesystem::remove(folder / "merges.txt");
  write_bytes(folder / "vocab.txt", "a\n");
  write_bytes(folder / "config.json", "{}");
  EXPECT_TRUE(holds(message(), "no tokenizer.json in it, only vocab.txt, vocab.json; a folder"));
}

}  // namespace
}  // namespace lockstep
