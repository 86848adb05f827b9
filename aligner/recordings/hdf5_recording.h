#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "aligner/recordings/raw_recording.h"
#include "base/hdf5_reader.h"

namespace lockstep {

/// Whether the file begins as HDF5 does.
bool looks_like_hdf5(const std::filesystem::path& file);

enum class Hdf5Order { kChannelTime, kTimeChannel };

/// What a stored number stands for: value = stored * scale + centre.
struct StoredScale {
  double centre = 0;
  double scale = 1;
};

/// A recording whose values are a dataset of two axes.
class Hdf5Recording : public RawRecording {
 public:
  /// `scales` has one entry a channel, or none where numbers are values.
  Hdf5Recording(RawHeader header,
                const std::filesystem::path& file,
                std::string dataset,
                Hdf5Order order,
                std::vector<StoredScale> scales = {})
      : RawRecording(std::move(header)),
        file_(file),
        dataset_(std::move(dataset)),
        order_(order),
        scales_(std::move(scales)) {}

 private:
  void read_into(std::span<const std::size_t> channels,
                 SampleRange samples,
                 std::span<double> values) const override;

  Hdf5Reader file_;
  std::string dataset_;
  Hdf5Order order_;
  std::vector<StoredScale> scales_;
  mutable std::mutex one_reader_;  // libhdf5 is asked by one thread at a time
};

}  // namespace lockstep
