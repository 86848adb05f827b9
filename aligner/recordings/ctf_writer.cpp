// The layout is that of the reader's files: ctf_header.cpp (.res4), ctf_recording.cpp (.meg4),
// ctf_side_files.cpp (texts).
#include "aligner/recordings/ctf_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr std::size_t kNameBytes = 32;
constexpr std::size_t kReferenceNameBytes = 31;
constexpr std::size_t kMostReferences = 50;
constexpr int kMostCoils = 8;
constexpr int64_t kMarkBytes = 8;

// Big-endian bytes, one number after the other.
class BigEndianBytes {
 public:
  void i16(int64_t value) { put(static_cast<uint64_t>(value), 2); }
  void i32(int64_t value) { put(static_cast<uint64_t>(value), 4); }
  void f64(double value) { put(std::bit_cast<uint64_t>(value), 8); }
  void text(std::string_view value, std::size_t length) {
    bytes_ += value.substr(0, length);
    zeros(length - std::min(length, value.size()));
  }
  void zeros(std::size_t count) { bytes_.append(count, '\0'); }
  void zeros_up_to(std::size_t position) { bytes_.resize(position, '\0'); }
  const std::string& bytes() const { return bytes_; }

 private:
  void put(uint64_t value, int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
      bytes_ += static_cast<char>(value >> shift & 0xff);
    }
  }

  std::string bytes_;
};

void put_coil(BigEndianBytes& out, const CtfChannel& channel, int coil) {
  const bool is_there = coil < channel.num_coils;
  for (int axis = 0; axis < 3; ++axis) {
    const double along = coil == 1 ? channel.baseline_cm * channel.normal[axis] : 0;
    out.f64(is_there ? channel.position_cm[axis] + along : 0);
  }
  out.f64(0);
  // The outer coil of a gradiometer is wound the other way.
  const double sense = coil == 1 ? -1 : 1;
  for (const double x : channel.normal) out.f64(is_there ? sense * x : 0);
  out.f64(0);
  out.i16(is_there ? 8 : 0);  // turns
  out.i32(0);
  out.i16(0);
  out.f64(is_there ? 2.5 : 0);  // area, cm2
}

void put_channel(BigEndianBytes& out, const CtfChannel& channel) {
  out.i16(static_cast<int64_t>(channel.type));
  out.i16(0);  // original run
  out.i32(0);  // round coils
  out.f64(channel.proper_gain);
  out.f64(channel.q_gain);
  out.f64(1);  // gain and offset of the input
  out.f64(0);
  out.i16(channel.num_coils);
  out.i16(channel.grade);
  out.i32(0);
  // In the dewar's coordinates and in the head's, which are the same here.
  for (int frame = 0; frame < 2; ++frame) {
    for (int coil = 0; coil < kMostCoils; ++coil) put_coil(out, channel, coil);
  }
}

void put_coefficients(BigEndianBytes& out, const CtfCoefficientRecord& record) {
  out.text(record.sensor, kNameBytes);
  out.text(record.kind, 4);
  out.i32(0);
  out.i16(static_cast<int64_t>(record.references.size()));
  for (std::size_t k = 0; k < kMostReferences; ++k) {
    out.text(k < record.references.size() ? record.references[k] : "", kReferenceNameBytes);
  }
  for (std::size_t k = 0; k < kMostReferences; ++k) {
    out.f64(k < record.values.size() ? record.values[k] : 0);
  }
}

