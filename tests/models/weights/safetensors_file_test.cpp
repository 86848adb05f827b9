#include "models/weights/safetensors_file.h"

#include <gtest/gtest.h>

#include <functional>

#include "models/weights/selection.h"
#include "tests/models/weights/safetensors_builder.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

std::vector<float> values_of(const StoredTensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(num_elements(tensor.shape)));
  read_selection(tensor, select(tensor, {}, ""), values);
  return values;
}

class SafetensorsFileTest : public ::testing::Test {
 protected:
  SafetensorsFile open(const std::string& bytes) {
    write_bytes(path_, bytes);
    return SafetensorsFile(path_);
  }

  /// The message without the path.
  std::string refusal(const std::string& bytes) {
    const std::string message = message_of(Blame::kData, [&] { open(bytes); });
    EXPECT_TRUE(message.starts_with(path_.string() + ": ")) << message;
    return message.substr(std::min(message.size(), path_.string().size() + 2));
  }

  /// What is said of two tensors of 8 and 4 bytes after a change of their header.
  std::string refusal_of(const std::function<void(json&)>& change) {
    json header{{"a", {{"dtype", "F32"}, {"shape", {2}}, {"data_offsets", {0, 8}}}},
                {"b", {{"dtype", "F16"}, {"shape", {2, 1}}, {"data_offsets", {8, 12}}}}};
    change(header);
    return refusal(safetensors_bytes(header.dump(), std::string(12, '\0')));
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "m.safetensors";
};

TEST_F(SafetensorsFileTest, ReadsBackWhatWasWritten) {
  SafetensorsBuilder builder;
  builder.add("a", {2, 2}, {1, -2, 3.5f, 4}).add("z", {3}, {7, 8, 9});

  const SafetensorsFile file = open(builder.bytes());

  ASSERT_EQ(file.tensors().size(), 2u);
  EXPECT_EQ(file.tensors().at("a").shape, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(values_of(file.tensors().at("a")), (std::vector<float>{1, -2, 3.5f, 4}));
  EXPECT_EQ(values_of(file.tensors().at("z")), (std::vector<float>{7, 8, 9}));
}

TEST_F(SafetensorsFileTest, ReadsWhatTheReferenceLibraryWrites) {
  const SafetensorsFile file(LOCKSTEP_SOURCE_DIR "/tests/golden/weights/blocks.safetensors");
  const auto& tensors = file.tensors();

  EXPECT_EQ(tensors.at("plain.f64").type, ElementType::kF64);
  EXPECT_EQ(values_of(tensors.at("plain.f64")),
            (std::vector<float>{1.5f, -2.25f, 0, 1e-3f, 300, -0.0f}));
  EXPECT_EQ(values_of(tensors.at("plain.f16")),
            (std::vector<float>{1.5f, -2.25f, 0, 0.0010004044f, 300, -0.0f}));
  EXPECT_EQ(values_of(tensors.at("plain.bf16")),
            (std::vector<float>{1.5f, -2.25f, 0, 0.00099945068f, 300, -0.0f}));
  EXPECT_EQ(tensors.at("plain.i64").type, ElementType::kI64);
  EXPECT_EQ(tensors.at("plain.empty").shape, (std::vector<int64_t>{0, 3}));
  EXPECT_TRUE(values_of(tensors.at("plain.empty")).empty());
  EXPECT_EQ(values_of(tensors.at("plain.scalar")), std::vector<float>{2.5f});
  EXPECT_FALSE(tensors.contains("__metadata__"));
}

TEST_F(SafetensorsFileTest, RefusesAFileCutAnywhere) {
  const std::string whole =
      SafetensorsBuilder().add("a", {2, 2}, {1, 2, 3, 4}).add("b", {1}, {5}).bytes();

  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(refusal(whole.substr(0, size)).empty()) << size;
  }
}

TEST_F(SafetensorsFileTest, SurvivesEveryChangedByte) {
  const std::string whole =
      SafetensorsBuilder().add("a", {2, 2}, {1, 2, 3, 4}).add("b", {1}, {5}).bytes();

  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int bit : {1, 4, 128}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      try {
        const SafetensorsFile file = open(changed);
        for (const auto& [name, tensor] : file.tensors()) EXPECT_LE(tensor.bytes.size(), 20u);
      } catch (const Error& error) {
        EXPECT_EQ(error.blame(), Blame::kData) << at;
      }
    }
  }
}

