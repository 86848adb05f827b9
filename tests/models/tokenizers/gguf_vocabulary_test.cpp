#include "models/tokenizers/gguf_vocabulary.h"

#include <gtest/gtest.h>

#include "models/tokenizers/gguf_pre_tokenizers.h"
#include "models/tokenizers/pattern.h"
#include "tests/models/tokenizers/golden.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::described;
using testing::golden_folder;
using testing::holds;
using testing::message_of;

// The vocabulary of a golden tokenizer.json as a GGUF file would hold it.
GgufVocabulary vocabulary_of(const std::string& name) {
  const auto json = read_json_file(golden_folder() / name / "tokenizer.json");
  GgufVocabulary gguf;
  std::size_t size = 0;
  for (const auto& [token, id] : json["model"]["vocab"].items()) {
    size = std::max(size, id.get<std::size_t>() + 1);
  }
  for (const auto& token : json["added_tokens"]) {
    size = std::max(size, token["id"].get<std::size_t>() + 1);
  }
  gguf.tokens.resize(size);
  gguf.token_types.assign(size, 1);
  for (const auto& [token, id] : json["model"]["vocab"].items()) {
    gguf.tokens[id.get<std::size_t>()] = token;
    if (token.starts_with("<0x")) gguf.token_types[id.get<std::size_t>()] = 6;
  }
  for (const auto& token : json["added_tokens"]) {
    gguf.tokens[token["id"].get<std::size_t>()] = token["content"].get<std::string>();
    gguf.token_types[token["id"].get<std::size_t>()] = token["content"] == "<unk>" ? 2 : 3;
  }
  for (const auto& merge : json["model"]["merges"]) {
    gguf.merges.push_back(merge.is_string()
                              ? merge.get<std::string>()
                              : merge[0].get<std::string>() + " " + merge[1].get<std::string>());
  }
  return gguf;
}

GgufVocabulary byte_level(const std::string& name, const char* pre, const char* architecture) {
  GgufVocabulary gguf = vocabulary_of(name);
  gguf.model = "gpt2";
  gguf.pre = pre;
  gguf.architecture = architecture;
  gguf.bos = 1;
  return gguf;
}

// SentencePiece's form: the sooner a token comes about, the higher its score.
GgufVocabulary sentencepiece() {
  GgufVocabulary gguf = vocabulary_of("llama2");
  gguf.model = "llama";
  gguf.scores.assign(gguf.tokens.size(), 0.0f);
  for (std::size_t id = 259; id < gguf.tokens.size(); ++id) {
    gguf.scores[id] = 259.0f - static_cast<float>(id);
  }
  gguf.merges.clear();
  return gguf;
}

std::string refusal(const GgufVocabulary& gguf) {
  return message_of(Blame::kData, [&] { make_gguf_tokenizer(gguf); });
}

void expect_golden(const GgufVocabulary& gguf, const std::string& name) {
  const auto tokenizer = make_gguf_tokenizer(gguf);
  const auto strings = testing::nasty_strings();
  const auto expected = read_json_file(golden_folder() / name / "expected.json");
  for (std::size_t i = 0; i < strings.size(); ++i) {
    EXPECT_EQ(described(tokenizer->encode(strings[i])),
              described(testing::tokens_from(expected[i])))
        << strings[i];
  }
}

TEST(GgufVocabulary, GivesWhatTheTokenizerJsonOfTheModelGives) {
  expect_golden(byte_level("smollm2", "smollm", "llama"), "smollm2");
  expect_golden(byte_level("llama3", "llama-bpe", "llama"), "llama3");
  expect_golden(byte_level("qwen2", "qwen2", "qwen2"), "qwen2");
}

TEST(GgufVocabulary, OnlySomeArchitecturesComposeCharacters) {
  const std::string decomposed = "e\xCC\x81";
  const auto qwen = make_gguf_tokenizer(byte_level("qwen2", "qwen2", "qwen2"));
  const auto llama = make_gguf_tokenizer(byte_level("qwen2", "qwen2", "llama"));

  EXPECT_EQ(described(qwen->encode(decomposed)).find("@1-2"), std::string::npos);
  EXPECT_NE(described(llama->encode(decomposed)).find("@1-2"), std::string::npos);
}

TEST(GgufVocabulary, SentencePieceMergesByScore) { expect_golden(sentencepiece(), "llama2"); }

