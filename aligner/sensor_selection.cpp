#include "aligner/sensor_selection.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/files.h"

namespace lockstep {
namespace {

bool is_reference(const Sensor& sensor) {
  return sensor.kind.find("reference") != std::string::npos;
}

bool in_group(const Sensor& sensor, const std::string& group) {
  if (group == "all") return !is_reference(sensor);
  if (group == "gradiometers") {
    return sensor.kind.find("gradiometer") != std::string::npos ||
           sensor.kind.find("planar") != std::string::npos;
  }
  if (group == "magnetometers") return sensor.kind.find("magnetometer") != std::string::npos;
  return sensor.kind == "eeg";
}

std::set<std::string> read_names(const std::string& file) {
  std::set<std::string> names;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) names.insert(line);
  }
  return names;
}

std::vector<uint8_t> named_in_file(const std::vector<Sensor>& sensors, const std::string& file) {
  std::set<std::string> names = read_names(file);
  std::vector<uint8_t> chosen;
  for (const auto& sensor : sensors) chosen.push_back(names.erase(sensor.name) > 0 ? 1 : 0);
  if (!names.empty()) {
    fail(Blame::kData,
         "{}: \"{}\" is no sensor of the recordings; they have {} to {}",
         file,
         *names.begin(),
         sensors.front().name,
         sensors.back().name);
  }
  return chosen;
}

}  // namespace

SensorSelection select_sensors(const std::vector<Sensor>& sensors, const std::string& group) {
  static const std::set<std::string> groups = {"all", "gradiometers", "magnetometers", "eeg"};
  std::vector<uint8_t> chosen;
  if (groups.count(group) > 0) {
    for (const auto& sensor : sensors) chosen.push_back(in_group(sensor, group) ? 1 : 0);
  } else if (std::filesystem::is_regular_file(group)) {
    chosen = named_in_file(sensors, group);
  } else {
    fail(Blame::kCommandLine,
         "--sensors {}: unknown; wanted {} or a file with one name a line",
         group,
         join(groups, ", "));
  }
  SensorSelection selection;
  for (std::size_t s = 0; s < sensors.size(); ++s) {
    if (chosen[s] == 0) continue;
    if (sensors[s].bad) {
      ++selection.num_bad;
    } else {
      selection.sensors.push_back(static_cast<int64_t>(s));
    }
  }
  if (selection.sensors.empty()) {
    fail(Blame::kData,
         "--sensors {}: none of the {} sensors is left ({} are bad)",
         group,
         sensors.size(),
         selection.num_bad);
  }
  return selection;
}

}  // namespace lockstep
