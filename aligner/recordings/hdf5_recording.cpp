#include "aligner/recordings/hdf5_recording.h"

#include <algorithm>
#include <array>

#include "aligner/recordings/byte_reader.h"

namespace lockstep {
namespace {

constexpr int64_t kPieceValues = 1 << 20;

}  // namespace

bool looks_like_hdf5(const std::filesystem::path& path) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  if (!std::filesystem::is_regular_file(path)) return false;
  const PiecewiseFile file(path);
  std::array<std::byte, kSignature.size()> mark{};
  if (file.size() < static_cast<int64_t>(mark.size())) return false;
  file.read(0, mark);
  return std::string_view(reinterpret_cast<const char*>(mark.data()), mark.size()) == kSignature;
}

// Files lie in chunks of all channels and few samples, so all channels between the first and the
// last one asked for are read at once, a piece of time after the other.
void Hdf5Recording::read_into(std::span<const std::size_t> channels,
                              SampleRange samples,
                              std::span<double> values) const {
  const auto [low, high] = std::minmax_element(channels.begin(), channels.end());
  const auto first_channel = static_cast<int64_t>(*low);
  const int64_t num_channels = static_cast<int64_t>(*high) - first_channel + 1;
  const int64_t piece = std::max<int64_t>(1, kPieceValues / num_channels);
  const auto length = static_cast<std::size_t>(samples.end - samples.first);
  std::vector<double> block;
  for (int64_t first = samples.first; first < samples.end; first += piece) {
    const int64_t count = std::min(piece, samples.end - first);
    block.resize(static_cast<std::size_t>(count * num_channels));
    {
      const std::lock_guard lock(one_reader_);
      if (order_ == Hdf5Order::kChannelTime) {
        file_.read_block(dataset_, {first_channel, first}, {num_channels, count}, std::span(block));
      } else {
        file_.read_block(dataset_, {first, first_channel}, {count, num_channels}, std::span(block));
      }
    }
    for (std::size_t i = 0; i < channels.size(); ++i) {
      const int64_t channel = static_cast<int64_t>(channels[i]) - first_channel;
      double* to = &values[i * length + static_cast<std::size_t>(first - samples.first)];
      for (int64_t s = 0; s < count; ++s) {
        const int64_t at =
            order_ == Hdf5Order::kChannelTime ? channel * count + s : s * num_channels + channel;
        to[s] = block[static_cast<std::size_t>(at)];
      }
      if (scales_.empty()) continue;
      const StoredScale& stored = scales_[channels[i]];
      for (int64_t s = 0; s < count; ++s) to[s] = to[s] * stored.scale + stored.centre;
    }
  }
}

}  // namespace lockstep