TEST(GgufVocabulary, TheFileDecidesAboutTheBos) {
  GgufVocabulary gguf = byte_level("smollm2", "smollm", "llama");
  EXPECT_TRUE(make_gguf_tokenizer(gguf)->prefix().empty());
  EXPECT_EQ(make_gguf_tokenizer(gguf)->bos(), 1);
  gguf.add_bos = true;
  EXPECT_EQ(make_gguf_tokenizer(gguf)->prefix(), (std::vector<int32_t>{1}));

  GgufVocabulary llama3 = byte_level("llama3", "llama-bpe", "llama");
  EXPECT_EQ(make_gguf_tokenizer(llama3)->prefix(), (std::vector<int32_t>{1}));
  llama3.add_bos = false;
  EXPECT_TRUE(make_gguf_tokenizer(llama3)->prefix().empty());

  EXPECT_EQ(make_gguf_tokenizer(sentencepiece())->prefix(), (std::vector<int32_t>{1}));
}

TEST(GgufVocabulary, TheSpaceInFrontIsTheFilesChoice) {
  GgufVocabulary gguf = sentencepiece();
  gguf.add_space_prefix = false;

  const auto tokens = make_gguf_tokenizer(gguf)->encode("a");

  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_EQ(gguf.tokens[static_cast<std::size_t>(tokens[0].id)], "a");
}

TEST(GgufVocabulary, PrefersTheTokenizerJsonInside) {
  GgufVocabulary gguf;
  gguf.huggingface_json = read_json_file(golden_folder() / "metaspace/tokenizer.json").dump();
  expect_golden(gguf, "metaspace");

  gguf.tokens.resize(2);
  gguf.bos = 1;
  gguf.add_bos = true;
  EXPECT_EQ(make_gguf_tokenizer(gguf)->prefix(), (std::vector<int32_t>{1}));
}

TEST(GgufVocabulary, TheSumIsOfAllThatMatters) {
  const GgufVocabulary gguf = byte_level("smollm2", "smollm", "llama");
  const std::string sum = make_gguf_tokenizer(gguf)->sha256();
  EXPECT_EQ(make_gguf_tokenizer(gguf)->sha256(), sum);

  GgufVocabulary other = gguf;
  std::swap(other.merges[0], other.merges[1]);
  EXPECT_NE(make_gguf_tokenizer(other)->sha256(), sum);
  other = gguf;
  other.pre = "gpt-2";
  EXPECT_NE(make_gguf_tokenizer(other)->sha256(), sum);
  other = gguf;
  other.add_bos = false;
  EXPECT_NE(make_gguf_tokenizer(other)->sha256(), sum);
}

TEST(GgufVocabulary, NamesWhatIsWrong) {
  const GgufVocabulary good = byte_level("smollm2", "smollm", "llama");
  GgufVocabulary bad = good;
  bad.model = "rwkv";
  EXPECT_TRUE(holds(refusal(bad), "tokenizer.ggml.model: \"rwkv\"; one of gpt2, llama"));
  bad = good;
  bad.pre = "default";
  EXPECT_TRUE(holds(refusal(bad), "tokenizer.ggml.pre: \"default\"; one of gpt-2, phi-2"));
  bad = good;
  bad.tokens.clear();
  EXPECT_EQ(refusal(bad), "tokenizer.ggml.tokens: empty; tokens are wanted");
  bad = good;
  bad.merges.clear();
  EXPECT_EQ(refusal(bad), "tokenizer.ggml.merges: missing; merges are wanted");
  bad = good;
  bad.merges[3] = "nowhere x";
  EXPECT_TRUE(
      holds(refusal(bad), "tokenizer.ggml.merges[3]: \"nowhere\" is not in the vocabulary"));
  bad = good;
  bad.token_types.pop_back();
  EXPECT_TRUE(holds(refusal(bad), "tokenizer.ggml.token_type: "));
  bad = good;
  bad.token_types[5] = 9;
  EXPECT_EQ(refusal(bad), "tokenizer.ggml.token_type[5]: 9; 1 to 6 is wanted");
  bad = good;
  bad.tokens[7] = "\xFF";
  EXPECT_EQ(refusal(bad), "tokenizer.ggml.tokens[7]: byte 0: not UTF-8");
  bad = good;
  bad.merges[2] = "ab\x8F";
  EXPECT_EQ(refusal(bad), "tokenizer.ggml.merges[2]: byte 2: not UTF-8");
  bad = good;
  bad.bos = 100000;
  EXPECT_TRUE(holds(refusal(bad), "tokenizer.ggml.bos_token_id: 100000; an id below "));
  bad = good;
  bad.bos = std::nullopt;
  bad.add_bos = true;
  EXPECT_EQ(refusal(bad), "tokenizer.ggml.bos_token_id: missing; the file adds this token");
}

