// Values of GGUF metadata: type u32, then a number, a string (its length u64 and its bytes), or an
// array: element type u32, count u64 and the elements.
#include "models/weights/gguf_values.h"

#include "base/error.h"

namespace lockstep {
namespace {

GgufType type_of(uint32_t number, const std::string& what) {
  if (number > static_cast<uint32_t>(GgufType::kF64)) {
    fail(Blame::kData, "{}: type {}; 0 to 12 are known", what, number);
  }
  return static_cast<GgufType>(number);
}

void check_booleans(std::span<const std::byte> bytes, const std::string& what) {
  for (const std::byte value : bytes) {
    if (value > std::byte{1})
      fail(Blame::kData, "{}: {}; a bool is 0 or 1", what, static_cast<int>(value));
  }
}

/// The bytes of `count` values of one type.
std::span<const std::byte> take_elements(ByteCursor& cursor,
                                         GgufType type,
                                         uint64_t count,
                                         const std::string& what) {
  const uint64_t size = type == GgufType::kString ? 8 : gguf_size(type);
  if (count > cursor.left() / size) {
    fail(Blame::kData,
         "{}: {} values of type {} at byte {}; {} bytes are left",
         what,
         count,
         to_text(type),
         cursor.position(),
         cursor.left());
  }
  if (type != GgufType::kString) {
    const auto bytes = cursor.take(count * size, what);
    if (type == GgufType::kBool) check_booleans(bytes, what);
    return bytes;
  }
  ByteCursor ahead = cursor;
  for (uint64_t k = 0; k < count; ++k) read_gguf_string(ahead, what);
  return cursor.take(ahead.position() - cursor.position(), what);
}

}  // namespace

uint64_t gguf_size(GgufType type) {
  constexpr uint64_t kSizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  return kSizes[static_cast<uint32_t>(type)];
}

std::string to_text(GgufType type) {
  constexpr std::string_view kNames[] = {"u8",
                                         "i8",
                                         "u16",
                                         "i16",
                                         "u32",
                                         "i32",
                                         "f32",
                                         "bool",
                                         "string",
                                         "array",
                                         "u64",
                                         "i64",
                                         "f64"};
  return std::string(kNames[static_cast<uint32_t>(type)]);
}

std::string_view read_gguf_string(ByteCursor& cursor, std::string_view what) {
  return cursor.letters(cursor.scalar<uint64_t>(what), what);
}

GgufValue read_gguf_value(ByteCursor& cursor, const std::string& what) {
  GgufValue value;
  value.type = type_of(cursor.scalar<uint32_t>(what), what);
  value.element = value.type;
  if (value.type == GgufType::kArray) {
    value.element = type_of(cursor.scalar<uint32_t>(what), what);
    if (value.element == GgufType::kArray)
      fail(Blame::kData, "{}: an array of arrays, which is not supported", what);
    value.count = cursor.scalar<uint64_t>(what);
  }
  value.bytes = take_elements(cursor, value.element, value.count, what);
  return value;
}

}  // namespace lockstep
