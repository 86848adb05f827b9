// Reading tokenizer.json: what it says in front of a text, and each way in which it can be wrong.
#include "models/tokenizers/tokenizer_json.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "tests/models/tokenizers/golden.h"
#include "tests/models/tokenizers/small_tokenizer.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::holds;
using testing::message_of;
using testing::small_tokenizer;
using testing::TemporaryFolder;
using testing::tokenizer_from;
using testing::write_bytes;

// The message for small_tokenizer() with the value at a JSON pointer replaced.
std::string refusal(const char* pointer, const char* value) {
  json description = small_tokenizer();
  description[json::json_pointer(pointer)] = json::parse(value);
  return message_of(Blame::kData, [&] { tokenizer_from(description); });
}

std::vector<int32_t> prefix_of(const char* post_processor) {
  json description = small_tokenizer();
  description["post_processor"] = json::parse(post_processor);
  return tokenizer_from(description)->prefix();
}

constexpr const char* kTemplate = R"({"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "e", "type_id": 0}}],
    "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [4], "tokens": ["<s>"]},
                                   "e": {"id": "e", "ids": [0], "tokens": ["e"]}}})";

TEST(TokenizerJson, ThePrefixIsWhatStandsBeforeTheText) {
  EXPECT_EQ(prefix_of("null"), (std::vector<int32_t>{}));
  EXPECT_EQ(prefix_of(kTemplate), (std::vector<int32_t>{4}));
  EXPECT_EQ(prefix_of(R"({"type": "RobertaProcessing", "sep": ["e", 0], "cls": ["<s>", 4],
                          "trim_offsets": true, "add_prefix_space": false})"),
            (std::vector<int32_t>{4}));
  EXPECT_EQ(prefix_of(R"({"type": "BertProcessing", "sep": ["e", 0], "cls": ["b", 1]})"),
            (std::vector<int32_t>{1}));
  const std::string sequence =
      std::string(R"({"type": "Sequence", "processors": [{"type": "ByteLevel",
          "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
          {"type": "BertProcessing", "sep": ["e", 0], "cls": ["b", 1]}, )") +
      kTemplate + "]}";
  EXPECT_EQ(prefix_of(sequence.c_str()), (std::vector<int32_t>{4, 1}));
}

TEST(TokenizerJson, TheBosIsTheConfigsOrTheOnlyPrefix) {
  TemporaryFolder folder;
  write_bytes(folder / "tokenizer.json", small_tokenizer().dump());
  EXPECT_EQ(open_tokenizer(folder.path())->bos(), std::nullopt);

  write_bytes(folder / "tokenizer_config.json", R"({"bos_token": "<s>", "add_bos_token": true})");
  EXPECT_EQ(open_tokenizer(folder.path())->bos(), 4);
  EXPECT_TRUE(open_tokenizer(folder.path())->prefix().empty());
  write_bytes(folder / "tokenizer_config.json", R"({"bos_token": {"content": "b"}})");
  EXPECT_EQ(open_tokenizer(folder.path())->bos(), 1);
  write_bytes(folder / "tokenizer_config.json", R"({"bos_token": null})");
  EXPECT_EQ(open_tokenizer(folder.path())->bos(), std::nullopt);

  json description = small_tokenizer();
  description["post_processor"] = json::parse(kTemplate);
  write_bytes(folder / "tokenizer.json", description.dump());
  EXPECT_EQ(open_tokenizer(folder.path())->bos(), 4);
}

TEST(TokenizerJson, TheSumIsOfTheFileAndTheBos) {
  TemporaryFolder folder;
  write_bytes(folder / "tokenizer.json", small_tokenizer().dump());
  EXPECT_EQ(open_tokenizer(folder.path())->sha256(), sha256_of(small_tokenizer().dump()));

  write_bytes(folder / "tokenizer_config.json", R"({"bos_token": "<s>", "other": 1})");
  EXPECT_EQ(open_tokenizer(folder.path())->sha256(),
            sha256_of(small_tokenizer().dump() + std::string(1, '\0') + "4"));
}

TEST(TokenizerJson, TheBosMayStandInOtherFilesOfTheFolder) {
  TemporaryFolder folder;
  const auto bos = [&] { return open_tokenizer(folder.path())->bos(); };
  write_bytes(folder / "tokenizer.json", small_tokenizer().dump());
  write_bytes(folder / "config.json", R"({"bos_token_id": 4})");
  EXPECT_EQ(bos(), 4);
  write_bytes(folder / "special_tokens_map.json", R"({"bos_token": {"content": "a"}})");
  EXPECT_EQ(bos(), 0);
  write_bytes(folder / "tokenizer_config.json", R"({"bos_token": "ab"})");
  EXPECT_EQ(bos(), 2);
  write_bytes(folder / "tokenizer_config.json", R"({"bos_token": null})");
  EXPECT_EQ(bos(), std::nullopt);
  std::filesystem::remove(folder / "tokenizer_config.json");
  std::filesystem::remove(folder / "special_tokens_map.json");
  write_bytes(folder / "config.json", R"({"bos_token_id": 1})");
  EXPECT_EQ(bos(), std::nullopt) << "a token like any other";
}

