// The corpus of the fuzzers, and the densest files that we can think of.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/fuzz/allocation_meter.h"
#include "tests/fuzz/reader_case.h"
#include "tests/models/weights/gguf_builder.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(folder)) files.push_back(file.path());
  std::sort(files.begin(), files.end());
  return files;
}

fs::path corpus_of(std::string_view reader) {
  return fs::path(LOCKSTEP_SOURCE_DIR) / "tests/fuzz/corpus" / reader;
}

std::string bytes_of_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Outcome run_case(std::string_view reader, const std::string& bytes) {
  return testing::run_case(find_reader(reader), std::as_bytes(std::span(bytes)));
}

/// `count` times `piece`, with commas between.
std::string list_of(const std::string& piece, std::size_t count) {
  std::string list;
  for (std::size_t k = 0; k < count; ++k) list += (k == 0 ? "" : ",") + piece;
  return list;
}

class CorpusTest : public ::testing::TestWithParam<std::string_view> {};

TEST_P(CorpusTest, EveryCaseIsReadOrRefusedWithinItsMemory) {
  const Reader& reader = find_reader(GetParam());
  int num_read = 0;
  int num_refused = 0;

  for (const fs::path& file : files_of(corpus_of(GetParam()))) {
    const std::string bytes = bytes_of_file(file);
    Outcome outcome;
    ASSERT_NO_THROW(outcome = testing::run_case(reader, std::as_bytes(std::span(bytes)))) << file;
    ++(outcome.is_read ? num_read : num_refused);
    EXPECT_EQ(outcome.message.empty(), outcome.is_read) << file;
    EXPECT_EQ(outcome.message.find('\n'), std::string::npos) << file << ": " << outcome.message;
  }

  EXPECT_GT(num_read, 0);
  EXPECT_GT(num_refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Readers,
                         CorpusTest,
                         ::testing::Values("safetensors",
                                           "gguf",
                                           "pytorch_bin",
                                           "tokenizer_json",
                                           "tokenizer_model",
                                           "config_json"),
                         [](const auto& tested) { return std::string(tested.param); });

void hold(std::size_t num_bytes) { ::operator delete(::operator new(num_bytes)); }

TEST(AllocationMeter, SeesTheMostThatWasHeldAtOnce) {
  const AllocationMeter meter;
  hold(100'000);
  hold(300'000);

  EXPECT_GE(meter.peak_bytes(), 300'000u);
  EXPECT_LT(meter.peak_bytes(), 310'000u);
}

void throw_something_else(std::span<const std::byte>) { throw std::out_of_range("oh"); }
void blame_the_program(std::span<const std::byte>) { fail(Blame::kProgram, "ours"); }
void hold_too_much(std::span<const std::byte> bytes) { hold(bytes.size() * 20); }

TEST(ConfigSeeds, AreReadOrRefusedByTheirFamilies) {
  Reader reader = find_reader("config_json");
  reader.read = resolve_config_json_case;
  int num_read = 0;

  for (const fs::path& file : files_of(corpus_of("config_json"))) {
    if (!file.filename().string().starts_with("seed_")) continue;
    const std::string bytes = bytes_of_file(file);
    Outcome outcome;
    ASSERT_NO_THROW(outcome = testing::run_case(reader, std::as_bytes(std::span(bytes)))) << file;
    num_read += outcome.is_read ? 1 : 0;
  }

  EXPECT_GE(num_read, 8);
}

TEST(RunCase, TellsWhatNoReaderMayDo) {
  const std::string bytes(10'000, 'x');
  const auto run = [&](void (*read)(std::span<const std::byte>)) {
    testing::run_case({.name = "r", .read = read, .memory = {1000, 10}},
                      std::as_bytes(std::span(bytes)));
  };

  EXPECT_THROW(run(throw_something_else), std::logic_error);
  EXPECT_THROW(run(blame_the_program), std::logic_error);
  EXPECT_THROW(run(hold_too_much), std::logic_error);
}

// ---- the densest files: what takes the most memory a byte
// --------------------------------------------

TEST(DenseFiles, SafetensorsOfManyTensorsWithoutValues) {
  std::string entries;
  for (int k = 0; k < 20'000; ++k) {
    entries +=
        (k == 0 ? "" : ",") + text(R"("{}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})", k);
  }

  EXPECT_TRUE(run_case("safetensors", safetensors_bytes("{" + entries + "}", "")).is_read);
}

TEST(DenseFiles, SafetensorsWithAHeaderOfLists) {
  const std::string metadata = "{\"__metadata__\":[" + list_of("[]", 300'000) + "]}";

  EXPECT_NO_THROW(run_case("safetensors", safetensors_bytes(metadata, "")));
}

TEST(DenseFiles, GgufOfManyEmptyStrings) {
  constexpr uint64_t kCount = 100'000;
  GgufBuilder builder;
  builder.text("tokenizer.ggml.model", "llama").text("general.architecture", "llama");
  builder.array("tokenizer.ggml.tokens", GgufType::kString, kCount, std::string(8 * kCount, '\0'));
  builder.array("tokenizer.ggml.scores", GgufType::kF32, kCount, std::string(4 * kCount, '\0'));

  EXPECT_NO_THROW(run_case("gguf", builder.bytes()));
}

TEST(DenseFiles, GgufOfManyBooleans) {
  GgufBuilder builder;
  builder.text("tokenizer.ggml.model", "llama");
  builder.array("tokenizer.ggml.scores", GgufType::kU8, 1'000'000, std::string(1'000'000, '\1'));

  EXPECT_NO_THROW(run_case("gguf", builder.bytes()));
}

TEST(DenseFiles, TokenizerOfManyTokens) {
  std::string vocabulary = "\"[UNK]\":0";
  for (int k = 1; k < 50'000; ++k) vocabulary += text(",\"{}\":{}", k, k % 10);
  const std::string model =
      R"({"type":"WordLevel","unk_token":"[UNK]","vocab":{)" + vocabulary + "}}";

  EXPECT_TRUE(run_case("tokenizer_json", "{\"model\":" + model + "}").is_read);
}

TEST(DenseFiles, TokenizerOfManyMerges) {
  const std::string model =
      R"({"type":"BPE","vocab":{"a":0,"aa":1},"merges":[)" + list_of("\"a a\"", 100'000) + "]}";

  EXPECT_TRUE(run_case("tokenizer_json", "{\"model\":" + model + "}").is_read);
}

TEST(DenseFiles, JsonOfLists) {
  const std::string lists = "[" + list_of("[]", 300'000) + "]";

  EXPECT_NO_THROW(run_case("tokenizer_json", "{\"model\":" + lists + "}"));
  EXPECT_NO_THROW(run_case("config_json", "{\"model_type\":" + lists + "}"));
}

// ---- small files that ask for much
// -------------------------------------------------------------------

constexpr const char* kWordLevel =
    R"("model":{"type":"WordLevel","unk_token":"a","vocab":{"a":0}})";

TEST(Growth, ReplacementsThatDoubleATextAreRefused) {
  const std::string twice = R"({"type":"Replace","pattern":{"String":"a"},"content":"aa"})";
  const std::string normalizer =
      R"("normalizer":{"type":"Sequence","normalizers":[)" + list_of(twice, 40) + "]}";
  const std::string added = R"("added_tokens":[{"id":1,"content":"aa","normalized":true}])";

  const Outcome outcome =
      run_case("tokenizer_json", "{" + added + "," + normalizer + "," + kWordLevel + "}");

  EXPECT_NE(outcome.message.find("bytes stand for 2 characters of text"), std::string::npos)
      << outcome.message;
}

TEST(Growth, AnAddedTokenAsLongAsABookIsRefused) {
  const std::string added =
      R"("added_tokens":[{"id":1,"content":")" + std::string(100'000, 'x') + R"("}])";

  const Outcome outcome = run_case("tokenizer_json", "{" + added + "," + kWordLevel + "}");

  EXPECT_NE(outcome.message.find("at most 1024 bytes is wanted"), std::string::npos)
      << outcome.message;
}

TEST(Growth, BytesOfBytesAreRefused) {
  const std::string bytes = R"({"type":"ByteLevel"})";
  const std::string normalizer =
      R"("normalizer":{"type":"Sequence","normalizers":[)" + list_of(bytes, 40) + "]}";
  const std::string added = R"("added_tokens":[{"id":1,"content":" ","normalized":true}])";

  const Outcome outcome =
      run_case("tokenizer_json", "{" + added + "," + normalizer + "," + kWordLevel + "}");

  EXPECT_NE(outcome.message.find("bytes stand for 1 characters of text"), std::string::npos)
      << outcome.message;
}

TEST(Growth, AShortTemplateOfManyTokensIsRefused) {
  const std::string special = R"({"SpecialToken":{"id":"s","type_id":0}})";
  const std::string ids = list_of("0", 1000);
  const std::string processor =
      R"("post_processor":{"type":"TemplateProcessing","single":[)" + list_of(special, 1000) +
      R"(],"pair":[],"special_tokens":{"s":{"id":"s","ids":[)" + ids + R"(],"tokens":[]}}})";

  const Outcome outcome = run_case("tokenizer_json", "{" + processor + "," + kWordLevel + "}");

  EXPECT_NE(outcome.message.find("at most 1024 tokens in front of a text is wanted"),
            std::string::npos)
      << outcome.message;
}

TEST(Growth, DeepJsonIsRefused) {
  const std::string deep(1'000'000, '[');

  for (const char* reader : {"tokenizer_json", "config_json", "safetensors"}) {
    const std::string bytes =
        reader == std::string("safetensors") ? safetensors_bytes(deep, "") : deep;
    const Outcome outcome = run_case(reader, bytes);
    EXPECT_NE(outcome.message.find("nested deeper than"), std::string::npos)
        << reader << ": " << outcome.message;
  }
}

TEST(Growth, AMatchThatGoesBackIsRefused) {
  const std::string split =
      R"("pre_tokenizer":{"type":"Split","pattern":{"Regex":"a|(?<=\\Ka)b"},"behavior":"Isolated","invert":false})";

  EXPECT_TRUE(run_case("tokenizer_json", "{" + split + "," + kWordLevel + "}").is_read);
}

}  // namespace
}  // namespace lockstep::testing
