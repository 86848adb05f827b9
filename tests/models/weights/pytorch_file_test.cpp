#include "models/weights/pytorch_file.h"

#include <gtest/gtest.h>

#include "models/weights/element_type.h"
#include "models/weights/safetensors_file.h"
#include "models/weights/selection.h"
#include "tests/models/weights/pytorch_builder.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/weights/pytorch";

std::vector<float> values_of(const StoredTensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(num_elements(tensor.shape)));
  read_selection(tensor, select(tensor, {}, tensor.name), values);
  return values;
}

class PytorchFileTest : public ::testing::Test {
 protected:
  /// A file of one tensor "w" and storage 0: the numbers 0 to 5.
  std::string file_of(const TensorPickle& tensor) {
    return ZipBuilder()
        .add("m/data.pkl", state_dict_of(tensor.bytes()))
        .add("m/data/0", bytes_of_floats({0, 1, 2, 3, 4, 5}))
        .bytes();
  }
  PytorchFile open(const std::string& bytes) {
    write_bytes(path_, bytes);
    return PytorchFile(path_);
  }
  std::string refusal(const std::string& bytes) {
    return message_of(Blame::kData, [&] { open(bytes); });
  }

  TemporaryFolder folder_;
  fs::path path_ = folder_ / "pytorch_model.bin";
};

TEST_F(PytorchFileTest, ReadsWhatTorchSaves) {
  const PytorchFile file(kGolden / "state_dict.bin");
  const SafetensorsFile expected(kGolden / "state_dict.safetensors");

  ASSERT_EQ(file.tensors().size(), expected.tensors().size());
  for (const auto& [name, tensor] : file.tensors()) {
    const StoredTensor& wanted = expected.tensors().at(name);
    EXPECT_EQ(tensor.shape, wanted.shape) << name;
    if (is_real(tensor.type)) {
      EXPECT_EQ(values_of(tensor), values_of(wanted)) << name;
    } else {
      EXPECT_EQ(tensor.type, wanted.type) << name;
      EXPECT_TRUE(std::equal(tensor.bytes.begin(), tensor.bytes.end(), wanted.bytes.begin()))
          << name;
    }
  }
}

TEST_F(PytorchFileTest, SharesTheBytesOfASharedStorage) {
  const PytorchFile file(kGolden / "state_dict.bin");

  const StoredTensor& whole = file.tensors().at("f32");
  const StoredTensor& rows = file.tensors().at("rows");
  EXPECT_EQ(rows.bytes.data(), whole.bytes.data() + 2 * 5 * sizeof(float));
  EXPECT_EQ(rows.computed, nullptr);
  EXPECT_NE(file.tensors().at("transposed").computed, nullptr);
}

TEST_F(PytorchFileTest, GathersAnyPartOfAStridedTensor) {
  TensorPickle tensor;
  tensor.shape = {3, 2};
  tensor.strides = {1, 3};
  const PytorchFile file = open(file_of(tensor));

  std::vector<float> middle(3);
  file.tensors().at("w").computed->read(2, middle);

  EXPECT_EQ(middle, (std::vector<float>{1, 4, 2}));
  EXPECT_EQ(values_of(file.tensors().at("w")), (std::vector<float>{0, 3, 1, 4, 2, 5}));
}

TEST_F(PytorchFileTest, NamesTheRemedyForTheFormatBeforeZip) {
  EXPECT_EQ(message_of(Blame::kData, [] { PytorchFile file(kGolden / "legacy.bin"); }),
            (kGolden / "legacy.bin").string() +
                ": in the format of torch.save before PyTorch 1.6; save it anew, in Python: "
                "torch.save(torch.load(file, weights_only=True), file), or as safetensors");
  EXPECT_TRUE(holds(refusal("neither"), "7 bytes without the end record of a zip archive"));
  EXPECT_TRUE(holds(refusal(""), "0 bytes without the end record of a zip archive"));
}