TEST(TokenizerJson, SaysWhatDoesNotHold) {
  TemporaryFolder folder;
  json description = small_tokenizer();
  write_bytes(folder / "tokenizer.json", description.dump());
  EXPECT_TRUE(open_tokenizer(folder.path())->notes().empty());

  description["truncation"] = {{"max_length", 2}};
  description["padding"] = {{"length", 9}};
  write_bytes(folder / "tokenizer.json", description.dump());
  write_bytes(folder / "tokenizer_config.json", R"({"bos_token": "<x>", "add_bos_token": true})");
  const auto tokenizer = open_tokenizer(folder.path());

  EXPECT_EQ(tokenizer->encode("aaa").size(), 3u);
  EXPECT_EQ(tokenizer->notes(),
            (std::vector<std::string>{
                "the bos_token \"<x>\" is not in the vocabulary",
                "the truncation of tokenizer.json is not applied",
                "the padding of tokenizer.json is not applied",
                "add_bos_token is true in tokenizer_config.json, but the post-processor of "
                "tokenizer.json puts nothing in front: --bos auto follows the latter, as "
                "transformers 5.23 does"}));
}

TEST(TokenizerConfig, NamesWhatIsNotOfItsType) {
  TemporaryFolder folder;
  const auto message = [&](const char* file, const char* bytes) {
    std::filesystem::remove(folder / "tokenizer_config.json");
    write_bytes(folder / file, bytes);
    return message_of(Blame::kData, [&] { read_tokenizer_config(folder.path()); });
  };
  EXPECT_TRUE(
      holds(message("tokenizer_config.json", "[]"), "tokenizer_config.json: []; an object"));
  EXPECT_TRUE(holds(message("tokenizer_config.json", R"({"add_bos_token": "yes"})"),
                    "tokenizer_config.json: add_bos_token: \"yes\"; "));
  EXPECT_TRUE(holds(message("tokenizer_config.json", R"({"bos_token": 3})"),
                    "tokenizer_config.json: bos_token: 3; "));
  EXPECT_TRUE(holds(message("tokenizer_config.json", R"({"added_tokens_decoder": {"x": {}}})"),
                    "added_tokens_decoder: \"x\"; token ids are wanted"));
  EXPECT_TRUE(holds(
      message("tokenizer_config.json", R"({"added_tokens_decoder": {"-1": {"content": "a"}}})"),
      "a token id from 0 on is wanted"));
  EXPECT_TRUE(holds(message("added_tokens.json", R"({"a": -1})"),
                    "added_tokens.json: a: -1; a token id from 0 on is wanted"));
}

TEST(TokenizerJson, ModelsWithoutATypeAreRecognised) {
  const auto ids = [](const char* model, const char* text) {
    json description = small_tokenizer();
    description["added_tokens"] = json::array();
    description["model"] = json::parse(model);
    return testing::described(tokenizer_from(description)->encode(text));
  };
  EXPECT_EQ(ids(R"({"vocab": {"a": 0, "##b": 1, "u": 2}, "unk_token": "u",
                    "continuing_subword_prefix": "##", "max_input_chars_per_word": 9})",
                "ab"),
            " 0@0-1 1@1-2");
  EXPECT_EQ(ids(R"({"vocab": {"ab": 0, "u": 1}, "unk_token": "u"})", "ab"), " 0@0-2");
  EXPECT_EQ(ids(R"({"vocab": [["u", 0.0], ["a", -1.0], ["b", -1.0]], "unk_id": 0})", "ab"),
            " 1@0-1 2@1-2");
}

TEST(TokenizerJson, CountsTheRowsOfTheEmbedding) {
  EXPECT_EQ(tokenizer_from(small_tokenizer())->vocabulary_size(), 5);
}

