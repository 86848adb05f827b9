// Block formats of GGUF (ggml-common.h, ggml-quants.c of ggml-org/llama.cpp). Numbers are
// little-endian, f16 is IEEE half, y[j] is element j of the block. A block is
//   Q4_0  d f16, qs u8[16]                      y = d (q - 8);  low nibbles are elements 0-15, high
//   ones 16-31 Q4_1  d f16, m f16, qs u8[16]               y = d q + m Q5_0  d f16, qh u32, qs
//   u8[16]              q = nibble + 16 (bit j of qh);  y = d (q - 16) Q5_1  d f16, m f16, qh u32,
//   qs u8[16]       y = d q + m Q8_0  d f16, qs i8[32]                      y = d q Q2_K  scales
//   u8[16], qs u8[64], d f16, dmin f16 Q3_K  hmask u8[32], qs u8[64], scales u8[12], d f16 Q4_K  d
//   f16, dmin f16, scales u8[12], qs u8[128] Q5_K  d f16, dmin f16, scales u8[12], qh u8[32], qs
//   u8[128] Q6_K  ql u8[128], qh u8[64], scales i8[16], d f16
// Products and sums are rounded one by one, as the reference does: this file is compiled without
// contraction to fused multiply-adds (-ffp-contract=off).
#include "models/weights/dequantise.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "base/text.h"
#include "models/weights/element_type.h"

