#include "aligner/import/flat_sensors.h"

#include <algorithm>
#include <map>
#include <string>

namespace lockstep {
namespace {

constexpr int64_t kWindows = 4;

/// A channel's samples in the windows.
struct Glimpse {
  std::string bytes;        // of all windows: compares NaN like any other value
  bool is_constant = true;  // within each window
};

std::vector<Glimpse> look(const RawRecording& recording, std::span<const std::size_t> channels) {
  const RawHeader& header = recording.header();
  const int64_t length = std::min(std::max<int64_t>(static_cast<int64_t>(header.rate.hz() / 4), 2),
                                  header.num_samples);
  std::vector<Glimpse> seen(channels.size());
  for (int64_t window = 0; window < kWindows; ++window) {
    const int64_t first = (header.num_samples - length) * window / (kWindows - 1);
    const auto values = recording.read(channels, {first, first + length});
    for (std::size_t c = 0; c < channels.size(); ++c) {
      const double* own = values.data() + c * static_cast<std::size_t>(length);
      if (!std::all_of(own, own + length, [&](double x) { return x == own[0]; })) {
        seen[c].is_constant = false;
      }
      seen[c].bytes.append(reinterpret_cast<const char*>(own),
                           static_cast<std::size_t>(length) * sizeof(double));
    }
  }
  return seen;
}

}  // namespace

FlatSensors find_flat_sensors(const RawRecording& recording,
                              std::span<const std::size_t> channels) {
  FlatSensors flat;
  if (recording.header().num_samples < 2) return flat;
  const std::vector<Glimpse> seen = look(recording, channels);
  std::map<std::string_view, std::size_t> first_of;
  for (std::size_t c = 0; c < seen.size(); ++c) {
    if (seen[c].is_constant) {
      flat.constant.push_back(c);
      continue;
    }
    const auto [before, is_new] = first_of.emplace(seen[c].bytes, c);
    if (!is_new) flat.copies.push_back({c, before->second});
  }
  return flat;
}

}  // namespace lockstep