TEST(TokenizerJson, MergesMayBePairsAndCarryAVersion) {
  json description = small_tokenizer();
  description["model"]["merges"] = json::parse(R"(["#version: 0.2", ["a", "b"]])");
  description["model"].erase("type");

  EXPECT_EQ(tokenizer_from(description)->encode("ab").size(), 1u);
}

TEST(TokenizerJson, NamesWhatIsNotSupported) {
  EXPECT_TRUE(
      holds(refusal("/model/type", R"("Sorcery")"), "t.json: model.type: \"Sorcery\"; one of "));
  EXPECT_TRUE(holds(refusal("/model/type", R"("Sorcery")"), "BPE"));
  EXPECT_TRUE(holds(refusal("/normalizer", R"({"type": "Nmu"})"),
                    "t.json: normalizer.type: \"Nmu\"; one of Sequence, NFC"));
  EXPECT_TRUE(holds(
      refusal("/pre_tokenizer", R"({"type": "Sequence", "pretokenizers": [{"type": "Scripts"}]})"),
      "t.json: pre_tokenizer.pretokenizers[0].type: \"Scripts\"; one of"));
  EXPECT_TRUE(
      holds(refusal("/post_processor", R"({"type": "X"})"), "post_processor.type: \"X\"; one"));
  EXPECT_EQ(refusal("/model/dropout", "0.1"),
            "t.json: model.dropout: 0.1; null (tokens must not be drawn at random) is wanted");
}

TEST(TokenizerJson, NamesUnknownKeys) {
  EXPECT_TRUE(
      holds(refusal("/extra", "1"), "unknown key \"extra\"; known are version, truncation"));
  EXPECT_TRUE(holds(refusal("/model/luck", "1"), "t.json: model: unknown key \"luck\""));
  EXPECT_TRUE(holds(refusal("/normalizer", R"({"type": "NFC", "x": 1})"),
                    "t.json: normalizer: unknown key \"x\"; known are type"));
  EXPECT_TRUE(
      holds(refusal("/added_tokens/0/x", "1"), "t.json: added_tokens[0]: unknown key \"x\""));
}

TEST(TokenizerJson, NamesWhatLies) {
  EXPECT_EQ(
      refusal("/model/merges", R"(["a b", "b a"])"),
      "t.json: model.merges[1]: \"ba\" is not in the vocabulary; merges of its tokens are wanted");
  EXPECT_EQ(
      refusal("/model/merges", R"(["a b", "c a"])"),
      "t.json: model.merges[1]: \"c\" is not in the vocabulary; merges of its tokens are wanted");
  EXPECT_EQ(refusal("/model/merges", R"(["ab"])"),
            "t.json: model.merges[0]: \"ab\"; \"a b\" or [\"a\", \"b\"] is wanted");
  EXPECT_EQ(refusal("/model/merges", R"([["a", "b", "c"]])"),
            "t.json: model.merges[0]: [\"a\",\"b\",\"c\"]; \"a b\" or [\"a\", \"b\"] is wanted");
  EXPECT_EQ(refusal("/model/merges", R"({})"), "t.json: model.merges: {}; a list is wanted");
  EXPECT_EQ(refusal("/model/vocab/a", "-1"),
            "t.json: model.vocab[\"a\"]: -1; a token id from 0 on is wanted");
  EXPECT_EQ(refusal("/model/vocab/a", "4294967296"),
            "t.json: model.vocab[\"a\"]: 4294967296; a token id from 0 on is wanted");
  EXPECT_EQ(refusal("/model/vocab", "[]"), "t.json: model.vocab: []; an object is wanted");
  EXPECT_EQ(refusal("/added_tokens/0/content", R"("ab")"),
            "t.json: added_tokens[0].id: 4, but to \"ab\" the tokenizers library gives 2; the same "
            "is wanted");
  EXPECT_EQ(refusal("/added_tokens/0/id", "7"),
            "t.json: added_tokens[0].id: 7, but to \"<s>\" the tokenizers library gives 4; the "
            "same is wanted");
  EXPECT_EQ(refusal("/added_tokens/0/id", "-4"),
            "t.json: added_tokens[0].id: -4; a token id from 0 on is wanted");
  EXPECT_EQ(
      refusal("/post_processor", R"({"type": "BertProcessing", "sep": ["e", 0], "cls": ["b", 5]})"),
      "t.json: post_processor: token id 5; an id below 5 is wanted");
  EXPECT_EQ(refusal("/post_processor",
                    R"({"type": "BertProcessing", "sep": ["e", 0], "cls": ["b", -5]})"),
            "t.json: post_processor.cls[1]: -5; a token id from 0 on is wanted");
  EXPECT_EQ(
      refusal("/post_processor", R"({"type": "TemplateProcessing", "single": [], "pair": []})"),
      "t.json: post_processor.single: []; a template with a Sequence is wanted");
}

TEST(TokenizerJson, NamesBadParameters) {
  EXPECT_EQ(refusal("/pre_tokenizer", R"({"type": "Metaspace", "replacement": "ab"})"),
            "t.json: pre_tokenizer.replacement: \"ab\"; one character is wanted");
  EXPECT_EQ(
      refusal("/pre_tokenizer",
              R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"})"),
      "t.json: pre_tokenizer.prepend_scheme: \"last\"; one of always, first, never is wanted");
  EXPECT_EQ(
      refusal("/pre_tokenizer",
              R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "first",
                        "add_prefix_space": false})"),
      "t.json: pre_tokenizer.prepend_scheme: \"first\"; never, beside add_prefix_space false, "
      "is wanted");
  EXPECT_EQ(refusal("/pre_tokenizer", R"({"type": "CharDelimiterSplit", "delimiter": "ab"})"),
            "t.json: pre_tokenizer.delimiter: \"ab\"; one character is wanted");
  EXPECT_EQ(refusal("/pre_tokenizer", R"({"type": "FixedLength", "length": 0})"),
            "t.json: pre_tokenizer.length: 0; a number of characters from 1 on is wanted");
  EXPECT_EQ(
      refusal("/pre_tokenizer", R"({"type": "Punctuation", "behavior": "Odd"})"),
      "t.json: pre_tokenizer.behavior: \"Odd\"; one of Removed, Isolated, MergedWithPrevious, "
      "MergedWithNext, Contiguous is wanted");
  EXPECT_TRUE(
      holds(refusal("/pre_tokenizer",
                    R"({"type": "Split", "pattern": {"Regex": "["}, "behavior": "Removed"})"),
            "t.json: pre_tokenizer.pattern.Regex: \"[\": premature end of char-class"));
  EXPECT_TRUE(
      holds(refusal("/pre_tokenizer", R"({"type": "Split", "pattern": {}, "behavior": "Removed"})"),
            "either String or Regex is wanted"));
  EXPECT_EQ(refusal("/normalizer", R"({"type": "Prepend"})"),
            "t.json: normalizer.prepend: missing");
  EXPECT_EQ(refusal("/normalizer", R"("NFC")"), "t.json: normalizer: \"NFC\"; an object is wanted");
}

TEST(Normalizers, NmtDropsControlsAndBlanksWhatLooksLikeSpace) {
  const json nmt = {{"type", "Nmt"}};
  const auto normalizer = read_normalizer(JsonAt(nmt, "n"));
  const auto normalized = [&](const char* utf8) {
    return normalizer->apply(AlignedText::of(utf8)).text();
  };
  EXPECT_EQ(normalized("\x01\x08\x0B\x0E\x1F\x7F\xC2\x8F\xC2\x9F"), "");
  EXPECT_EQ(
      normalized(
          "\t\n\x0C\r\xE1\x9A\x80\xE2\x80\x8B\xE2\x80\x8F\xE2\x80\xA8\xE2\x96\x81\xEF\xBB\xBF"),
      "          ");
  EXPECT_EQ(normalized("a \xC2\x8E\xE2\x80\x90"), "a \xC2\x8E\xE2\x80\x90");
}

TEST(TokenizerJson, EndlessNestingIsRefused) {
  json nested = nullptr;
  for (int i = 0; i < 16; ++i) nested = {{"type", "Sequence"}, {"normalizers", {nested}}};

  const std::string message = refusal("/normalizer", nested.dump().c_str());

  EXPECT_TRUE(holds(message, "nested 17 deep; at most 16 is wanted"));
}

TEST(TokenizerJson, ATruncatedFileIsRefusedWhereverItEnds) {
  const std::string whole = small_tokenizer().dump();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string message = message_of(Blame::kData, [&] {
      read_tokenizer_json(std::string_view(whole).substr(0, size), "t.json", {});
    });
    EXPECT_TRUE(holds(message, "t.json")) << size << " bytes";
  }
  EXPECT_TRUE(holds(message_of(Blame::kData, [] { read_tokenizer_json("[]", "t.json", {}); }),
                    "t.json: not an object; a tokenizer.json is wanted"));
}