namespace lockstep {
namespace {

static_assert(std::endian::native == std::endian::little,
              "weights are read as they lie in the file");

template <class Value>
Value load(const std::byte* at) {
  Value value;
  std::memcpy(&value, at, sizeof(Value));
  return value;
}

float half(const std::byte* at) {
  const uint32_t bits = load<uint16_t>(at);
  const uint32_t sign = (bits & 0x8000u) << 16;
  const uint32_t magnitude = bits & 0x7fffu;
  uint32_t value = (magnitude << 13) + 0x38000000u;  // rebias the exponent: 127 - 15
  if (magnitude >= 0x7c00u) value = 0x7f800000u | (magnitude << 13);  // infinity, NaN
  if (magnitude < 0x0400u)
    value = std::bit_cast<uint32_t>(static_cast<float>(magnitude) * 0x1p-24f);  // subnormal
  return std::bit_cast<float>(sign | value);
}

uint8_t byte_at(const std::byte* at) { return static_cast<uint8_t>(*at); }
int8_t signed_byte_at(const std::byte* at) { return static_cast<int8_t>(*at); }

void f32(const std::byte* block, float* y) { *y = load<float>(block); }
void f64(const std::byte* block, float* y) { *y = static_cast<float>(load<double>(block)); }
void f16(const std::byte* block, float* y) { *y = half(block); }
void bf16(const std::byte* block, float* y) {
  *y = std::bit_cast<float>(static_cast<uint32_t>(load<uint16_t>(block)) << 16);
}

void q4_0(const std::byte* block, float* y) {
  const float d = half(block);
  for (int j = 0; j < 16; ++j) {
    const int packed = byte_at(block + 2 + j);
    y[j] = d * static_cast<float>((packed & 15) - 8);
    y[j + 16] = d * static_cast<float>((packed >> 4) - 8);
  }
}

void q4_1(const std::byte* block, float* y) {
  const float d = half(block);
  const float m = half(block + 2);
  for (int j = 0; j < 16; ++j) {
    const int packed = byte_at(block + 4 + j);
    y[j] = d * static_cast<float>(packed & 15) + m;
    y[j + 16] = d * static_cast<float>(packed >> 4) + m;
  }
}

/// The 32 five-bit numbers of Q5_0 and Q5_1: fifth bits in the word at `high`, nibbles at `low`.
std::array<int, 32> five_bits(const std::byte* high, const std::byte* low) {
  const auto word = load<uint32_t>(high);
  std::array<int, 32> q;
  for (int j = 0; j < 16; ++j) {
    const int packed = byte_at(low + j);
    q[static_cast<std::size_t>(j)] = (packed & 15) | static_cast<int>((word >> j) & 1u) << 4;
    q[static_cast<std::size_t>(j + 16)] = (packed >> 4) | static_cast<int>((word >> (j + 16)) & 1u)
                                                              << 4;
  }
  return q;
}

void q5_0(const std::byte* block, float* y) {
  const float d = half(block);
  for (const int q : five_bits(block + 2, block + 6)) *y++ = d * static_cast<float>(q - 16);
}

void q5_1(const std::byte* block, float* y) {
  const float d = half(block);
  const float m = half(block + 2);
  for (const int q : five_bits(block + 4, block + 8)) *y++ = d * static_cast<float>(q) + m;
}

void q8_0(const std::byte* block, float* y) {
  const float d = half(block);
  for (int j = 0; j < 32; ++j) y[j] = d * static_cast<float>(signed_byte_at(block + 2 + j));
}

// The K formats: 256 elements a block. Element j is 128 h + 32 g + l with h < 2, g < 4, l < 32.

void q2_k(const std::byte* block, float* y) {
  const std::byte* scales = block;
  const std::byte* qs = block + 16;
  const float d = half(block + 80);
  const float dmin = half(block + 82);
  for (int j = 0; j < 256; ++j) {
    const int h = j / 128, g = j % 128 / 32, l = j % 32;
    const int q = (byte_at(qs + 32 * h + l) >> (2 * g)) & 3;
    const int s = byte_at(scales + j / 16);
    y[j] =
        d * static_cast<float>(s & 15) * static_cast<float>(q) - dmin * static_cast<float>(s >> 4);
  }
}

/// The 16 six-bit scales of Q3_K: low nibbles in bytes 0-7, their upper two bits in bytes 8-11.
std::array<int, 16> q3_k_scales(const std::byte* packed) {
  std::array<int, 16> scales;
  for (int k = 0; k < 16; ++k) {
    const int nibble = k < 8 ? byte_at(packed + k) & 15 : byte_at(packed + k - 8) >> 4;
    const int upper = (byte_at(packed + 8 + k % 4) >> (2 * (k / 4))) & 3;
    scales[static_cast<std::size_t>(k)] = (nibble | upper << 4) - 32;
  }
  return scales;
}

void q3_k(const std::byte* block, float* y) {
  const std::byte* hmask = block;
  const std::byte* qs = block + 32;
  const std::array<int, 16> scales = q3_k_scales(block + 96);
  const float d = half(block + 108);
  for (int j = 0; j < 256; ++j) {
    const int h = j / 128, g = j % 128 / 32, l = j % 32;
    const int low = (byte_at(qs + 32 * h + l) >> (2 * g)) & 3;
    const int high = (byte_at(hmask + l) >> (4 * h + g)) & 1;  // a bit that is not set subtracts 4
    y[j] = d * static_cast<float>(scales[static_cast<std::size_t>(j / 16)]) *
           static_cast<float>(low - 4 * (1 - high));
  }
}

/// Scale and minimum, six bits each, of the sub-blocks of 32 elements in Q4_K and Q5_K.
struct SubBlocks {
  std::array<float, 8> scale;
  std::array<float, 8> minimum;
};

SubBlocks sub_blocks(const std::byte* packed) {
  SubBlocks sub;
  for (int t = 0; t < 8; ++t) {
    int scale = byte_at(packed + t % 4) & 63;
    int minimum = byte_at(packed + 4 + t % 4) & 63;
    if (t >= 4) {
      scale = (byte_at(packed + t + 4) & 15) | byte_at(packed + t - 4) >> 6 << 4;
      minimum = byte_at(packed + t + 4) >> 4 | byte_at(packed + t) >> 6 << 4;
    }
    sub.scale[static_cast<std::size_t>(t)] = static_cast<float>(scale);
    sub.minimum[static_cast<std::size_t>(t)] = static_cast<float>(minimum);
  }
  return sub;
}

/// Q4_K and Q5_K: nibbles at `qs`, with the fifth bits at `qh` where there are any.
void q45_k(const std::byte* block, const std::byte* qh, const std::byte* qs, float* y) {
  const float d = half(block);
  const float dmin = half(block + 2);
  const SubBlocks sub = sub_blocks(block + 4);
  for (int t = 0; t < 8; ++t) {
    const float scale = d * sub.scale[static_cast<std::size_t>(t)];
    const float minimum = dmin * sub.minimum[static_cast<std::size_t>(t)];
    for (int l = 0; l < 32; ++l) {
      const int packed = byte_at(qs + 32 * (t / 2) + l);
      int q = t % 2 == 0 ? packed & 15 : packed >> 4;
      if (qh != nullptr) q |= ((byte_at(qh + l) >> t) & 1) << 4;
      y[32 * t + l] = scale * static_cast<float>(q) - minimum;
    }
  }
}

void q4_k(const std::byte* block, float* y) { q45_k(block, nullptr, block + 16, y); }
void q5_k(const std::byte* block, float* y) { q45_k(block, block + 16, block + 48, y); }

void q6_k(const std::byte* block, float* y) {
  const std::byte* ql = block;
  const std::byte* qh = block + 128;
  const std::byte* scales = block + 192;
  const float d = half(block + 208);
  for (int j = 0; j < 256; ++j) {
    const int h = j / 128, g = j % 128 / 32, l = j % 32;
    const int packed = byte_at(ql + 64 * h + 32 * (g % 2) + l);
    const int low = g < 2 ? packed & 15 : packed >> 4;
    const int high = (byte_at(qh + 32 * h + l) >> (2 * g)) & 3;
    const float scale = d * static_cast<float>(signed_byte_at(scales + j / 16));
    y[j] = scale * static_cast<float>((low | high << 4) - 32);
  }
}

/// One loop a format, so that the formula is inlined into it.
template <void (*block_to_float)(const std::byte*, float*)>
void each_block(BlockFormat format, std::span<const std::byte> bytes, std::span<float> into) {
  const std::byte* block = bytes.data();
  for (std::size_t at = 0; at < into.size(); at += static_cast<std::size_t>(format.elements)) {
    block_to_float(block, into.data() + at);
    block += format.bytes;
  }
}

using Loop = void (*)(BlockFormat, std::span<const std::byte>, std::span<float>);

Loop loop_of(ElementType type) {
  switch (type) {
    case ElementType::kF64:
      return each_block<f64>;
    case ElementType::kF32:
      return each_block<f32>;
    case ElementType::kF16:
      return each_block<f16>;
    case ElementType::kBF16:
      return each_block<bf16>;
    case ElementType::kQ4_0:
      return each_block<q4_0>;
    case ElementType::kQ4_1:
      return each_block<q4_1>;
    case ElementType::kQ5_0:
      return each_block<q5_0>;
    case ElementType::kQ5_1:
      return each_block<q5_1>;
    case ElementType::kQ8_0:
      return each_block<q8_0>;
    case ElementType::kQ2_K:
      return each_block<q2_k>;
    case ElementType::kQ3_K:
      return each_block<q3_k>;
    case ElementType::kQ4_K:
      return each_block<q4_k>;
    case ElementType::kQ5_K:
      return each_block<q5_k>;
    case ElementType::kQ6_K:
      return each_block<q6_k>;
    default:
      throw std::logic_error("no weights: " + to_text(type));
  }
}

}  // namespace

void to_float32(ElementType type, std::span<const std::byte> bytes, std::span<float> into) {
  const BlockFormat format = block_format(type);
  const auto elements = static_cast<std::size_t>(format.elements);
  if (into.size() % elements != 0 ||
      bytes.size() != into.size() / elements * static_cast<std::size_t>(format.bytes)) {
    throw std::logic_error(
        text("{} bytes of {} for {} elements", bytes.size(), to_text(type), into.size()));
  }
  loop_of(type)(format, bytes, into);
}

}  // namespace lockstep
