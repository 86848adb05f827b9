#include "models/weights/dequantise.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "models/weights/element_type.h"
#include "models/weights/gguf_file.h"
#include "models/weights/safetensors_file.h"

namespace lockstep::testing {
namespace {

const std::string kGolden = LOCKSTEP_SOURCE_DIR "/tests/golden/weights/";

/// The bits of float32 values: -0 is not 0, and nothing is nearly equal.
std::vector<uint32_t> bits_of(std::span<const float> values) {
  std::vector<uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<uint32_t>(value));
  return bits;
}

class Dequantise : public ::testing::TestWithParam<const char*> {};

TEST_P(Dequantise, EqualsTheReferenceBitForBit) {
  const GgufFile blocks(kGolden + "blocks.gguf");
  const SafetensorsFile expected(kGolden + "blocks.safetensors");
  const StoredTensor& values = expected.tensors().at(GetParam());

  for (const GgufTensor& tensor : blocks.tensors()) {
    if (tensor.name != GetParam()) continue;
    EXPECT_EQ(tensor.shape, values.shape);
    std::vector<float> ours(values.bytes.size() / sizeof(float));
    std::vector<float> theirs(ours.size());
    to_float32(*element_type(tensor.type), tensor.bytes, ours);
    to_float32(ElementType::kF32, values.bytes, theirs);
    EXPECT_EQ(bits_of(ours), bits_of(theirs));
    return;
  }
  FAIL() << "no such tensor";
}

INSTANTIATE_TEST_SUITE_P(Types,
                         Dequantise,
                         ::testing::Values("F32",
                                           "F16",
                                           "BF16",
                                           "Q4_0",
                                           "Q4_1",
                                           "Q5_0",
                                           "Q5_1",
                                           "Q8_0",
                                           "Q2_K",
                                           "Q3_K",
                                           "Q4_K",
                                           "Q5_K",
                                           "Q6_K"));

/// IEEE 754 binary16 by its definition.
float half_by_definition(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  double magnitude =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  if (exponent == 31) magnitude = fraction == 0 ? INFINITY : NAN;
  return static_cast<float>((bits & 0x8000) != 0 ? -magnitude : magnitude);
}

TEST(ToFloat32, ConvertsEveryHalf) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float wanted = half_by_definition(half);
    float value = 0;

    to_float32(ElementType::kF16, std::as_bytes(std::span(&half, 1)), std::span(&value, 1));

    if (std::isnan(wanted)) {
      EXPECT_TRUE(std::isnan(value)) << bits;
    } else {
      EXPECT_EQ(std::bit_cast<uint32_t>(value), std::bit_cast<uint32_t>(wanted)) << bits;
    }
  }
}

TEST(ToFloat32, RoundsDoublesOnce) {
  const std::vector<double> doubles{0.1, -1e300, 1e-46};
  std::vector<float> values(3);

  to_float32(ElementType::kF64, std::as_bytes(std::span(doubles)), values);

  EXPECT_EQ(values, (std::vector<float>{0.1f, -INFINITY, 0.0f}));
}

TEST(ToFloat32, CountsBytesAgainstElements) {
  std::vector<std::byte> bytes(40);
  std::vector<float> values(33);

  EXPECT_THROW(to_float32(ElementType::kQ4_1, bytes, values), std::logic_error);
  values.resize(32);
  EXPECT_THROW(to_float32(ElementType::kQ4_1, bytes, values), std::logic_error);
  values.resize(64);
  EXPECT_NO_THROW(to_float32(ElementType::kQ4_1, bytes, values));
}

TEST(ElementType, KnowsItsNamesAndWhichAreReal) {
  EXPECT_EQ(to_text(ElementType::kQ6_K), "Q6_K");
  EXPECT_EQ(element_type("BF16"), ElementType::kBF16);
  EXPECT_EQ(element_type("IQ3_S"), std::nullopt);
  EXPECT_TRUE(is_real(ElementType::kQ4_1));
  EXPECT_FALSE(is_real(ElementType::kI64));
  std::vector<float> value(1);
  EXPECT_THROW(to_float32(ElementType::kI64, std::vector<std::byte>(8), value), std::logic_error);
}

TEST(CheckedProduct, IsNothingWhereItDoesNotFit) {
  EXPECT_EQ(checked_product(1LL << 31, 1LL << 31), 1LL << 62);
  EXPECT_EQ(checked_product(1LL << 32, 1LL << 31), std::nullopt);
  EXPECT_EQ(checked_product(0, INT64_MAX), 0);
  EXPECT_EQ(checked_product(INT64_MAX, 0), 0);
}

}  // namespace
}  // namespace lockstep::testing