std::string res4_of(const CtfContents& contents, int64_t num_trials) {
  BigEndianBytes out;
  out.text("MEG42RS", 8);
  out.text("lockstep", 256);  // application
  out.text("", 256);          // origin
  out.text("", 256);          // description
  out.i16(0);                 // averages
  out.text(contents.time, 255);
  out.text(contents.date, 255);
  out.i32(contents.samples_a_trial);
  out.i16(static_cast<int64_t>(contents.channels.size()));
  out.zeros_up_to(1296);
  out.f64(contents.rate_hz);
  out.f64(static_cast<double>(num_trials * contents.samples_a_trial) / contents.rate_hz);
  out.i16(num_trials);
  out.zeros_up_to(1316);
  out.i32(0);  // samples before the trigger
  out.i16(num_trials);
  out.zeros_up_to(1836);
  const std::size_t description = contents.description.size() + 1;
  out.i32(static_cast<int64_t>(description));
  out.zeros_up_to(1844);
  out.text(contents.description, description);
  out.i16(0);  // filters
  for (const CtfChannel& channel : contents.channels) out.text(channel.name, kNameBytes);
  for (const CtfChannel& channel : contents.channels) put_channel(out, channel);
  out.i16(static_cast<int64_t>(contents.coefficients.size()));
  for (const CtfCoefficientRecord& record : contents.coefficients) put_coefficients(out, record);
  return out.bytes();
}

std::string markers_of(const CtfContents& contents, const std::string& name) {
  std::string out =
      text("PATH OF DATASET:\n{}\n\n\nNUMBER OF MARKERS:\n{}\n\n\n", name, contents.markers.size());
  for (const CtfWrittenMarker& marker : contents.markers) {
    out += text(
        "CLASSGROUPID:\n3\nNAME:\n{}\nCOMMENT:\n\nCOLOR:\nblue\nEDITABLE:\nYes\nCLASSID:\n1\n"
        "NUMBER OF SAMPLES:\n{}\nLIST OF SAMPLES:\nTRIAL NUMBER\t\tTIME FROM SYNC POINT (in "
        "seconds)\n",
        marker.name,
        marker.samples.size());
    for (const int64_t sample : marker.samples) {
      const int64_t trial = sample / contents.samples_a_trial;
      const double seconds =
          static_cast<double>(sample - trial * contents.samples_a_trial) / contents.rate_hz;
      out += text("                  +{}\t\t\t     +{}\n", trial, seconds);
    }
    out += "\n\n";
  }
  return out;
}

// Where a head of usual size has its coils, in cm.
std::string head_coils() {
  struct Coil {
    const char* name;
    std::array<double, 3> in_dewar, in_head;
  };
  constexpr std::array kCoils{
      Coil{"nasion", {5.6, 5.6, -27.0}, {7.9196, 0, 0}},
      Coil{"left ear", {-5.6, 5.6, -27.0}, {0, 7.9196, 0}},
      Coil{"right ear", {5.6, -5.6, -27.0}, {0, -7.9196, 0}},
  };
  std::string out;
  const auto put = [&out](const char* kind, const char* frame, const char* name, const auto& at) {
    out += text("{} {} coil position relative to {} (cm):\n", kind, name, frame);
    out += text("\tx = {}\n\ty = {}\n\tz = {}\n", at[0], at[1], at[2]);
  };
  for (const char* kind : {"standard", "measured"}) {
    for (const Coil& coil : kCoils) put(kind, "dewar", coil.name, coil.in_dewar);
  }
  for (const Coil& coil : kCoils) put("measured", "head", coil.name, coil.in_head);
  return out;
}

