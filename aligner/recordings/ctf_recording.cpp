// X.meg4 and its continuations: 8 bytes "MEG41CP\0", then for each trial, for each channel,
// big-endian i32 samples.
#include "aligner/recordings/ctf_recording.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "aligner/recordings/byte_reader.h"
#include "aligner/recordings/ctf_header.h"
#include "aligner/recordings/ctf_side_files.h"
#include "base/error.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMarkBytes = 8;
constexpr int64_t kPieceSamples = 1 << 16;
constexpr std::string_view kClockChannel = "SCLK01-177";

fs::path without_last_slash(const fs::path& folder) {
  return folder.has_filename() ? folder : folder.parent_path();
}

bool has_mark(const fs::path& res4) {
  const PiecewiseFile file(res4);
  std::array<std::byte, 7> mark{};
  if (file.size() < static_cast<int64_t>(mark.size())) return false;
  file.read(0, mark);
  const std::string_view letters(reinterpret_cast<const char*>(mark.data()), mark.size());
  return letters == "MEG41RS" || letters == "MEG42RS";
}

// The .res4 file of the folder's name or, where BIDS tools renamed only one of them, the only one.
fs::path res4_of(const fs::path& folder) {
  const fs::path expected = folder / (without_last_slash(folder).stem().string() + ".res4");
  if (fs::is_regular_file(expected)) return expected;
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".res4") found.push_back(entry);
  }
  return found.size() == 1 ? found.front() : fs::path();
}

// One .meg4 file.
struct CtfPart {
  PiecewiseFile file;
  SampleRange samples;
};

class CtfRecording : public RawRecording {
 public:
  CtfRecording(RawHeader header, std::vector<CtfPart> parts, std::vector<double> scale)
      : RawRecording(std::move(header)), parts_(std::move(parts)), scale_(std::move(scale)) {}

 private:
  void read_into(std::span<const std::size_t> channels,
                 SampleRange samples,
                 std::span<double> values) const override {
    const auto length = static_cast<std::size_t>(samples.end - samples.first);
    for (const CtfPart& part : parts_) {
      SampleRange inside{std::max(samples.first, part.samples.first),
                         std::min(samples.end, part.samples.end)};
      while (inside.first < inside.end) {
        // Samples that lie together in the file: of one trial, and no more than a piece.
        const int64_t within = (inside.first - part.samples.first) % header().samples_a_trial;
        const int64_t count =
            std::min({inside.end - inside.first, header().samples_a_trial - within, kPieceSamples});
        for (std::size_t i = 0; i < channels.size(); ++i) {
          read_piece(
              part,
              channels[i],
              inside.first,
              values.subspan(i * length + static_cast<std::size_t>(inside.first - samples.first),
                             static_cast<std::size_t>(count)));
        }
        inside.first += count;
      }
    }
  }

  void read_piece(const CtfPart& part,
                  std::size_t channel,
                  int64_t first,
                  std::span<double> values) const {
    const int64_t in_part = first - part.samples.first;
    const int64_t trial = in_part / header().samples_a_trial;
    const auto num_channels = static_cast<int64_t>(header().channels.size());
    const int64_t row = trial * num_channels + static_cast<int64_t>(channel);
    std::vector<std::byte> bytes(values.size() * 4);
    part.file.read(
        kMarkBytes + 4 * (row * header().samples_a_trial + in_part % header().samples_a_trial),
        bytes);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<double>(big_endian<int32_t>(&bytes[4 * i])) * scale_[channel];
    }
  }

  std::vector<CtfPart> parts_;
  std::vector<double> scale_;
};

// Whole samples in a .meg4 file, which must hold whole trials.
int64_t samples_in(const PiecewiseFile& file, const CtfHeader& header) {
  std::array<std::byte, kMarkBytes> mark{};
  if (file.size() >= kMarkBytes) file.read(0, mark);
  const std::string_view letters(reinterpret_cast<const char*>(mark.data()), mark.size());
  if (!letters.starts_with("MEG4") || letters.substr(5, 2) != "CP") {
    fail(Blame::kData, "{}: does not begin with MEG41CP; CTF data are wanted", file.path());
  }
  const int64_t trial = 4 * header.samples_a_trial * static_cast<int64_t>(header.channels.size());
  const int64_t bytes = file.size() - kMarkBytes;
  if (bytes % trial != 0) {
    fail(Blame::kData,
         "{}: {} bytes of data, {} trials and {} bytes; whole trials of {} samples of {} channels "
         "are wanted",
         file.path(),
         bytes,
         bytes / trial,
         bytes % trial,
         header.samples_a_trial,
         header.channels.size());
  }
  return bytes / trial * header.samples_a_trial;
}

