// NumPy's format (numpy.lib.format): "\x93NUMPY", version major and minor, the length of the header
// (little-endian, 2 bytes in version 1, 4 in 2 and 3), a Python dictionary
// {'descr': '<f4', 'fortran_order': False, 'shape': (1000, 3), }, then the numbers.
#include "aligner/recordings/npy_header.h"

#include <array>
#include <charconv>
#include <optional>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr int64_t kMostHeader = 1 << 16;
constexpr std::size_t kMostAxes = 32;

// The dictionary, read from the left.
class HeaderText {
 public:
  HeaderText(std::string text, const std::filesystem::path& file)
      : text_(std::move(text)), file_(file) {}

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) refuse(text("'{}'", c));
  }
  std::string quoted() {
    skip_space();
    const char quote = take('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string::npos) refuse("the end of a string");
    std::string all = text_.substr(at_, end - at_);
    at_ = end + 1;
    return all;
  }
  std::string word() {
    skip_space();
    std::size_t end = at_;
    while (end < text_.size() && std::isalnum(static_cast<unsigned char>(text_[end]))) ++end;
    std::string all = text_.substr(at_, end - at_);
    at_ = end;
    return all;
  }
  int64_t count() {
    const std::size_t before = at_;
    const std::string digits = word();
    int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || rest != end || value < 0) {
      at_ = before;
      refuse("a number of 0 or more");
    }
    return value;
  }
  void expect_end() {
    skip_space();
    if (at_ != text_.size()) refuse("the end of the header");
  }
  [[noreturn]] void refuse(std::string_view wanted) const {
    std::string found = text_.substr(at_, 30);
    for (char& c : found) c = c < ' ' || c > '~' ? '?' : c;
    fail(Blame::kData, "{}: header: \"{}\"; {} is wanted", file_, found, wanted);
  }

 private:
  std::string text_;
  const std::filesystem::path& file_;
  std::size_t at_ = 0;
};

struct Dictionary {
  std::optional<std::string> number;
  std::optional<bool> is_fortran;
  std::optional<std::vector<int64_t>> shape;
};

std::vector<int64_t> read_shape(HeaderText& text) {
  std::vector<int64_t> shape;
  text.expect('(');
  while (!text.take(')')) {
    if (shape.size() == kMostAxes) text.refuse("an array of at most 32 axes");
    shape.push_back(text.count());
    if (!text.take(',')) {
      text.expect(')');
      break;
    }
  }
  return shape;
}

Dictionary read_dictionary(HeaderText& text) {
  Dictionary found;
  text.expect('{');
  while (!text.take('}')) {
    const std::string key = text.quoted();
    text.expect(':');
    if (key == "descr" && !found.number) {
      found.number = text.quoted();
    } else if (key == "fortran_order" && !found.is_fortran) {
      const std::string word = text.word();
      if (word != "True" && word != "False") text.refuse("True or False");
      found.is_fortran = word == "True";
    } else if (key == "shape" && !found.shape) {
      found.shape = read_shape(text);
    } else {
      text.refuse("descr, fortran_order and shape, once each,");
    }
    if (!text.take(',')) {
      text.expect('}');
      break;
    }
  }
  text.expect_end();
  return found;
}

void set_number(const std::filesystem::path& file, const std::string& descr, NpyHeader& header) {
  struct Name {
    std::string_view letters;
    NpyNumber number;
  };
  constexpr std::array kNames{Name{"i2", NpyNumber::kInt16},
                              Name{"i4", NpyNumber::kInt32},
                              Name{"f4", NpyNumber::kFloat32},
                              Name{"f8", NpyNumber::kFloat64}};
  for (const Name& name : kNames) {
    if (descr.size() != 3 || descr.substr(1) != name.letters) continue;
    if (descr[0] != '<' && descr[0] != '>') continue;
    header.number = name.number;
    header.is_big_endian = descr[0] == '>';
    return;
  }
  std::string found = descr.substr(0, 20);
  for (char& c : found) c = c < ' ' || c > '~' ? '?' : c;
  fail(Blame::kData,
       "{}: numbers of type \"{}\"; int16, int32, float32 or float64 is wanted",
       file,
       found);
}

// Bytes of the numbers; nothing if they are beyond 63 bits.
std::optional<int64_t> size_of(const NpyHeader& header) {
  int64_t size = header.bytes_a_number();
  for (const int64_t length : header.shape) {
    if (__builtin_mul_overflow(size, length, &size)) return std::nullopt;
  }
  return size;
}

}  // namespace

int64_t NpyHeader::bytes_a_number() const {
  switch (number) {
    case NpyNumber::kInt16:
      return 2;
    case NpyNumber::kInt32:
    case NpyNumber::kFloat32:
      return 4;
    case NpyNumber::kFloat64:
      return 8;
  }
  return 0;
}

NpyHeader read_npy_header(const PiecewiseFile& file) {
  std::array<std::byte, 12> start{};
  const auto byte = [&start](std::size_t k) { return std::to_integer<int64_t>(start[k]); };
  if (file.size() < 12) {
    fail(Blame::kData, "{}: {} bytes; a .npy file is wanted", file.path(), file.size());
  }
  file.read(0, start);
  const std::string_view mark(reinterpret_cast<const char*>(start.data()), kNpyMark.size());
  if (mark != kNpyMark) fail(Blame::kData, "{}: no .npy file; one is wanted", file.path());
  const int64_t version = byte(6);
  if (version < 1 || version > 3) {
    fail(Blame::kData,
         "{}: .npy format {}.{}; 1.0, 2.0 or 3.0 is wanted",
         file.path(),
         version,
         byte(7));
  }
  const int64_t begin = version == 1 ? 10 : 12;
  const int64_t length = version == 1
                             ? byte(8) + 256 * byte(9)
                             : byte(8) + (byte(9) << 8) + (byte(10) << 16) + (byte(11) << 24);
  if (length > kMostHeader || begin + length > file.size()) {
    fail(Blame::kData,
         "{}: a header of {} bytes in a file of {}; at most {} are wanted",
         file.path(),
         length,
         file.size(),
         std::min(kMostHeader, file.size() - begin));
  }
  std::string letters(static_cast<std::size_t>(length), '\0');
  file.read(begin, std::as_writable_bytes(std::span(letters)));
  HeaderText text(std::move(letters), file.path());
  const Dictionary found = read_dictionary(text);
  if (!found.number || !found.is_fortran || !found.shape) {
    text.refuse("descr, fortran_order and shape, once each,");
  }
  if (*found.is_fortran) {
    fail(Blame::kData,
         "{}: an array in Fortran order; numpy.ascontiguousarray before saving is wanted",
         file.path());
  }
  NpyHeader header;
  set_number(file.path(), *found.number, header);
  header.shape = *found.shape;
  header.data_offset = begin + length;
  const std::optional<int64_t> wanted = size_of(header);
  if (!wanted || *wanted != file.size() - header.data_offset) {
    fail(Blame::kData,
         "{}: {} bytes of numbers; an array of {} numbers of {} bytes is said to be there",
         file.path(),
         file.size() - header.data_offset,
         join(header.shape, " x "),
         header.bytes_a_number());
  }
  return header;
}

}  // namespace lockstep