TEST(TokenizerJson, ACheckpointWithoutATokenizerIsNamed) {
  TemporaryFolder folder;
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { open_tokenizer(folder / "none"); }),
                    "none: no such file or folder"));

  write_bytes(folder / "config.json", "{}");
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { open_tokenizer(folder.path()); }),
                    ": no tokenizer.json in it; a folder with one is wanted"));
}

TEST(TokenizerJson, AnUnknownTokenThatIsMissingIsNamedWhenItIsNeeded) {
  json description = small_tokenizer();
  description["model"]["unk_token"] = "<unk>";
  const auto tokenizer = tokenizer_from(description);

  EXPECT_EQ(tokenizer->encode("ab").size(), 1u);
  EXPECT_EQ(
      message_of(Blame::kData, [&] { tokenizer->encode("abz"); }),
      "tokenizer: \"z\" is not in the vocabulary, and neither is the unknown token \"<unk>\"");
}

TEST(TokenizerJson, TextThatIsNotUtf8IsRefused) {
  const auto tokenizer = tokenizer_from(small_tokenizer());
  EXPECT_EQ(message_of(Blame::kData, [&] { tokenizer->encode("a\xFF"); }),
            "text: byte 1: not UTF-8");
}

}  // namespace
}  // namespace lockstep
