#include "aligner/recordings/meg_file_recording.h"

#include <algorithm>
#include <cmath>

#include "aligner/recordings/channel_kind.h"
#include "aligner/recordings/hdf5_recording.h"
#include "base/error.h"
#include "base/schemas/meg_file.h"

namespace lockstep {
namespace {

constexpr std::string_view kInside = "::";

struct Place {
  std::filesystem::path file;
  std::string recording;  // empty if none is named
};

Place place_of(const std::filesystem::path& path) {
  const std::string all = path.string();
  const std::size_t at = all.rfind(kInside);
  if (at == std::string::npos || std::filesystem::exists(path)) return {path, ""};
  return {all.substr(0, at), all.substr(at + kInside.size())};
}

std::size_t chosen(const Place& place, const std::vector<RecordingInfo>& recordings) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < recordings.size(); ++k) {
    if (recordings[k].name == place.recording) return k;
    names.push_back(recordings[k].name);
  }
  if (place.recording.empty() && recordings.size() == 1) return 0;
  fail(Blame::kData,
       "{}: {} of {} recordings; {}{} and one of {} is wanted",
       place.file,
       place.recording.empty() ? "none is named" : text("\"{}\" is none", place.recording),
       recordings.size(),
       place.file.filename(),
       kInside,
       join(names, ", "));
}

}  // namespace

bool looks_like_meg_file(const std::filesystem::path& path) {
  const Place place = place_of(path);
  if (!looks_like_hdf5(place.file)) return false;
  try {
    const Hdf5Reader file(place.file);
    return file.has_attribute("", "layout") &&
           file.text_attribute("", "layout").starts_with("lockstep meg ");
  } catch (const Error&) {
    return false;  // no HDF5 that can be opened: none of ours to refuse
  }
}

std::unique_ptr<RawRecording> open_meg_file(const std::filesystem::path& path, const OpenOptions&) {
  const Place place = place_of(path);
  const MegFile file(place.file);
  const std::size_t number = chosen(place, file.header().recordings);
  const RecordingInfo& info = file.header().recordings[number];
  const SensorFacts facts = file.sensor_facts(number);
  RawHeader header;
  header.format = "lockstep meg";
  header.rate = {info.rate_numerator, info.rate_denominator};
  header.num_samples = info.num_samples;
  header.first_sample = static_cast<int64_t>(std::nearbyint(info.start_s * header.rate.hz()));
  header.low_hz = info.band_low_hz;
  header.high_hz = info.band_high_hz;
  std::vector<StoredScale> scales;
  for (std::size_t k = 0; k < file.header().sensors.size(); ++k) {
    const Sensor& sensor = file.header().sensors[k];
    RawChannel channel;
    channel.name = sensor.name;
    channel.unit = sensor.unit;
    channel.bad = sensor.bad || facts.finding[k] != 0;
    scales.push_back({facts.centre[k], facts.scale[k]});
    if (const auto kind = channel_kind_of(sensor.kind)) {
      channel.kind = *kind;
    } else {
      header.notes.push_back(text("{} is of kind \"{}\": taken as misc", sensor.name, sensor.kind));
    }
    for (int axis = 0; axis < 3; ++axis) {
      channel.position_m[axis] = static_cast<double>(sensor.position_m[axis]);
      channel.has_position = channel.has_position || channel.position_m[axis] != 0;
    }
    header.channels.push_back(channel);
  }
  for (const auto& [first, end] : info.segments) header.segments.push_back({first, end});
  header.parts = {{place.file, {0, header.num_samples}}};
  return std::make_unique<Hdf5Recording>(std::move(header),
                                         place.file,
                                         text("recordings/{}/data", info.name),
                                         Hdf5Order::kTimeChannel,
                                         std::move(scales));
}

}  // namespace lockstep
