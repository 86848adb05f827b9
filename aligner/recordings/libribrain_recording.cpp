#include "aligner/recordings/libribrain_recording.h"

#include <array>
#include <cmath>
#include <map>

#include "aligner/recordings/hdf5_recording.h"
#include "base/error.h"

namespace lockstep {
namespace {

std::vector<std::string> joined_names(const Hdf5Reader& file, const std::string& attribute) {
  constexpr std::string_view kComma = ", ";
  const std::string all = file.text_attribute("", attribute);
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= all.size();) {
    const std::size_t end = std::min(all.find(kComma, at), all.size());
    names.push_back(all.substr(at, end - at));
    at = end + kComma.size();
  }
  return names;
}

// MNE-Python's words for what a channel is.
void set_kind(const std::string& type, RawChannel& channel, std::map<std::string, int>& unknown) {
  struct Type {
    const char* name;
    ChannelKind kind;
    const char* unit;
  };
  constexpr std::array kTypes{
      Type{"mag", ChannelKind::kMegMagnetometer, "T"},
      Type{"grad", ChannelKind::kMegPlanarGradiometer, "T/m"},
      Type{"ref_meg", ChannelKind::kMegReference, "T"},
      Type{"eeg", ChannelKind::kEeg, "V"},
      Type{"eog", ChannelKind::kEog, "V"},
      Type{"ecg", ChannelKind::kEcg, "V"},
      Type{"emg", ChannelKind::kEmg, "V"},
      Type{"stim", ChannelKind::kStimulus, ""},
      Type{"misc", ChannelKind::kMisc, ""},
  };
  for (const Type& known : kTypes) {
    if (type != known.name) continue;
    channel.kind = known.kind;
    channel.unit = known.unit;
    return;
  }
  ++unknown[type];
}

void note_times(const Hdf5Reader& file, RawHeader& header) {
  if (!file.has("times")) return;
  const std::vector<int64_t> shape = file.shape("times");
  if (shape != std::vector{header.num_samples}) {
    header.notes.push_back(text(
        "/times has {} entries for {} samples: not used", join(shape, " x "), header.num_samples));
    return;
  }
  std::array<double, 1> first{}, last{};
  file.read_block("times", {0}, {1}, first);
  file.read_block("times", {header.num_samples - 1}, {1}, last);
  const double by_rate_s = static_cast<double>(header.num_samples - 1) / header.rate.hz();
  // float32 has 24 bits.
  if (!(std::abs(last[0] - first[0] - by_rate_s) < 1e-6 * by_rate_s + 0.5 / header.rate.hz())) {
    header.notes.push_back(text("/times spans {} s and the rate says {} s: the rate is used",
                                last[0] - first[0],
                                by_rate_s));
  }
  if (first[0] != 0) {
    header.notes.push_back(
        text("/times begins at {} s: times count from the first sample", first[0]));
  }
}

double band_edge(const Hdf5Reader& file, const std::string& name) {
  if (!file.has_attribute("", name)) return 0;
  const double hz = file.number_attribute("", name);
  return std::isfinite(hz) && hz > 0 ? hz : 0;
}

}  // namespace

bool looks_like_libribrain(const std::filesystem::path& path) {
  if (!looks_like_hdf5(path)) return false;
  try {
    const Hdf5Reader file(path);
    return file.has("data") &&
           (file.has_attribute("", "channel_names") || file.has("channel_names"));
  } catch (const Error&) {
    return false;  // no HDF5 that can be opened: none of ours to refuse
  }
}

std::unique_ptr<RawRecording> open_libribrain(const std::filesystem::path& path,
                                              const OpenOptions&) {
  const Hdf5Reader file(path);
  const std::vector<int64_t> shape = file.shape("data");
  if (shape.size() == 3) {
    fail(Blame::kData,
         "{}: {} epochs; the continuous file that they were cut from is wanted",
         path,
         shape[0]);
  }
  if (shape.size() != 2 || shape[0] < 1 || shape[1] < 1) {
    fail(Blame::kData,
         "{}: /data is {}; channels x time, at least 1 of each, is wanted",
         path,
         join(shape, " x "));
  }
  const std::vector<std::string> names = joined_names(file, "channel_names");
  const std::vector<std::string> types = joined_names(file, "channel_types");
  if (names.size() != types.size() || static_cast<int64_t>(names.size()) != shape[0]) {
    fail(Blame::kData,
         "{}: {} channel_names and {} channel_types for {} channels; as many of each are wanted",
         path,
         names.size(),
         types.size(),
         shape[0]);
  }
  RawHeader header;
  header.format = "LibriBrain";
  header.rate = exact_rate(file.number_attribute("", "sample_frequency"), path.string());
  header.num_samples = shape[1];
  header.low_hz = band_edge(file, "highpass_cutoff");
  header.high_hz = band_edge(file, "lowpass_cutoff");
  std::map<std::string, int> unknown;
  for (std::size_t k = 0; k < names.size(); ++k) {
    RawChannel channel;
    channel.name = names[k];
    set_kind(types[k], channel, unknown);
    header.channels.push_back(channel);
  }
  for (const auto& [type, count] : unknown) {
    header.notes.push_back(text("{} channels of type \"{}\": taken as misc", count, type));
  }
  header.segments = {{0, header.num_samples}};
  header.parts = {{path, {0, header.num_samples}}};
  note_times(file, header);
  return std::make_unique<Hdf5Recording>(std::move(header), path, "data", Hdf5Order::kChannelTime);
}

}  // namespace lockstep
