#include "models/weights/byte_cursor.h"

#include "base/error.h"

namespace lockstep {

std::span<const std::byte> ByteCursor::take(uint64_t count, std::string_view what) {
  if (count > left()) {
    fail(Blame::kData,
         "{}: {} at byte {} takes {} bytes; {} are left",
         where_,
         what,
         at_,
         count,
         left());
  }
  const auto taken = bytes_.subspan(at_, count);
  at_ += count;
  return taken;
}

std::string_view ByteCursor::letters(uint64_t count, std::string_view what) {
  const auto taken = take(count, what);
  return {reinterpret_cast<const char*>(taken.data()), taken.size()};
}

std::string_view ByteCursor::line(std::string_view what) {
  const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + at_, left());
  const std::size_t length = rest.find('\n');
  if (length == std::string_view::npos) {
    fail(Blame::kData, "{}: {} at byte {} has no end", where_, what, at_);
  }
  at_ += length + 1;
  return rest.substr(0, length);
}

std::string printable(std::string_view name) {
  constexpr std::size_t kMost = 80;
  std::string safe;
  for (const char letter : name.substr(0, kMost)) {
    safe += letter >= ' ' && letter <= '~' ? letter : '?';
  }
  return safe;
}

}  // namespace lockstep
