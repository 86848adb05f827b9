#include "aligner/import/sensor_choice.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr ChannelKind kAllKinds[] = {ChannelKind::kMegAxialGradiometer,
                                     ChannelKind::kMegPlanarGradiometer,
                                     ChannelKind::kMegMagnetometer,
                                     ChannelKind::kMegReference,
                                     ChannelKind::kEeg,
                                     ChannelKind::kIntracranial,
                                     ChannelKind::kEog,
                                     ChannelKind::kEcg,
                                     ChannelKind::kEmg,
                                     ChannelKind::kStimulus,
                                     ChannelKind::kMisc};

/// Kinds by the name of a group of several; nothing for other names.
std::set<ChannelKind> kinds_of_group(const std::string& group) {
  using enum ChannelKind;
  if (group == "gradiometers") return {kMegAxialGradiometer, kMegPlanarGradiometer};
  if (group == "magnetometers") return {kMegMagnetometer};
  if (group == "meg") return {kMegAxialGradiometer, kMegPlanarGradiometer, kMegMagnetometer};
  if (group == "meg+ref") {
    return {kMegAxialGradiometer, kMegPlanarGradiometer, kMegMagnetometer, kMegReference};
  }
  return {};
}

std::set<ChannelKind> kinds_in(const std::string& group) {
  if (const auto kinds = kinds_of_group(group); !kinds.empty()) return kinds;
  std::set<ChannelKind> kinds;
  for (std::size_t at = 0; at <= group.size();) {
    const auto comma = std::min(group.find(',', at), group.size());
    const std::string word = group.substr(at, comma - at);
    const auto* kind = std::find_if(std::begin(kAllKinds), std::end(kAllKinds), [&](auto known) {
      return name_of(known) == word;
    });
    if (kind == std::end(kAllKinds)) {
      std::vector<std::string> names;
      for (const ChannelKind known : kAllKinds) names.push_back(name_of(known));
      fail(Blame::kCommandLine,
           "--sensors {}: \"{}\" is unknown; gradiometers, magnetometers, meg, meg+ref or kinds of "
           "channel with commas ({}) are wanted",
           group,
           word,
           join(names, ", "));
    }
    kinds.insert(*kind);
    at = comma + 1;
  }
  return kinds;
}

std::string kinds_there(const RawHeader& header) {
  std::map<std::string, int64_t> count;
  for (const RawChannel& channel : header.channels) ++count[name_of(channel.kind)];
  std::vector<std::string> shown;
  for (const auto& [kind, number] : count) shown.push_back(text("{} {}", number, kind));
  return join(shown, ", ");
}

/// "A, B, C", the first twenty and how many more.
std::string shortened(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 20;
  const std::vector<std::string> first(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kShown)));
  std::string shown = join(first, ", ");
  if (names.size() > kShown) shown += text(" and {} more", names.size() - kShown);
  return shown;
}

/// Clean names that every recording has.
std::set<std::string> shared_names(const std::vector<RecordingSensors>& recordings) {
  std::map<std::string, std::size_t> count;
  for (const auto& recording : recordings) {
    for (const Sensor& sensor : recording.sensors) ++count[sensor.name];
  }
  std::set<std::string> shared;
  for (const auto& [name, number] : count) {
    if (number == recordings.size()) shared.insert(name);
  }
  return shared;
}

std::size_t place_of(const RecordingSensors& recording, const std::string& name) {
  const auto found = std::find_if(recording.sensors.begin(),
                                  recording.sensors.end(),
                                  [&](const Sensor& sensor) { return sensor.name == name; });
  return static_cast<std::size_t>(found - recording.sensors.begin());
}

void check_same(const Sensor& sensor, const Sensor& other, const std::string& recording) {
  if (sensor.kind == other.kind && sensor.unit == other.unit) return;
  fail(Blame::kData,
       "{}: sensor {} is {} in {}; {} in {}, as in the recordings before, is wanted",
       recording,
       sensor.name,
       other.kind,
       other.unit,
       sensor.kind,
       sensor.unit);
}

}  // namespace

