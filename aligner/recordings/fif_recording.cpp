// The raw block of a FIF file (102; 112 in old files; 119 with MaxShield): tag 208 the number of
// its first sample, then data buffers (300, [sample][channel]) and skips (301: so many buffers were
// not recorded). value = number * range * cal.
#include "aligner/recordings/fif_recording.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "aligner/recordings/fif_header.h"
#include "base/error.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr int32_t kFirstSample = 208, kDataBuffer = 300, kDataSkip = 301;
constexpr int32_t kMaxShieldBlock = 119, kEpochs = 373, kReference = 118;
constexpr int64_t kMostSamples = int64_t{1} << 40;
constexpr std::size_t kMostFiles = 1000;
constexpr int64_t kPieceBytes = 4 << 20;

int64_t bytes_of_number(const FifFile& file, const FifTag& tag) {
  switch (tag.type) {
    case 2:
    case 16:
      return 2;
    case 3:
    case 4:
      return 4;
    case 5:
      return 8;
    case 20:
    case 21:
      fail(Blame::kData, "{}: complex data; real numbers are wanted", file.where(tag));
    default:
      fail(Blame::kData,
           "{}: data of type {}; 2, 3, 4, 5 or 16 (integers of 16 or 32 bits, float32, float64) is "
           "wanted",
           file.where(tag),
           tag.type);
  }
}

double number_at(const std::byte* at, uint32_t type) {
  switch (type) {
    case 3:
      return big_endian<int32_t>(at);
    case 4:
      return big_endian<float>(at);
    case 5:
      return big_endian<double>(at);
    default:
      return big_endian<int16_t>(at);
  }
}

// Samples that lie together in one tag; of a skip there is none.
struct FifBuffer {
  SampleRange samples;  // of the recording
  std::optional<FifTag> tag;
  std::size_t file = 0;
};

// One file's raw block, its samples counted from 0.
struct FifRaw {
  int64_t first_sample = 0;
  int64_t num_samples = 0;
  std::vector<FifBuffer> buffers;
};

void check_length(const FifFile& file, int64_t num_samples) {
  if (num_samples >= 0 && num_samples <= kMostSamples) return;
  fail(Blame::kData, "{}: {} samples; 0 to {} are wanted", file.path(), num_samples, kMostSamples);
}

const FifBlock& raw_block(const FifFile& file, const OpenOptions& options) {
  for (const int32_t kind : {102, 112, kMaxShieldBlock}) {
    const auto blocks = file.root().all(kind);
    if (blocks.empty()) continue;
    if (blocks.size() > 1) {
      fail(Blame::kData, "{}: {} blocks {}; one is wanted", file.path(), blocks.size(), kind);
    }
    if (kind == kMaxShieldBlock && options.max_shield == MaxShield::kRefuse) {
      fail(Blame::kData,
           "{}: recorded with MaxShield, whose compensation distorts brain signals; signal-space "
           "separation (Maxwell filter) first, or MaxShield allowed, is wanted",
           file.path());
    }
    return *blocks[0];
  }
  if (!file.root().all(kEpochs).empty()) {
    fail(Blame::kData,
         "{}: holds epochs and no raw data; filters and responses need what lies between epochs: "
         "the "
         "continuous file (*_raw.fif, *_meg.fif) that they were cut from is wanted",
         file.path());
  }
  fail(Blame::kData, "{}: holds no raw data; raw data (block 102) are wanted", file.path());
}

// What is gathered from the tags in their order.
class FifRawReader {
 public:
  FifRawReader(const FifFile& file, int64_t num_channels)
      : file_(file), num_channels_(num_channels) {}

  FifRaw read(const FifBlock& block) {
    std::size_t at = 0;
    if (at < block.tags.size() && block.tags[at].kind == kFirstSample) {
      raw_.first_sample = file_.integer(block.tags[at++]);
    }
    if (at < block.tags.size() && block.tags[at].kind == kDataSkip) {
      leading_ = skip_of(block.tags[at++]);
    }
    for (; at < block.tags.size(); ++at) {
      if (block.tags[at].kind == kDataBuffer) add_buffer(block.tags[at]);
      if (block.tags[at].kind == kDataSkip) pending_ = skip_of(block.tags[at]);
    }
    if (raw_.buffers.empty()) {
      fail(Blame::kData,
           "{}: a raw block without data; at least one buffer is wanted",
           file_.path());
    }
    return std::move(raw_);
  }

