// GGUF bytes, written here field by field, to tokens.
#include "models/tokenizers/gguf_tokenizer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "models/tokenizers/tokenizer.h"
#include "tests/models/tokenizers/golden.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;

// Metadata of a file without tensors.
class GgufWriter {
 public:
  template <class Number>
  static std::string raw(Number number) {
    std::string bytes(sizeof number, '\0');
    std::memcpy(bytes.data(), &number, sizeof number);
    return bytes;
  }
  static std::string raw(const std::string& text) { return raw(uint64_t{text.size()}) + text; }

  template <class Value>
  void add(const std::string& key, GgufType type, const Value& value) {
    pairs_ += raw(key) + raw(static_cast<uint32_t>(type)) + raw(value);
    ++num_pairs_;
  }
  template <class Value>
  void add_array(const std::string& key, GgufType element, const std::vector<Value>& values) {
    pairs_ += raw(key) + raw(static_cast<uint32_t>(GgufType::kArray)) +
              raw(static_cast<uint32_t>(element)) + raw(uint64_t{values.size()});
    for (const Value& value : values) pairs_ += raw(value);
    ++num_pairs_;
  }
  std::string bytes() const {
    std::string all = "GGUF" + raw(uint32_t{3}) + raw(uint64_t{0}) + raw(num_pairs_) + pairs_;
    all.resize((all.size() + 31) / 32 * 32, '\0');
    return all;
  }

 private:
  std::string pairs_;
  uint64_t num_pairs_ = 0;
};

GgufWriter byte_level() {
  GgufWriter writer;
  writer.add("general.architecture", GgufType::kString, std::string("llama"));
  writer.add("tokenizer.ggml.model", GgufType::kString, std::string("gpt2"));
  writer.add("tokenizer.ggml.pre", GgufType::kString, std::string("smollm"));
  writer.add_array<std::string>(
      "tokenizer.ggml.tokens", GgufType::kString, {"<s>", "a", "b", "ab", "\xC4\xA0"});
  writer.add_array<int32_t>("tokenizer.ggml.token_type", GgufType::kI32, {3, 1, 1, 1, 1});
  writer.add_array<std::string>("tokenizer.ggml.merges", GgufType::kString, {"a b"});
  writer.add("tokenizer.ggml.bos_token_id", GgufType::kU32, uint32_t{0});
  return writer;
}

TEST(GgufTokenizer, ReadsAFile) {
  const TemporaryFolder folder;
  GgufWriter writer = byte_level();
  writer.add("tokenizer.ggml.add_bos_token", GgufType::kBool, uint8_t{1});
  testing::write_bytes(folder / "m.gguf", writer.bytes());

  const auto tokenizer = open_tokenizer(folder / "m.gguf");

  EXPECT_EQ(testing::described(tokenizer->encode("ab ab<s>b")), " 3@0-2 4@2-3 3@3-5 0@5-8 2@8-9");
  EXPECT_EQ(tokenizer->prefix(), (std::vector<int32_t>{0}));
  EXPECT_EQ(tokenizer->vocabulary_size(), 5);
  EXPECT_EQ(open_tokenizer(folder.path())->sha256(), tokenizer->sha256());
}

TEST(GgufTokenizer, ReadsScores) {
  const TemporaryFolder folder;
  GgufWriter writer;
  writer.add("tokenizer.ggml.model", GgufType::kString, std::string("llama"));
  writer.add_array<std::string>(
      "tokenizer.ggml.tokens", GgufType::kString, {"<unk>", "a", "b", "ab", "ba"});
  writer.add_array<float>("tokenizer.ggml.scores", GgufType::kF32, {0, 0, 0, -2, -1});
  writer.add_array<int32_t>("tokenizer.ggml.token_type", GgufType::kI32, {2, 1, 1, 1, 1});
  writer.add("tokenizer.ggml.add_space_prefix", GgufType::kBool, uint8_t{0});
  testing::write_bytes(folder / "m.gguf", writer.bytes());

  const auto tokenizer = open_tokenizer(folder / "m.gguf");

  EXPECT_EQ(testing::described(tokenizer->encode("abab")), " 1@0-1 4@1-3 2@3-4");
}

TEST(GgufTokenizer, PrefersATokenizerJsonBesideIt) {
  const TemporaryFolder folder;
  testing::write_bytes(folder / "m.gguf", byte_level().bytes());
  std::filesystem::copy(testing::golden_folder() / "gpt2/tokenizer.json",
                        folder / "tokenizer.json");

  EXPECT_EQ(open_tokenizer(folder.path())->sha256(),
            open_tokenizer(testing::golden_folder() / "gpt2")->sha256());
}

TEST(GgufTokenizer, NamesTheFileAndTheKey) {
  const TemporaryFolder folder;
  const auto refusal = [&](const GgufWriter& writer) {
    testing::write_bytes(folder / "m.gguf", writer.bytes());
    return message_of(Blame::kData, [&] { open_tokenizer(folder / "m.gguf"); });
  };
  GgufWriter none;
  none.add("general.architecture", GgufType::kString, std::string("llama"));
  EXPECT_TRUE(holds(refusal(none),
                    "m.gguf: tokenizer.ggml.model: missing; a file with a tokenizer is wanted"));
  none.add("tokenizer.ggml.model", GgufType::kString, std::string("no_vocab"));
  EXPECT_TRUE(holds(refusal(none), "m.gguf: tokenizer.ggml.model: no_vocab; a file with"));

  GgufWriter wrong = byte_level();
  wrong.add("tokenizer.ggml.add_bos_token", GgufType::kU32, uint32_t{1});
  EXPECT_TRUE(holds(refusal(wrong), "m.gguf: tokenizer.ggml.add_bos_token"));
  wrong = byte_level();
  wrong.add("tokenizer.huggingface.json", GgufType::kString, std::string("{"));
  EXPECT_TRUE(holds(refusal(wrong), "m.gguf: tokenizer.huggingface.json: not JSON"));

  GgufWriter large_type;
  large_type.add("tokenizer.ggml.model", GgufType::kString, std::string("gpt2"));
  large_type.add_array<std::string>("tokenizer.ggml.tokens", GgufType::kString, {"a"});
  large_type.add_array<int64_t>("tokenizer.ggml.token_type", GgufType::kI64, {int64_t{1} << 40});
  EXPECT_TRUE(holds(refusal(large_type), "m.gguf: tokenizer.ggml.token_type[0]: -1; 1 to 6"));
}

}  // namespace
}  // namespace lockstep