TEST(GgufVocabulary, NamesWhatIsWrongWithScores) {
  GgufVocabulary bad = sentencepiece();
  bad.scores.pop_back();
  EXPECT_TRUE(holds(refusal(bad), "tokenizer.ggml.scores: "));
  bad = sentencepiece();
  bad.scores[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(refusal(bad), "tokenizer.ggml.scores[4]: nan; a number is wanted");
  bad = sentencepiece();
  bad.unk = -1;
  EXPECT_TRUE(holds(refusal(bad), "tokenizer.ggml.unknown_token_id: -1; an id below "));
}

// How a rule cuts text, bars between the pieces.
std::string cut(const char* pre, const std::string& text) {
  std::vector<std::string> pieces = {text};
  for (const std::string& expression : gguf_pre_tokenizer(pre).expressions) {
    const auto pattern = regex_pattern(expression, pre);
    std::vector<std::string> finer;
    for (const std::string& piece : pieces) {
      for (const Section& part :
           split_at_matches(pattern->sections(piece), SplitBehavior::kIsolated)) {
        finer.push_back(piece.substr(part.begin, part.end - part.begin));
      }
    }
    pieces = finer;
  }
  return join(pieces, "|");
}

TEST(GgufPreTokenizers, CutAsTheirModelsDo) {
  const std::string text = "Don't  pay $12345\n";
  EXPECT_EQ(cut("gpt-2", text), "Don|'t| | pay| $|12345|\n");
  EXPECT_EQ(cut("smollm", text), "Don|'t| | pay| $|1|2|3|4|5|\n");
  EXPECT_EQ(cut("llama-bpe", text), "Don|'t| | pay| $|123|45|\n");
  EXPECT_EQ(cut("qwen2", text), "Don|'t| | pay| $|1|2|3|4|5|\n");
  EXPECT_EQ(cut("qwen35",
                "\xE0\xA4\x95\xE0\xA4\xBF"
                "a"),
            "\xE0\xA4\x95\xE0\xA4\xBF"
            "a");
  EXPECT_EQ(cut("qwen2",
                "\xE0\xA4\x95\xE0\xA4\xBF"
                "a"),
            "\xE0\xA4\x95|\xE0\xA4\xBF"
            "a");
  EXPECT_EQ(cut("tekken", "CamelCase 12/\n"), "Camel|Case| |1|2|/\n");
  EXPECT_EQ(cut("gpt-4o", "CamelCase's 1234"), "Camel|Case's| |123|4");
  EXPECT_EQ(cut("falcon", "a.b 1234"), "a|.|b| |123|4");
  EXPECT_EQ(cut("deepseek-coder", "a, b\n12"), "a|,| b|\n|1|2");
  EXPECT_EQ(cut("deepseek-v3", "a1234\xE4\xB8\xAD b"), "a|123|4|\xE4\xB8\xAD| b");
  EXPECT_EQ(cut("bloom",
                "a, b\xE3\x80\x82"
                "c"),
            "a|,| b|\xE3\x80\x82|c");
  EXPECT_EQ(cut("viking", "a 12"), "a| |1|2");
  EXPECT_EQ(cut("bailingmoe", "it's 12"), "it|'s| |1|2");
  EXPECT_EQ(cut("seed-coder", "a!\n"), "a|!|\n");
  EXPECT_EQ(cut("superbpe", "x1234567"), "x|1|234|567");
  EXPECT_EQ(cut("dbrx", text), cut("llama-bpe", text));
}

TEST(GgufPreTokenizers, GroupsDifferInMergesAndBos) {
  EXPECT_TRUE(gguf_pre_tokenizer("llama-bpe").ignores_merges);
  EXPECT_TRUE(gguf_pre_tokenizer("tekken").adds_bos);
  EXPECT_FALSE(gguf_pre_tokenizer("dbrx").ignores_merges);
  EXPECT_FALSE(gguf_pre_tokenizer("smollm").adds_bos);
}

}  // namespace
}  // namespace lockstep
