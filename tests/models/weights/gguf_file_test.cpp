#include "models/weights/gguf_file.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/models/weights/gguf_builder.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {
namespace {

class GgufFileTest : public ::testing::Test {
 protected:
  GgufFile open(const std::string& bytes) {
    write_bytes(path_, bytes);
    return GgufFile(path_);
  }
  GgufFile open(const GgufBuilder& builder) { return open(builder.bytes()); }

  template <class Content>
  std::string refusal(const Content& content) {
    return without_path(message_of(Blame::kData, [&] { open(content); }));
  }
  std::string without_path(const std::string& message) const {
    EXPECT_TRUE(message.starts_with(path_.string() + ": ")) << message;
    return message.substr(std::min(message.size(), path_.string().size() + 2));
  }

  static GgufBuilder tiny() {
    GgufBuilder builder;
    builder.text("general.architecture", "test").integer("n", 7).number("eps", 0.5f);
    builder.array(
        "tokens", GgufType::kString, 2, GgufBuilder::string("ab") + GgufBuilder::string(""));
    builder.array("flags", GgufType::kBool, 2, std::string("\1\0", 2));
    builder.floats("w", {2, 3}, 1).tensor("q", {1, 32}, 3, std::string(20, '\1'));
    return builder;
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "m.gguf";
};

TEST_F(GgufFileTest, ReadsEveryTypeAsTheReferenceWritesIt) {
  const GgufFile file(LOCKSTEP_SOURCE_DIR "/tests/golden/weights/blocks.gguf");

  EXPECT_EQ(file.text("general.architecture"), "test");
  EXPECT_EQ(file.text("test.string"), "na\xc3\xafve");
  EXPECT_EQ(file.integer("test.uint8"), 200);
  EXPECT_EQ(file.integer("test.int8"), -100);
  EXPECT_EQ(file.integer("test.uint16"), 60000);
  EXPECT_EQ(file.integer("test.int16"), -30000);
  EXPECT_EQ(file.integer("test.uint32"), 4000000000);
  EXPECT_EQ(file.integer("test.int32"), -2000000000);
  EXPECT_EQ(file.integer("test.int64"), -(1LL << 62));
  EXPECT_EQ(file.number("test.float32"), static_cast<double>(1e-5f));
  EXPECT_EQ(file.number("test.float64"), 1e-5);
  EXPECT_EQ(file.number("test.uint64"), 9223372036854775808.0);
  EXPECT_EQ(file.number("test.int8"), -100.0);
  EXPECT_TRUE(file.boolean("test.bool"));
  EXPECT_EQ(file.texts("test.strings"), (std::vector<std::string_view>{"\xc4\xa0the", "", "a b"}));
  EXPECT_EQ(file.integers("test.integers"), (std::vector<int64_t>{3, -1, 2}));
  EXPECT_EQ(file.numbers("test.numbers"), (std::vector<double>{0.5, -1.0}));
  EXPECT_EQ(file.tensors().size(), 13u);
  EXPECT_EQ(file.tensors()[3].name, "Q4_0");
  EXPECT_EQ(file.tensors()[3].type, "Q4_0");
  EXPECT_EQ(file.tensors()[3].shape, (std::vector<int64_t>{3, 64}));
}

TEST_F(GgufFileTest, ReadsTensorsWhereTheirOffsetsSay) {
  const GgufFile file = open(tiny());

  ASSERT_EQ(file.tensors().size(), 2u);
  EXPECT_EQ(file.tensors()[0].shape, (std::vector<int64_t>{2, 3}));
  const std::string floats = bytes_of_floats({1, 2, 3, 4, 5, 6});
  EXPECT_EQ(std::memcmp(file.tensors()[0].bytes.data(), floats.data(), floats.size()), 0);
  EXPECT_EQ(file.tensors()[1].bytes.size(), 20u);
  EXPECT_EQ(file.tensors()[1].bytes.front(), std::byte{1});
}

TEST_F(GgufFileTest, FollowsTheAlignment) {
  GgufBuilder builder = tiny();
  builder.alignment = 256;
  builder.integer("general.alignment", 256);
  builder.data.clear();
  builder.entries.clear();
  builder.num_tensors = 0;
  builder.floats("w", {2}, 1).floats("v", {2}, 5);

  const GgufFile file = open(builder);

  EXPECT_EQ(file.tensors()[1].bytes.data() - file.tensors()[0].bytes.data(), 256);
  EXPECT_EQ((file.tensors()[0].bytes.data() - file.bytes().data()) % 256, 0);
}

TEST_F(GgufFileTest, FindsWhatMayBeAbsent) {
  const GgufFile file = open(tiny());

  EXPECT_EQ(file.find_integer("n"), 7);
  EXPECT_EQ(file.find_integer("m"), std::nullopt);
  EXPECT_EQ(file.find_number("eps"), 0.5);
  EXPECT_EQ(file.find_text("none"), std::nullopt);
  EXPECT_EQ(file.find_boolean("none"), std::nullopt);
  EXPECT_FALSE(file.has("none"));
}

TEST_F(GgufFileTest, NamesKeysThatAreMissingOrOfAnotherType) {
  const GgufFile file = open(tiny());
  const auto refused = [&](auto act) { return without_path(message_of(Blame::kData, act)); };

  EXPECT_EQ(refused([&] { file.integer("m"); }), "m: missing; an integer is wanted");
  EXPECT_EQ(refused([&] { file.integer("eps"); }), "eps: f32; an integer is wanted");
  EXPECT_EQ(refused([&] { file.number("tokens"); }),
            "tokens: array of 2 string; a number is wanted");
  EXPECT_EQ(refused([&] { file.text("n"); }), "n: u32; a string is wanted");
  EXPECT_EQ(refused([&] { file.boolean("n"); }), "n: u32; a bool is wanted");
  EXPECT_EQ(refused([&] { file.texts("flags"); }),
            "flags: array of 2 bool; an array of strings is wanted");
  EXPECT_EQ(refused([&] { file.integers("tokens"); }),
            "tokens: array of 2 string; an array of integers is wanted");
  EXPECT_EQ(refused([&] { file.numbers("n"); }), "n: u32; an array of numbers is wanted");
}

TEST_F(GgufFileTest, GivesShortMetadataAsJson) {
  const nlohmann::json wanted{{"general.architecture", "test"},
                              {"n", 7},
                              {"eps", 0.5},
                              {"tokens", {"ab", ""}},
                              {"flags", {true, false}}};

  EXPECT_EQ(open(tiny()).short_metadata(2), wanted);
  EXPECT_FALSE(open(tiny()).short_metadata(1).contains("tokens"));
}

TEST_F(GgufFileTest, NamesAKeyWhoseTextIsNotUtf8) {
  const GgufFile file = open(tiny().text("bad", "\xff"));

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { file.short_metadata(2); }), ": bad: "));
}