 private:
  int64_t skip_of(const FifTag& tag) const {
    const int32_t buffers = file_.integer(tag);
    if (buffers < 0) {
      fail(Blame::kData,
           "{}: a skip of {} buffers; 0 or more are wanted",
           file_.where(tag),
           buffers);
    }
    return buffers;
  }

  void add_buffer(const FifTag& tag) {
    const int64_t row = bytes_of_number(file_, tag) * num_channels_;
    if (tag.size % row != 0) {
      fail(Blame::kData,
           "{}: a buffer of {} bytes; whole samples of {} bytes are wanted",
           file_.where(tag),
           tag.size,
           row);
    }
    const int64_t count = tag.size / row;
    if (leading_ > 0) {
      raw_.first_sample += leading_ * count;
      check_length(file_, raw_.first_sample);
      leading_ = 0;
    }
    if (pending_ > 0) {
      append(pending_ * count, std::nullopt);
      pending_ = 0;
    }
    append(count, tag);
  }

  void append(int64_t count, std::optional<FifTag> tag) {
    if (count == 0) return;
    check_length(file_, count);
    const int64_t first = raw_.num_samples;
    raw_.num_samples += count;
    check_length(file_, raw_.num_samples);
    raw_.buffers.push_back({{first, raw_.num_samples}, tag, 0});
  }

  const FifFile& file_;
  int64_t num_channels_;
  int64_t leading_ = 0;
  int64_t pending_ = 0;
  FifRaw raw_;
};

// "x_raw-2.fif" for 2 after "x_raw.fif" or "x_raw-1.fif".
fs::path numbered_name(const fs::path& path, int32_t number) {
  const std::string base = path.filename().string();
  const std::size_t dot = std::min(base.find('.'), base.size());
  const std::size_t dash = base.rfind('-', dot);
  const bool is_numbered = dash != std::string::npos && dash + 1 < dot &&
                           std::all_of(base.begin() + static_cast<std::ptrdiff_t>(dash) + 1,
                                       base.begin() + static_cast<std::ptrdiff_t>(dot),
                                       [](unsigned char c) { return std::isdigit(c) != 0; });
  const std::string stem = base.substr(0, is_numbered ? dash : dot);
  return path.parent_path() / (stem + text("-{}", number) + base.substr(dot));
}

// The file that continues this one; empty if none does.
fs::path next_file(const FifFile& file) {
  for (const FifBlock* block : file.root().all(kReference)) {
    const FifTag* role = block->tag(115);
    if (role != nullptr && file.integer(*role) != 2) continue;
    if (const FifTag* name = block->tag(118)) {
      const fs::path next = file.text(*name);
      if (next.has_parent_path() || !next.has_filename()) {
        fail(Blame::kData,
             "{}: continued in \"{}\"; a file's name without folder is wanted",
             file.where(*name),
             next);
      }
      return file.path().parent_path() / next;
    }
    if (const FifTag* number = block->tag(117))
      return numbered_name(file.path(), file.integer(*number));
  }
  return {};
}

void check_continues(const FifFile& file, const FifHeader& first, const FifHeader& next) {
  const auto names = [](const FifHeader& header) {
    std::vector<std::string> all;
    for (const RawChannel& channel : header.raw.channels) all.push_back(channel.name);
    return all;
  };
  if (names(first) == names(next) && first.raw.rate == next.raw.rate && first.scale == next.scale)
    return;
  fail(
      Blame::kData,
      "{}: {} channels at {} Hz continue {} channels at {} Hz; the same channels, calibrations and "
      "rate are wanted",
      file.path(),
      next.raw.channels.size(),
      next.raw.rate.hz(),
      first.raw.channels.size(),
      first.raw.rate.hz());
}

class FifRecording : public RawRecording {
 public:
  FifRecording(RawHeader header,
               std::vector<FifFile> files,
               std::vector<FifBuffer> buffers,
               std::vector<double> scale)
      : RawRecording(std::move(header)),
        files_(std::move(files)),
        buffers_(std::move(buffers)),
        scale_(std::move(scale)) {}

 private:
  void read_into(std::span<const std::size_t> channels,
                 SampleRange samples,
                 std::span<double> values) const override {
    const auto buffer_at = std::upper_bound(
        buffers_.begin(),
        buffers_.end(),
        samples.first,
        [](int64_t sample, const FifBuffer& buffer) { return sample < buffer.samples.end; });
    for (auto buffer = buffer_at; buffer != buffers_.end(); ++buffer) {
      if (buffer->samples.first >= samples.end) break;
      if (!buffer->tag) continue;  // skipped: zeros
      const SampleRange inside{std::max(samples.first, buffer->samples.first),
                               std::min(samples.end, buffer->samples.end)};
      read_buffer(*buffer, channels, samples, inside, values);
    }
  }