// The first sample at which the clock stands at 0; num_samples if there is none.
int64_t clock_stops_at(const PiecewiseFile& file,
                       const CtfHeader& header,
                       std::size_t clock,
                       int64_t num_samples) {
  std::vector<std::byte> bytes;
  const auto num_channels = static_cast<int64_t>(header.channels.size());
  for (int64_t at = 0; at < num_samples;) {
    const int64_t within = at % header.samples_a_trial;
    const int64_t count = std::min(header.samples_a_trial - within, kPieceSamples);
    const int64_t row = at / header.samples_a_trial * num_channels + static_cast<int64_t>(clock);
    bytes.resize(static_cast<std::size_t>(4 * count));
    file.read(kMarkBytes + 4 * (row * header.samples_a_trial + within), bytes);
    for (int64_t i = 0; i < count; ++i) {
      if (big_endian<int32_t>(&bytes[static_cast<std::size_t>(4 * i)]) == 0) return at + i;
    }
    at += count;
  }
  return num_samples;
}

class CtfParts {
 public:
  CtfParts(const fs::path& res4, const CtfHeader& header, const OpenOptions& options)
      : header_(header) {
    if (options.system_clock == SystemClock::kTruncate) clock_ = clock_channel();
    for (int number = 0;; ++number) {
      fs::path file = res4;
      file.replace_extension(number == 0 ? ".meg4" : text(".{}_meg4", number));
      if (!fs::is_regular_file(file)) {
        if (number == 0) fail(Blame::kData, "{}: there is no such file; CTF data are wanted", file);
        break;
      }
      add(PiecewiseFile(file));
    }
    if (parts.empty()) {
      fail(Blame::kData, "{}: no samples; at least 1 trial is wanted", res4.parent_path());
    }
  }

  std::vector<CtfPart> parts;
  std::vector<std::string> notes;

 private:
  std::optional<std::size_t> clock_channel() const {
    for (std::size_t i = 0; i < header_.channels.size(); ++i) {
      if (header_.channels[i].name == kClockChannel) return i;
    }
    return std::nullopt;
  }

  void add(PiecewiseFile file) {
    const int64_t there = samples_in(file, header_);
    const int64_t used = clock_ ? clock_stops_at(file, header_, *clock_, there) : there;
    if (stopped_) {
      if (used == 0) {
        notes.push_back(text(
            "{}: the clock stands at 0: all {} samples left out", file.path().filename(), there));
        return;
      }
      fail(Blame::kData,
           "{}: the clock {} stands at 0 before this file and runs in it; a whole recording, or "
           "the clock ignored, is wanted",
           file.path(),
           kClockChannel);
    }
    if (used < there) {
      stopped_ = true;
      notes.push_back(text("{}: the clock stands at 0 from sample {} on: {} samples left out",
                           file.path().filename(),
                           used,
                           there - used));
    }
    if (used == 0) return;
    const int64_t first = parts.empty() ? 0 : parts.back().samples.end;
    parts.push_back({std::move(file), {first, first + used}});
  }

  const CtfHeader& header_;
  std::optional<std::size_t> clock_;
  bool stopped_ = false;
};

// Seconds from sample 0 as a half-open range of samples inside the recording; empty if outside.
SampleRange samples_between(const RawHeader& header, double start_s, double stop_s) {
  const auto most = static_cast<double>(header.num_samples);
  const auto sample = [&](double s) {
    return static_cast<int64_t>(std::clamp(std::nearbyint(s * header.rate.hz()), 0.0, most));
  };
  return {sample(start_s), sample(stop_s)};
}

void add_bad_channels(const fs::path& folder, RawHeader& header) {
  for (const std::string& name : read_ctf_bad_channels(folder / "BadChannels")) {
    bool found = false;
    for (RawChannel& channel : header.channels) {
      if (channel.name != name && clean_name(channel.name) != name) continue;
      channel.bad = found = true;
    }
    if (!found) header.notes.push_back(text("BadChannels names {}, which is no channel", name));
  }
}

