#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

/// The value at the front of `bytes`, little-endian; they hold at least its size.
template <class Value>
Value scalar_at(std::span<const std::byte> bytes) {
  Value value;
  std::memcpy(&value, bytes.data(), sizeof(Value));
  return value;
}

/// Consumes the bytes of a file from the front, each time checking that they are there. Throws
/// Error(kData) "<where>: <what> at byte 4 takes 8 bytes; 3 are left". `where` must outlive it.
class ByteCursor {
 public:
  ByteCursor(std::span<const std::byte> bytes, const std::string& where)
      : bytes_(bytes), where_(where) {}

  uint64_t position() const { return at_; }
  uint64_t left() const { return bytes_.size() - at_; }

  std::span<const std::byte> take(uint64_t count, std::string_view what);
  /// `count` bytes as text, whatever they are.
  std::string_view letters(uint64_t count, std::string_view what);
  /// Up to the next line feed, which is consumed and not given.
  std::string_view line(std::string_view what);

  template <class Value>
  Value scalar(std::string_view what) {
    return scalar_at<Value>(take(sizeof(Value), what));
  }

 private:
  std::span<const std::byte> bytes_;
  uint64_t at_ = 0;
  const std::string& where_;
};

/// A name from a file as it may stand in a message: one line of at most 80 letters, whatever its
/// bytes.
std::string printable(std::string_view name);

}  // namespace lockstep
