// Protobuf's wire format: tag (field number << 3 | kind), then a varint, 8 bytes, a length and as
// many bytes, or 4 bytes (protobuf.dev/programming-guides/encoding).
#include "models/tokenizers/sentencepiece_proto.h"

#include <cstdint>
#include <optional>

namespace lockstep {
namespace {

class Message {
 public:
  explicit Message(std::string_view bytes) : rest_(bytes) {}

  struct Field {
    uint64_t number = 0;
    std::optional<std::string_view> bytes;  // of a field with a length
  };

  std::optional<Field> next() {
    const auto tag = varint();
    if (!tag) return std::nullopt;
    Field field{.number = *tag >> 3, .bytes = {}};
    switch (*tag & 7) {
      case 0:
        return varint() ? std::optional(field) : std::nullopt;
      case 1:
        return take(8) ? std::optional(field) : std::nullopt;
      case 5:
        return take(4) ? std::optional(field) : std::nullopt;
      case 2: {
        const auto size = varint();
        const auto bytes = size ? take(*size) : std::nullopt;
        if (!bytes) return std::nullopt;
        field.bytes = *bytes;
        return field;
      }
      default:
        return std::nullopt;
    }
  }

 private:
  std::optional<uint64_t> varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = take(1);
      if (!byte) return std::nullopt;
      const auto bits = static_cast<unsigned char>(byte->front());
      value |= uint64_t{bits & 0x7FU} << shift;
      if (bits < 0x80) return value;
    }
    return std::nullopt;
  }

  std::optional<std::string_view> take(uint64_t size) {
    if (size > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

}  // namespace

std::vector<std::string_view> charsmaps_in(std::string_view bytes) {
  std::vector<std::string_view> found;
  Message model(bytes);
  while (const auto field = model.next()) {
    if ((field->number != 3 && field->number != 5) || !field->bytes) continue;
    Message specification(*field->bytes);
    while (const auto inner = specification.next()) {
      if (inner->number != 2 || !inner->bytes || inner->bytes->empty()) continue;
      found.push_back(*inner->bytes);
    }
  }
  return found;
}

std::vector<std::string_view> pieces_in(std::string_view bytes) {
  std::vector<std::string_view> pieces;
  Message model(bytes);
  while (const auto field = model.next()) {
    if (field->number != 1 || !field->bytes) continue;
    std::string_view& piece = pieces.emplace_back();
    Message parts(*field->bytes);
    while (const auto inner = parts.next()) {
      if (inner->number == 1 && inner->bytes) piece = *inner->bytes;
    }
  }
  return pieces;
}

}  // namespace lockstep