void add_markers(const fs::path& folder, double before_trigger_s, RawHeader& header) {
  const double rate = header.rate.hz();
  for (const CtfMarker& marker : read_ctf_markers(folder / "MarkerFile.mrk")) {
    for (const CtfTime& time : marker.times) {
      const double trial_s = static_cast<double>(header.samples_a_trial) / rate;
      header.markers.push_back(
          {marker.name,
           time.seconds + static_cast<double>(time.trial) * trial_s + before_trigger_s,
           0});
    }
  }
}

void add_bad_stretches(const fs::path& folder, double before_trigger_s, RawHeader& header) {
  int64_t num_outside = 0, num_later = 0;
  for (const CtfBadSegment& bad : read_ctf_bad_segments(folder / "bad.segments")) {
    const SampleRange samples =
        samples_between(header, bad.start_s + before_trigger_s, bad.stop_s + before_trigger_s);
    if (bad.trial != "1") ++num_later;
    if (samples.first == samples.end) {
      ++num_outside;
    } else {
      header.bad_stretches.push_back({samples, "bad_" + bad.trial});
    }
  }
  if (num_outside > 0) {
    header.notes.push_back(text("bad.segments: {} lines lie outside the recording", num_outside));
  }
  if (num_later > 0) {
    header.notes.push_back(
        text("bad.segments: {} lines of later trials, taken from sample 0 as MNE-Python does",
             num_later));
  }
  for (const CtfTrialClass& trials : read_ctf_classes(folder / "ClassFile.cls")) {
    if (trials.name != "BAD") continue;
    for (const int64_t trial : trials.trials) {
      const int64_t first = trial * header.samples_a_trial;
      if (trial < 0 || first >= header.num_samples) {
        header.notes.push_back(text("ClassFile.cls: bad trial {} is not there", trial));
        continue;
      }
      header.bad_stretches.push_back(
          {{first, std::min(first + header.samples_a_trial, header.num_samples)},
           text("trial {} is of class BAD", trial)});
    }
  }
}

void note_head_coils(const fs::path& res4, RawHeader& header) {
  fs::path file = res4;
  std::vector<std::string> names;
  for (const CtfHeadCoil& coil : read_ctf_head_coils(file.replace_extension(".hc"))) {
    names.push_back(coil.name);
  }
  header.head_coils = names;
}

}  // namespace

bool looks_like_ctf(const fs::path& folder) {
  if (!fs::is_directory(folder)) return false;
  const fs::path res4 = res4_of(folder);
  return !res4.empty() && has_mark(res4);
}

std::unique_ptr<RawRecording> open_ctf(const fs::path& folder, const OpenOptions& options) {
  const fs::path res4 = res4_of(folder);
  if (res4.empty()) fail(Blame::kData, "{}: holds no .res4 file; one is wanted", folder);
  CtfHeader ctf = read_ctf_header(res4);
  CtfParts found(res4, ctf, options);
  RawHeader header;
  header.format = "CTF";
  header.device = "CTF";
  header.start_clock = ctf.date_and_time;
  header.rate = exact_rate(ctf.rate_hz, res4.string());
  header.num_samples = found.parts.back().samples.end;
  header.samples_a_trial = ctf.samples_a_trial;
  header.low_hz = ctf.low_hz;
  header.high_hz = ctf.high_hz;
  header.channels = std::move(ctf.channels);
  header.segments = {{0, header.num_samples}};
  header.compensations = std::move(ctf.compensations);
  header.notes = std::move(ctf.notes);
  for (std::string& note : found.notes) header.notes.push_back(std::move(note));
  for (const CtfPart& part : found.parts) header.parts.push_back({part.file.path(), part.samples});
  const double before_trigger_s = static_cast<double>(ctf.pre_trigger_samples) / ctf.rate_hz;
  add_bad_channels(folder, header);
  add_markers(folder, before_trigger_s, header);
  add_bad_stretches(folder, before_trigger_s, header);
  note_head_coils(res4, header);
  return std::make_unique<CtfRecording>(
      std::move(header), std::move(found.parts), std::move(ctf.scale));
}

}  // namespace lockstep
