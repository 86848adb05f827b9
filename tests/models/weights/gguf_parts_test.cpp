#include "models/weights/gguf_parts.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "models/weights/checkpoint.h"
#include "tests/models/weights/tiny_llama.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;

class GgufPartsTest : public ::testing::Test {
 protected:
  /// tiny_gguf() in two parts; a head of its own lies in the second.
  void write_parts() {
    GgufBuilder first = tiny_gguf(), second = numbered(1, 2);
    first.pair("split.no", GgufType::kU16, bytes_of<uint16_t>(0));
    first.pair("split.count", GgufType::kU16, bytes_of<uint16_t>(2));
    first.pair("split.tensors.count", GgufType::kI32, bytes_of<int32_t>(12));
    second.floats("output.weight", {5, 8}, 7);
    write(1, 2, first);
    write(2, 2, second);
  }
  static GgufBuilder numbered(uint16_t number, uint16_t count) {
    GgufBuilder part;
    part.pair("split.no", GgufType::kU16, bytes_of(number));
    part.pair("split.count", GgufType::kU16, bytes_of(count));
    return part;
  }
  void write(int number, int count, const GgufBuilder& part) const {
    write_bytes(path(number, count), part.bytes());
  }
  fs::path path(int number, int count = 2) const {
    return folder_ / text("tiny.Q4-0000{}-of-0000{}.gguf", number, count);
  }
  std::string refusal() const {
    return message_of(Blame::kData, [&] { open_gguf_parts(path(1)); });
  }

  TemporaryFolder folder_;
};

TEST_F(GgufPartsTest, AreOneModel) {
  write_parts();

  const auto checkpoint = open_checkpoint(folder_.path(), {});

  EXPECT_EQ(checkpoint->name(), "tiny.Q4");
  EXPECT_EQ(checkpoint->tensors().size(), 12u);
  EXPECT_EQ(checkpoint->config()["tie_word_embeddings"], false);  // the second part's tensor
  EXPECT_EQ(checkpoint->sha256(), sha256_of(sha256_of_file(path(1)) + sha256_of_file(path(2))));
  float first = 0;
  std::memcpy(&first, checkpoint->tensors().at("lm_head.weight").bytes.data(), sizeof first);
  EXPECT_EQ(first, 7);
}

TEST_F(GgufPartsTest, AreFoundByAnyOfThem) {
  write_parts();

  EXPECT_EQ(find_gguf(path(2)), path(1));
  EXPECT_EQ(find_gguf(path(1)), path(1));
  EXPECT_EQ(find_gguf(folder_.path()), path(1));
  EXPECT_EQ(first_gguf_part(folder_ / "whole.gguf"), folder_ / "whole.gguf");
}

TEST_F(GgufPartsTest, AreOneOfTwoModelsInAFolder) {
  write_parts();
  write_bytes(folder_ / "other.gguf", tiny_gguf().bytes());

  EXPECT_EQ(
      message_of(Blame::kData, [&] { find_gguf(folder_.path()); }),
      folder_.path().string() + ": 2 .gguf files and no config.json; one of either is wanted");
}

TEST_F(GgufPartsTest, MustAllBeThere) {
  write_parts();
  fs::remove(path(2));
  EXPECT_EQ(refusal(), path(2).string() + ": no such file; all 2 parts are wanted in one folder");

  write_parts();
  fs::remove(path(1));
  EXPECT_EQ(refusal(), path(1).string() + ": no such file; all 2 parts are wanted in one folder");
}

TEST_F(GgufPartsTest, MustBeOfTheModelThatTheirNameSays) {
  write_parts();
  write(2, 2, numbered(1, 3));
  EXPECT_EQ(
      refusal(),
      path(2).string() + ": split.no 1 of split.count 3; 1 of 2, as its name says, are wanted");
  write(2, 2, numbered(0, 2));
  EXPECT_EQ(
      refusal(),
      path(2).string() + ": split.no 0 of split.count 2; 1 of 2, as its name says, are wanted");
  write(2, 2, GgufBuilder());
  EXPECT_EQ(refusal(), path(2).string() + ": split.no: missing; an integer is wanted");
}

TEST_F(GgufPartsTest, MustHoldTheTensorsThatAreAnnounced) {
  write_parts();
  write(2, 2, numbered(1, 2));

  EXPECT_EQ(refusal(), path(1).string() + ": 11 tensors in 2 parts; split.tensors.count says 12");
}

TEST_F(GgufPartsTest, MayNotHoldATensorTwice) {
  write_parts();
  write(2, 2, numbered(1, 2).floats("output_norm.weight", {8}, 0));

  EXPECT_EQ(message_of(Blame::kData, [&] { open_checkpoint(path(1), {}); }),
            path(2).string() + ": tensor output_norm.weight is the second \"model.norm.weight\"");
}

TEST_F(GgufPartsTest, AreFoundByTheNamesOfGgufSplitAlone) {
  write_parts();
  fs::rename(path(1), folder_ / "a.gguf");

  EXPECT_EQ(message_of(Blame::kData, [&] { open_gguf_parts(folder_ / "a.gguf"); }),
            (folder_ / "a.gguf").string() +
                ": one of 2 parts (split.count); the names that gguf-split gives, such as "
                "a-00001-of-00002.gguf, are wanted");
}

TEST_F(GgufPartsTest, OfAWholeFileThatIsNamedLikeAPartIsThatFile) {
  write(1, 1, tiny_gguf());

  EXPECT_EQ(open_gguf_parts(path(1, 1)).size(), 1u);
}

}  // namespace
}  // namespace lockstep::testing