  // `values` holds `samples`; those `inside` the buffer are filled.
  void read_buffer(const FifBuffer& buffer,
                   std::span<const std::size_t> channels,
                   SampleRange samples,
                   SampleRange inside,
                   std::span<double> values) const {
    const FifFile& file = files_[buffer.file];
    const int64_t width = bytes_of_number(file, *buffer.tag);
    const int64_t row = width * static_cast<int64_t>(scale_.size());
    const int64_t rows_a_piece = std::max<int64_t>(1, kPieceBytes / row);
    const auto length = static_cast<std::size_t>(samples.end - samples.first);
    std::vector<std::byte> bytes;
    for (int64_t first = inside.first; first < inside.end; first += rows_a_piece) {
      const int64_t count = std::min(rows_a_piece, inside.end - first);
      bytes.resize(static_cast<std::size_t>(count * row));
      file.read(*buffer.tag, (first - buffer.samples.first) * row, bytes);
      for (std::size_t i = 0; i < channels.size(); ++i) {
        double* to = &values[i * length + static_cast<std::size_t>(first - samples.first)];
        const std::byte* from = bytes.data() + channels[i] * static_cast<std::size_t>(width);
        for (int64_t s = 0; s < count; ++s, from += row) {
          to[s] = number_at(from, buffer.tag->type) * scale_[channels[i]];
        }
      }
    }
  }

  std::vector<FifFile> files_;
  std::vector<FifBuffer> buffers_;
  std::vector<double> scale_;
};

// Everything of all files, in order.
struct FifFiles {
  FifHeader header;
  std::vector<FifFile> files;
  std::vector<FifBuffer> buffers;

  void add(FifFile file, const OpenOptions& options) {
    FifHeader next = read_fif_header(file);
    FifRaw raw = FifRawReader(file, static_cast<int64_t>(next.raw.channels.size()))
                     .read(raw_block(file, options));
    if (files.empty()) {
      header = std::move(next);
      header.raw.first_sample = raw.first_sample;
    } else {
      check_continues(file, header, next);
      const int64_t expected = header.raw.first_sample + header.raw.num_samples;
      if (raw.first_sample != expected) {
        header.raw.notes.push_back(
            text("{}: begins at sample {} and {} was next: joined without gap",
                 file.path().filename(),
                 raw.first_sample,
                 expected));
      }
    }
    const int64_t begin = header.raw.num_samples;
    for (FifBuffer& buffer : raw.buffers) {
      buffer.samples.first += begin;
      buffer.samples.end += begin;
      buffer.file = files.size();
      add_segment(buffer);
      buffers.push_back(buffer);
    }
    header.raw.num_samples += raw.num_samples;
    check_length(file, header.raw.num_samples);
    header.raw.parts.push_back({file.path(), {begin, header.raw.num_samples}});
    files.push_back(std::move(file));
  }

  void add_segment(const FifBuffer& buffer) {
    auto& segments = header.raw.segments;
    if (!buffer.tag) {
      header.raw.bad_stretches.push_back({buffer.samples, "BAD_ACQ_SKIP"});
    } else if (!segments.empty() && segments.back().end == buffer.samples.first) {
      segments.back().end = buffer.samples.end;
    } else {
      segments.push_back(buffer.samples);
    }
  }
};

}  // namespace

std::unique_ptr<RawRecording> open_fif(const fs::path& file, const OpenOptions& options) {
  FifFiles all;
  std::set<fs::path> seen;
  for (fs::path next = file; !next.empty();) {
    if (!seen.insert(fs::weakly_canonical(next)).second || seen.size() > kMostFiles) {
      fail(Blame::kData,
           "{}: continues itself after {} files; an end is wanted",
           next,
           all.files.size());
    }
    if (!fs::is_regular_file(next)) {
      fail(Blame::kData,
           "{}: the recording continues in {}, which is not there",
           file,
           next.filename());
    }
    all.add(FifFile(next), options);
    next = next_file(all.files.back());
  }
  RawHeader& header = all.header.raw;
  if (!all.files.front().root().all(kMaxShieldBlock).empty()) {
    header.notes.push_back("recorded with MaxShield: needs signal-space separation first");
  }
  add_fif_annotations(all.files.front(), header);
  return std::make_unique<FifRecording>(
      std::move(header), std::move(all.files), std::move(all.buffers), std::move(all.header.scale));
}

}  // namespace lockstep
