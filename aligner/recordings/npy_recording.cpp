#include "aligner/recordings/npy_recording.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "aligner/recordings/channel_kind.h"
#include "aligner/recordings/npy_header.h"
#include "base/error.h"
#include "base/table_file.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kPieceBytes = 4 << 20;

double number_at(const std::byte* at, NpyNumber number, bool is_swapped) {
  std::array<std::byte, 8> bytes{};
  const std::size_t width = number == NpyNumber::kInt16 ? 2 : number == NpyNumber::kFloat64 ? 8 : 4;
  std::copy_n(at, width, bytes.begin());
  if (is_swapped) std::reverse(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(width));
  const auto as = [&bytes]<class Number>(Number value) {
    std::copy_n(bytes.begin(), sizeof value, reinterpret_cast<std::byte*>(&value));
    return static_cast<double>(value);
  };
  switch (number) {
    case NpyNumber::kInt16:
      return as(int16_t{});
    case NpyNumber::kInt32:
      return as(int32_t{});
    case NpyNumber::kFloat32:
      return as(float{});
    case NpyNumber::kFloat64:
      return as(double{});
  }
  return NAN;
}

class NpyRecording : public RawRecording {
 public:
  NpyRecording(RawHeader header, PiecewiseFile file, NpyHeader array)
      : RawRecording(std::move(header)), file_(std::move(file)), array_(std::move(array)) {}

 private:
  void read_into(std::span<const std::size_t> channels,
                 SampleRange samples,
                 std::span<double> values) const override {
    const int64_t width = array_.bytes_a_number();
    const int64_t row = width * array_.shape[1];
    const int64_t rows_a_piece = std::max<int64_t>(1, kPieceBytes / row);
    const bool is_swapped = array_.is_big_endian == (std::endian::native == std::endian::little);
    const auto length = static_cast<std::size_t>(samples.end - samples.first);
    std::vector<std::byte> bytes;
    for (int64_t first = samples.first; first < samples.end; first += rows_a_piece) {
      const int64_t count = std::min(rows_a_piece, samples.end - first);
      bytes.resize(static_cast<std::size_t>(count * row));
      file_.read(array_.data_offset + first * row, bytes);
      for (std::size_t i = 0; i < channels.size(); ++i) {
        double* to = &values[i * length + static_cast<std::size_t>(first - samples.first)];
        const std::byte* from = bytes.data() + channels[i] * static_cast<std::size_t>(width);
        for (int64_t s = 0; s < count; ++s, from += row)
          to[s] = number_at(from, array_.number, is_swapped);
      }
    }
  }

  PiecewiseFile file_;
  NpyHeader array_;
};

double rate_of(const TableFile& table) {
  for (const std::string& comment : table.comments()) {
    constexpr std::string_view kKey = "rate_hz ";
    if (!comment.starts_with(kKey)) continue;
    double hz = 0;
    const char* end = comment.data() + comment.size();
    const auto [rest, error] = std::from_chars(comment.data() + kKey.size(), end, hz);
    if (error == std::errc() && rest == end) return hz;
    fail(Blame::kData, "{}: \"# {}\"; a number is wanted", table.path(), comment);
  }
  fail(
      Blame::kData, "{}: no line \"# rate_hz 250\" before the header; one is wanted", table.path());
}

RawChannel channel_of(const TableFile& table, int64_t row) {
  RawChannel channel;
  channel.name = table.cell(row, table.column("name"));
  if (channel.name.empty()) table.refuse(row, table.column("name"), "a name");
  if (table.has_column("kind")) {
    const std::string& word = table.cell(row, table.column("kind"));
    const std::optional<ChannelKind> kind = channel_kind_of(word);
    if (!kind)
      table.refuse(row,
                   table.column("kind"),
                   "a kind of channel such as " + name_of(ChannelKind::kMegMagnetometer));
    channel.kind = *kind;
  }
  if (table.has_column("unit")) channel.unit = table.cell(row, table.column("unit"));
  if (table.has_column("x") && table.has_column("y") && table.has_column("z")) {
    int axis = 0;
    channel.has_position = true;
    for (const char* name : {"x", "y", "z"}) {
      const auto value = table.number_if_any(row, table.column(name));
      channel.has_position = channel.has_position && value;
      channel.position_m[axis++] = value.value_or(0);
    }
  }
  if (table.has_column("bad")) {
    const int64_t bad = table.integer(row, table.column("bad"));
    if (bad != 0 && bad != 1) table.refuse(row, table.column("bad"), "0 or 1");
    channel.bad = bad == 1;
  }
  return channel;
}

}  // namespace

bool looks_like_npy(const fs::path& path) {
  if (!fs::is_regular_file(path)) return false;
  const PiecewiseFile file(path);
  std::array<std::byte, kNpyMark.size()> mark{};
  if (file.size() < static_cast<int64_t>(mark.size())) return false;
  file.read(0, mark);
  return std::string_view(reinterpret_cast<const char*>(mark.data()), mark.size()) == kNpyMark;
}

std::unique_ptr<RawRecording> open_npy(const fs::path& path, const OpenOptions&) {
  PiecewiseFile file(path);
  NpyHeader array = read_npy_header(file);
  if (array.shape.size() != 2 || array.shape[0] < 1 || array.shape[1] < 1) {
    fail(Blame::kData,
         "{}: an array of {} axes ({}); time x channel is wanted, at least 1 of each",
         path,
         array.shape.size(),
         join(array.shape, " x "));
  }
  fs::path beside = path;
  beside.replace_extension(".tsv");
  if (!fs::is_regular_file(beside)) {
    fail(Blame::kData,
         "{}: there is no {} that names its channels and rate; one is wanted",
         path,
         beside.filename());
  }
  const TableFile table = TableFile::read(beside);
  if (table.num_rows() != array.shape[1]) {
    fail(Blame::kData,
         "{}: {} channels for an array of {}; one row each is wanted",
         beside,
         table.num_rows(),
         array.shape[1]);
  }
  RawHeader header;
  header.format = "npy";
  header.rate = exact_rate(rate_of(table), beside.string());
  header.num_samples = array.shape[0];
  for (int64_t row = 0; row < table.num_rows(); ++row)
    header.channels.push_back(channel_of(table, row));
  header.segments = {{0, header.num_samples}};
  header.parts = {{path, {0, header.num_samples}}};
  return std::make_unique<NpyRecording>(std::move(header), std::move(file), std::move(array));
}

}  // namespace lockstep