RecordingSensors choose_sensors(const std::string& recording,
                                const RawHeader& header,
                                const std::string& group,
                                const std::vector<std::string>& bad) {
  const std::set<ChannelKind> kinds = kinds_in(group);
  RecordingSensors chosen{.recording = recording, .channels = {}, .sensors = {}};
  std::set<std::string> names;
  for (std::size_t i = 0; i < header.channels.size(); ++i) {
    const RawChannel& channel = header.channels[i];
    if (kinds.count(channel.kind) == 0) continue;
    Sensor sensor{.name = clean_name(channel.name),
                  .kind = name_of(channel.kind),
                  .unit = channel.unit,
                  .position_m = {0, 0, 0},
                  .bad = channel.bad};
    if (!names.insert(sensor.name).second) {
      fail(Blame::kData,
           "{}: two channels are called {} (the second {}); names that differ before the first '-' "
           "are wanted",
           recording,
           sensor.name,
           channel.name);
    }
    for (int axis = 0; axis < 3; ++axis) {
      sensor.position_m[axis] = static_cast<float>(channel.position_m[axis]);
    }
    if (std::find(bad.begin(), bad.end(), sensor.name) != bad.end()) sensor.bad = true;
    chosen.channels.push_back(i);
    chosen.sensors.push_back(sensor);
  }
  if (chosen.channels.empty()) {
    fail(Blame::kData,
         "{}: no channel of --sensors {}; it has {}",
         recording,
         group,
         kinds_there(header));
  }
  return chosen;
}

CommonSensors common_sensors(const std::vector<RecordingSensors>& recordings) {
  CommonSensors common;
  if (recordings.empty()) return common;
  const std::set<std::string> shared = shared_names(recordings);
  for (const Sensor& sensor : recordings.front().sensors) {
    if (shared.count(sensor.name) > 0) common.sensors.push_back(sensor);
  }
  if (common.sensors.empty()) {
    fail(Blame::kData,
         "{} recordings have no sensor in common ({} has {}, {} has {}); separate imports are "
         "wanted",
         recordings.size(),
         recordings.front().recording,
         recordings.front().sensors.front().name,
         recordings.back().recording,
         recordings.back().sensors.front().name);
  }
  for (const RecordingSensors& recording : recordings) {
    std::vector<std::string> lost;
    std::vector<std::string> bad;
    for (const Sensor& sensor : recording.sensors) {
      if (shared.count(sensor.name) == 0) lost.push_back(sensor.name);
      if (sensor.bad) bad.push_back(sensor.name);
    }
    if (!lost.empty()) {
      common.notes.push_back(text("{}: {} sensors that other recordings lack are left out: {}",
                                  recording.recording,
                                  lost.size(),
                                  shortened(lost)));
    }
    if (!bad.empty()) {
      common.notes.push_back(text("{}: {} sensors are bad, and count as bad everywhere: {}",
                                  recording.recording,
                                  bad.size(),
                                  shortened(bad)));
    }
    std::vector<std::size_t> channels;
    for (Sensor& sensor : common.sensors) {
      const std::size_t place = place_of(recording, sensor.name);
      check_same(sensor, recording.sensors[place], recording.recording);
      sensor.bad = sensor.bad || recording.sensors[place].bad;
      channels.push_back(recording.channels[place]);
    }
    common.channels.push_back(channels);
  }
  return common;
}

std::vector<uint8_t> bad_sensors_of(const std::vector<Sensor>& common,
                                    const RecordingSensors& recording) {
  std::vector<uint8_t> bad;
  for (const Sensor& sensor : common) {
    bad.push_back(recording.sensors[place_of(recording, sensor.name)].bad);
  }
  return bad;
}

}  // namespace lockstep
