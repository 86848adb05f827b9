#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aligner/recordings/raw_recording.h"

namespace lockstep::testing {

/// A recording without a file: a header, and the values of its stimulus channels; others are 0.
class InventedRecording : public RawRecording {
 public:
  InventedRecording(RawHeader header, std::vector<std::vector<double>> values)
      : RawRecording(std::move(header)), values_(std::move(values)) {}

 private:
  void read_into(std::span<const std::size_t> channels,
                 SampleRange samples,
                 std::span<double> values) const override {
    const auto length = static_cast<std::size_t>(samples.end - samples.first);
    for (std::size_t k = 0; k < channels.size(); ++k) {
      for (std::size_t at = 0; at < length; ++at) {
        const std::size_t sample = static_cast<std::size_t>(samples.first) + at;
        const bool is_told = channels[k] < values_.size() && sample < values_[channels[k]].size();
        values[k * length + at] = is_told ? values_[channels[k]][sample] : 0;
      }
    }
  }

  std::vector<std::vector<double>> values_;  // by channel
};

/// One MEG sensor and one stimulus channel at 1200 Hz.
inline RawHeader invented_header(double length_s) {
  RawHeader header;
  header.format = "invented";
  header.rate = {1200, 1};
  header.num_samples = static_cast<int64_t>(length_s * 1200);
  header.segments = {{0, header.num_samples}};
  header.channels.resize(2);
  header.channels[0].name = "MLC11-4304";
  header.channels[0].kind = ChannelKind::kMegAxialGradiometer;
  header.channels[1].name = "UPPT001";
  header.channels[1].kind = ChannelKind::kStimulus;
  return header;
}

inline InventedRecording invented_recording(double length_s) {
  return {invented_header(length_s), {}};
}

}  // namespace lockstep::testing