TEST_F(GgufFileTest, RefusesAFileCutAnywhere) {
  const std::string whole = tiny().bytes();

  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(refusal(whole.substr(0, size)).empty()) << size;
  }
}

TEST_F(GgufFileTest, SurvivesEveryChangedByte) {
  const std::string whole = tiny().bytes();

  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int bit : {1, 4, 128, 255}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      try {
        const GgufFile file = open(changed);
        file.short_metadata(100);
        for (const GgufTensor& tensor : file.tensors())
          EXPECT_LE(tensor.bytes.size(), whole.size());
      } catch (const Error& error) {
        EXPECT_EQ(error.blame(), Blame::kData) << at;
      }
    }
  }
}

TEST_F(GgufFileTest, ChecksTheHeader) {
  GgufBuilder builder = tiny();
  builder.magic = "GGML";
  EXPECT_EQ(refusal(builder), "does not begin with \"GGUF\"");
  builder = tiny();
  builder.version = 1;
  EXPECT_EQ(refusal(builder), "GGUF version 1; 2 or 3 is wanted");
  builder.version = 4;
  EXPECT_EQ(refusal(builder), "GGUF version 4; 2 or 3 is wanted");
  builder.version = 0x03000000;
  EXPECT_EQ(refusal(builder), "is big-endian; little-endian is wanted");
  builder.version = 2;
  EXPECT_NO_THROW(open(builder));
}

