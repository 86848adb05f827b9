// The table of element types: names as safetensors and GGUF write them, and their blocks.
#include "models/weights/element_type.h"

#include <array>
#include <limits>
#include <stdexcept>

namespace lockstep {
namespace {

enum class Values { kReal, kOther };

struct Row {
  ElementType type;
  std::string_view name;
  BlockFormat format;
  Values values;
};

// Blocks: ggml-common.h of ggml-org/llama.cpp; GGML_QUANT_SIZES of the gguf package 0.19.
constexpr std::array<Row, 20> kTypes{{
    {ElementType::kF64, "F64", {1, 8}, Values::kReal},
    {ElementType::kF32, "F32", {1, 4}, Values::kReal},
    {ElementType::kF16, "F16", {1, 2}, Values::kReal},
    {ElementType::kBF16, "BF16", {1, 2}, Values::kReal},
    {ElementType::kI64, "I64", {1, 8}, Values::kOther},
    {ElementType::kI32, "I32", {1, 4}, Values::kOther},
    {ElementType::kI16, "I16", {1, 2}, Values::kOther},
    {ElementType::kI8, "I8", {1, 1}, Values::kOther},
    {ElementType::kU8, "U8", {1, 1}, Values::kOther},
    {ElementType::kBool, "BOOL", {1, 1}, Values::kOther},
    {ElementType::kQ4_0, "Q4_0", {32, 18}, Values::kReal},
    {ElementType::kQ4_1, "Q4_1", {32, 20}, Values::kReal},
    {ElementType::kQ5_0, "Q5_0", {32, 22}, Values::kReal},
    {ElementType::kQ5_1, "Q5_1", {32, 24}, Values::kReal},
    {ElementType::kQ8_0, "Q8_0", {32, 34}, Values::kReal},
    {ElementType::kQ2_K, "Q2_K", {256, 84}, Values::kReal},
    {ElementType::kQ3_K, "Q3_K", {256, 110}, Values::kReal},
    {ElementType::kQ4_K, "Q4_K", {256, 144}, Values::kReal},
    {ElementType::kQ5_K, "Q5_K", {256, 176}, Values::kReal},
    {ElementType::kQ6_K, "Q6_K", {256, 210}, Values::kReal},
}};

const Row& row_of(ElementType type) {
  for (const Row& row : kTypes) {
    if (row.type == type) return row;
  }
  throw std::logic_error("an element type without a row in the table");
}

}  // namespace

std::string to_text(ElementType type) { return std::string(row_of(type).name); }
BlockFormat block_format(ElementType type) { return row_of(type).format; }
bool is_real(ElementType type) { return row_of(type).values == Values::kReal; }

std::optional<ElementType> element_type(std::string_view name) {
  for (const Row& row : kTypes) {
    if (row.name == name) return row.type;
  }
  return {};
}

std::optional<int64_t> checked_product(int64_t a, int64_t b) {
  if (b != 0 && a > std::numeric_limits<int64_t>::max() / b) return {};
  return a * b;
}

}  // namespace lockstep
