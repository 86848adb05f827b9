#include "aligner/recordings/recording_checks.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <span>

#include "base/inspection/file_facts.h"
#include "base/text.h"

namespace lockstep {
namespace {

// Of one channel, over all samples.
struct ChannelCheck {
  double first = NAN;
  bool is_constant = true;
  int64_t num_not_finite = 0;
  uint64_t hash = 14695981039346656037u;  // FNV-1a over the bits

  void add(std::span<const double> values) {
    if (std::isnan(first) && !values.empty()) first = values.front();
    for (const double value : values) {
      if (!std::isfinite(value)) ++num_not_finite;
      if (value != first) is_constant = false;
      hash = (hash ^ std::bit_cast<uint64_t>(value)) * 1099511628211u;
    }
  }
};

std::vector<ChannelCheck> read_everything(const RawRecording& recording) {
  const RawHeader& header = recording.header();
  std::vector<std::size_t> channels(header.channels.size());
  for (std::size_t i = 0; i < channels.size(); ++i) channels[i] = i;
  const int64_t piece = std::max<int64_t>(1, (4 << 20) / static_cast<int64_t>(channels.size()));
  std::vector<ChannelCheck> checks(channels.size());
  for (const SampleRange& segment : header.segments) {
    for (int64_t first = segment.first; first < segment.end; first += piece) {
      const SampleRange range{first, std::min(segment.end, first + piece)};
      const std::vector<double> values = recording.read(channels, range);
      const auto length = static_cast<std::size_t>(range.end - range.first);
      for (const std::size_t i : channels) {
        checks[i].add(std::span(values).subspan(i * length, length));
      }
    }
  }
  return checks;
}

Check check_of(const std::string& what,
               const std::vector<std::string>& faults,
               const std::string& none) {
  return {what, faults.empty(), faults.empty() ? none : shortened(faults)};
}

}  // namespace

std::vector<Check> verify_recording(const RawRecording& recording) {
  const std::vector<ChannelCheck> checks = read_everything(recording);
  const auto& channels = recording.header().channels;
  std::vector<std::string> not_finite, constant, equal;
  std::map<uint64_t, std::string> name_of_hash;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (checks[i].num_not_finite > 0) {
      not_finite.push_back(text("{} samples of {}", checks[i].num_not_finite, channels[i].name));
    }
    if (!is_meg_sensor(channels[i].kind) || channels[i].bad) continue;
    if (checks[i].is_constant) {
      constant.push_back(channels[i].name);
      continue;
    }
    const auto [first, is_new] = name_of_hash.emplace(checks[i].hash, channels[i].name);
    if (!is_new) equal.push_back(text("{} = {}", channels[i].name, first->second));
  }
  const std::string all = text("all of {} channels", channels.size());
  return {check_of("every sample is a finite number", not_finite, all),
          check_of("no good MEG sensor is constant", constant, "none is"),
          check_of("no two good MEG sensors are the same", equal, "no two are")};
}

}  // namespace lockstep