TEST_F(GgufFileTest, ChecksCountsBeforeItBelievesThem) {
  GgufBuilder builder = tiny();
  builder.num_pairs = 1ULL << 60;
  EXPECT_TRUE(
      holds(refusal(builder), "1152921504606846976 metadata pairs and 2 tensors are announced; "));
  builder = tiny();
  builder.num_tensors = UINT64_MAX;
  EXPECT_TRUE(
      holds(refusal(builder), "5 metadata pairs and 18446744073709551615 tensors are announced; "));
  EXPECT_TRUE(holds(refusal(tiny().array("a", GgufType::kU32, 1ULL << 62, "")),
                    "a: 4611686018427387904 values of type u32 at byte "));
  EXPECT_TRUE(holds(refusal(tiny().array("a", GgufType::kString, 1ULL << 61, "")),
                    "a: 2305843009213693952 values of type string at byte "));
  EXPECT_TRUE(holds(refusal(tiny().pair("a", GgufType::kString, bytes_of<uint64_t>(UINT64_MAX))),
                    "takes 18446744073709551615 bytes; "));
}

TEST_F(GgufFileTest, ChecksMetadata) {
  EXPECT_EQ(refusal(tiny().integer("n", 8)), "n occurs twice");
  EXPECT_EQ(refusal(tiny().pair("a", static_cast<GgufType>(13), "1234")),
            "a: type 13; 0 to 12 are known");
  EXPECT_EQ(refusal(tiny().array("a", GgufType::kArray, 1, std::string(12, '\0'))),
            "a: an array of arrays, which is not supported");
  EXPECT_EQ(refusal(tiny().pair("a", GgufType::kBool, "\2")), "a: 2; a bool is 0 or 1");
  EXPECT_EQ(refusal(tiny().integer("general.alignment", 48)),
            "general.alignment: 48; a power of two is wanted");
  EXPECT_EQ(refusal(tiny().integer("general.alignment", 0)),
            "general.alignment: 0; a power of two is wanted");
  EXPECT_EQ(refusal(tiny().number("general.alignment", 32)),
            "general.alignment: type f32; u32 is wanted");
}

TEST_F(GgufFileTest, ShowsNamesOnOneLine) {
  EXPECT_EQ(refusal(tiny().pair("a\n\xff", GgufType::kBool, "\2")), "a??: 2; a bool is 0 or 1");
}

TEST_F(GgufFileTest, ChecksTensors) {
  EXPECT_EQ(refusal(tiny().entry("w", {2}, 0, 64)), "tensor w occurs twice");
  EXPECT_EQ(refusal(tiny().entry("v", {}, 0, 64)), "tensor v: 0 dimensions; 1 to 4 are wanted");
  EXPECT_EQ(refusal(tiny().entry("v", {1, 1, 1, 1, 1}, 0, 64)),
            "tensor v: 5 dimensions; 1 to 4 are wanted");
  EXPECT_EQ(refusal(tiny().entry("v", {0}, 0, 64)),
            "tensor v: a dimension of 0; 1 to 2^63 - 1 are wanted");
  EXPECT_EQ(refusal(tiny().entry("v", {1}, 99, 64)), "tensor v: type 99 is unknown");
  EXPECT_EQ(refusal(tiny().entry("v", {33}, 3, 64)),
            "tensor v: rows of 33 elements; Q4_1 has blocks of 32");
  EXPECT_EQ(refusal(tiny().entry("v", {1ULL << 32, 1ULL << 32}, 0, 64)),
            "tensor v: a shape of [4294967296, 4294967296] takes more than 2^63 bytes");
}

TEST_F(GgufFileTest, ChecksOffsets) {
  EXPECT_EQ(refusal(tiny().entry("v", {1}, 0, 40)),
            "tensor v is at 40; a multiple of 32 is wanted");
  EXPECT_EQ(refusal(tiny().entry("v", {6}, 0, 32)),
            "tensor v has 24 bytes at 32; the data have 52");
  EXPECT_EQ(refusal(tiny().entry("v", {1}, 0, UINT64_MAX - 31)),
            "tensor v has 4 bytes at 18446744073709551584; the data have 52");
  EXPECT_EQ(refusal(tiny().entry("v", {1}, 0, 0)),
            "tensor v begins at 0, before the end of w at 24");
}

}  // namespace
}  // namespace lockstep::testing