void write_all(int descriptor, std::span<const std::byte> bytes, const std::filesystem::path& in) {
  while (!bytes.empty()) {
    const ssize_t done = write(descriptor, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail(Blame::kData, "{}: write failed: {}", in, std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
}

void want(bool is_met, const std::string& found, std::string_view wanted) {
  if (!is_met) fail(Blame::kCommandLine, "CTF folder: {}; {}", found, wanted);
}

}  // namespace

CtfWriter::CtfWriter(const std::filesystem::path& folder, CtfContents contents)
    : folder_(folder), contents_(std::move(contents)) {
  check();
  const int64_t trial_bytes =
      4 * contents_.samples_a_trial * static_cast<int64_t>(contents_.channels.size());
  trials_a_file_ = (contents_.largest_file - kMarkBytes) / trial_bytes;
  want(trials_a_file_ >= 1,
       text("files of at most {} bytes and trials of {}", contents_.largest_file, trial_bytes),
       "room for a trial and 8 bytes is wanted");
  std::error_code error;
  if (!std::filesystem::create_directory(folder_, error)) {
    fail(Blame::kData,
         "{}: cannot be made: {}; a new folder is wanted",
         folder_,
         error ? error.message() : "it exists");
  }
}

void CtfWriter::check() const {
  const CtfContents& c = contents_;
  want(c.samples_a_trial >= 1 && c.samples_a_trial <= 2147483647,
       text("{} samples a trial", c.samples_a_trial),
       "1 to 2147483647 are wanted");
  want(!c.channels.empty() && c.channels.size() <= 32767,
       text("{} channels", c.channels.size()),
       "1 to 32767 are wanted");
  want(c.coefficients.size() <= 32767,
       text("{} compensation records", c.coefficients.size()),
       "at most 32767 are wanted");
  for (const CtfChannel& channel : c.channels) {
    want(channel.name.size() < kNameBytes,
         text("a channel called {}", channel.name),
         "a name of at most 31 bytes is wanted");
    want(std::isfinite(channel.scale()) && channel.scale() != 0,
         text("channel {} with gains {} and {}", channel.name, channel.proper_gain, channel.q_gain),
         "gains whose product has an inverse are wanted");
  }
  for (const CtfCoefficientRecord& record : c.coefficients) {
    want(record.kind.size() == 4 && record.references.size() == record.values.size() &&
             record.values.size() <= kMostReferences,
         text("compensation {} of {} with {} references and {} values",
              record.kind,
              record.sensor,
              record.references.size(),
              record.values.size()),
         "a kind of 4 letters and as many values as references, at most 50, are wanted");
  }
}

std::filesystem::path CtfWriter::file(const std::string& extension) const {
  return folder_ / (folder_.stem().string() + extension);
}

void CtfWriter::open_next_file() {
  const int64_t number = num_trials_ / trials_a_file_;
  data_.emplace(file(number == 0 ? ".meg4" : text(".{}_meg4", number)),
                O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
  constexpr std::string_view kMark("MEG41CP\0", kMarkBytes);
  write_all(data_->descriptor(), std::as_bytes(std::span(kMark)), folder_);
}

void CtfWriter::close_file() {
  if (data_ && fdatasync(data_->descriptor()) != 0) {
    fail(Blame::kData, "{}: sync failed: {}", folder_, std::strerror(errno));
  }
  data_.reset();
}

void CtfWriter::append_trial(std::span<const int32_t> samples) {
  const std::size_t wanted =
      static_cast<std::size_t>(contents_.samples_a_trial) * contents_.channels.size();
  if (samples.size() != wanted) {
    fail(Blame::kProgram, "a trial of {} samples; {} are wanted", samples.size(), wanted);
  }
  want(num_trials_ < 32767, "more than 32767 trials", "longer trials are wanted");
  if (num_trials_ % trials_a_file_ == 0) {
    close_file();
    open_next_file();
  }
  std::vector<int32_t> swapped(samples.begin(), samples.end());
  if constexpr (std::endian::native == std::endian::little) {
    for (int32_t& value : swapped) {
      value = static_cast<int32_t>(__builtin_bswap32(static_cast<uint32_t>(value)));
    }
  }
  write_all(data_->descriptor(), std::as_bytes(std::span(swapped)), folder_);
  ++num_trials_;
}

void CtfWriter::finish() {
  if (num_trials_ == 0) fail(Blame::kProgram, "a CTF folder without trials; at least 1 is wanted");
  close_file();
  write_file_whole(file(".hc"), head_coils());
  if (!contents_.bad_channels.empty()) {
    write_file_whole(folder_ / "BadChannels", join(contents_.bad_channels, "\n") + "\n");
  }
  if (!contents_.markers.empty()) {
    write_file_whole(folder_ / "MarkerFile.mrk",
                     markers_of(contents_, folder_.filename().string()));
  }
  // Last, since a folder without it is none.
  write_file_whole(file(".res4"), res4_of(contents_, num_trials_));
}

}  // namespace lockstep