TEST_F(PytorchFileTest, RefusesAModuleByItsClass) {
  EXPECT_TRUE(holds(message_of(Blame::kData, [] { PytorchFile file(kGolden / "module.bin"); }),
                    "module.bin: data.pkl: byte 2: the global torch.nn.modules.linear.Linear is "
                    "not allowed"));
}

TEST_F(PytorchFileTest, HoldsTensorsAgainstTheirStorages) {
  const auto refusal_of = [&](const TensorPickle& tensor) { return refusal(file_of(tensor)); };
  const std::string what = path_.string() + ": tensor \"w\": ";
  TensorPickle large, away, few, negative, repeated, overflowing, announced;
  large.shape = {3, 3};
  away.offset = 1;
  few.strides = {1};
  negative.strides = {-3, 1};
  repeated.shape = {1LL << 40, 3};
  repeated.strides = {0, 1};
  overflowing.shape = {1LL << 62, 1LL << 62};
  announced.storage_elements = 7;

  EXPECT_EQ(refusal_of(large),
            what + "shape [3, 3], strides [3, 1], offset 0; its storage has 6 elements");
  EXPECT_EQ(refusal_of(away),
            what + "shape [2, 3], strides [3, 1], offset 1; its storage has 6 elements");
  EXPECT_TRUE(holds(refusal_of(few), "strides [1], offset 0; as many strides as sizes"));
  EXPECT_TRUE(holds(refusal_of(negative), "strides [-3, 1], offset 0; as many strides as sizes"));
  EXPECT_TRUE(
      holds(refusal_of(repeated), "shape [1099511627776, 3], strides [0, 1], offset 0; its "));
  EXPECT_TRUE(holds(refusal_of(overflowing), "strides [3, 1], offset 0; its storage has 6"));
  EXPECT_EQ(refusal_of(announced),
            what + "its storage 0 has 24 bytes; 7 elements of F32 are announced");
}

TEST_F(PytorchFileTest, TakesAnEmptyTensorWhereverItBegins) {
  TensorPickle tensor;
  tensor.shape = {0, 4};
  tensor.offset = INT64_MAX;

  const PytorchFile file = open(file_of(tensor));

  EXPECT_TRUE(file.tensors().at("w").bytes.empty());
  EXPECT_TRUE(values_of(file.tensors().at("w")).empty());
}

TEST_F(PytorchFileTest, TakesRecordNamesForNamesAlone) {
  TensorPickle tensor;
  tensor.storage = "../../../etc/passwd";

  EXPECT_EQ(refusal(file_of(tensor)), path_.string() + ": no record m/data/../../../etc/passwd");
}

TEST_F(PytorchFileTest, WantsOnePickleAndLittleEndianBytes) {
  const std::string pickle = state_dict_of(TensorPickle().bytes());

  EXPECT_TRUE(holds(refusal(ZipBuilder().add("m/a/data.pkl", pickle).bytes()),
                    "0 records <folder>/data.pkl; one, as torch.save writes it, is wanted"));
  EXPECT_TRUE(
      holds(refusal(ZipBuilder().add("m/data.pkl", pickle).add("n/data.pkl", pickle).bytes()),
            "2 records"));
  EXPECT_TRUE(
      holds(refusal(ZipBuilder().add("m/data.pkl", pickle).add("m/byteorder", "big").bytes()),
            "byteorder: \"big\"; little is wanted"));
}

TEST_F(PytorchFileTest, FindsDamage) {
  std::string bytes = file_of({});
  bytes[bytes.find(bytes_of(5.0f))] ^= 1;

  EXPECT_TRUE(holds(refusal(bytes), "record m/data/0 has the CRC-32 "));
}

TEST_F(PytorchFileTest, RefusesEveryTruncation) {
  const std::string whole = file_of({});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(holds(refusal(whole.substr(0, size)), "cut short")) << size;
  }
}

}  // namespace
}  // namespace lockstep::testing