TEST_F(SafetensorsFileTest, ChecksTheHeadersLength) {
  EXPECT_EQ(refusal("1234567"), "7 bytes; a safetensors file has 8 and a header");
  EXPECT_EQ(refusal(bytes_of<uint64_t>(3) + "{}"),
            "a header of 3 bytes is announced and 2 follow; at most 100,000,000 are allowed");
  EXPECT_EQ(refusal(bytes_of<uint64_t>(UINT64_MAX) + "{}"),
            "a header of 18446744073709551615 bytes is announced and 2 follow; at most 100,000,000 "
            "are allowed");
}

TEST_F(SafetensorsFileTest, ChecksTheHeadersJson) {
  EXPECT_TRUE(holds(refusal(safetensors_bytes("{\"a\":", "")), "the header is not JSON: "));
  EXPECT_EQ(refusal(safetensors_bytes("[]", "")), "the header is no JSON object");
  EXPECT_EQ(refusal(safetensors_bytes(std::string(100000, '['), "")),
            "the header is nested deeper than 4 levels");
  const std::string entry = R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  EXPECT_EQ(refusal(safetensors_bytes("{\"a\":" + entry + ",\"a\":" + entry + "}", "1234")),
            "\"a\" occurs twice in the header");
  EXPECT_EQ(refusal(safetensors_bytes(R"({"a":{"dtype":"F32","dtype":"F16"}})", "")),
            "\"dtype\" occurs twice in the header");
}

TEST_F(SafetensorsFileTest, ChecksEveryEntry) {
  EXPECT_EQ(refusal_of([](json& h) { h["a"].erase("shape"); }),
            "tensor \"a\": dtype, shape and two data_offsets are wanted");
  EXPECT_EQ(refusal_of([](json& h) { h["a"]["data_offsets"].push_back(3); }),
            "tensor \"a\": dtype, shape and two data_offsets are wanted");
  EXPECT_EQ(refusal_of([](json& h) { h["a"]["dtype"] = "F8_E4M3"; }),
            "tensor \"a\" has dtype \"F8_E4M3\", which is not supported");
  EXPECT_EQ(refusal_of([](json& h) { h["a"]["dtype"] = "Q4_1"; }),
            "tensor \"a\" has dtype \"Q4_1\", which is not supported");
  EXPECT_EQ(refusal_of([](json& h) { h["a"]["shape"][0] = -2; }),
            "tensor \"a\": shape: -2; a number of 0 or more is wanted");
  EXPECT_EQ(refusal_of([](json& h) { h["a"]["shape"][0] = UINT64_MAX; }),
            "tensor \"a\": shape: 18446744073709551615; a number of 0 or more is wanted");
  EXPECT_EQ(refusal_of([](json& h) { h["a"]["data_offsets"][0] = 0.5; }),
            "tensor \"a\": data_offsets: 0.5; a number of 0 or more is wanted");
}

TEST_F(SafetensorsFileTest, ChecksThatShapesFillTheirOffsets) {
  EXPECT_EQ(refusal_of([](json& h) { h["a"]["shape"][0] = 3; }),
            "tensor \"a\": F32 [3] takes 12 bytes; its offsets are 0 to 8");
  EXPECT_EQ(refusal_of([](json& h) {
              h["a"]["data_offsets"] = {8, 0};
            }),
            "tensor \"a\": F32 [2] takes 8 bytes; its offsets are 8 to 0");
  EXPECT_EQ(refusal_of([](json& h) {
              h["a"]["shape"] = {1LL << 32, 1LL << 32, 1};
            }),
            "tensor \"a\": F32 [4294967296, 4294967296, 1] takes more than 2^63 bytes; its offsets "
            "are 0 to 8");
}

TEST_F(SafetensorsFileTest, ChecksHolesAndOverlaps) {
  EXPECT_EQ(refusal_of([](json& h) {
              h["b"]["data_offsets"] = {4, 8};
            }),
            "tensor \"b\" begins at 4, where 8 is wanted: the end of tensor \"a\"");
  EXPECT_EQ(refusal_of([](json& h) {
              h["b"]["data_offsets"] = {9, 13};
            }),
            "tensor \"b\" begins at 9, where 8 is wanted: the end of tensor \"a\"");
  EXPECT_EQ(refusal_of([](json& h) { h.erase("a"); }),
            "tensor \"b\" begins at 8, where 0 is wanted: the end of the header");
  EXPECT_EQ(refusal_of([](json& h) { h.erase("b"); }),
            "the tensors take 8 bytes and 12 follow the header");
  EXPECT_EQ(refusal_of([](json& h) {
              h["c"] = {{"dtype", "U8"}, {"shape", {1}}, {"data_offsets", {12, 13}}};
            }),
            "the tensors take 13 bytes and 12 follow the header");
}

}  // namespace
}  // namespace lockstep::testing
