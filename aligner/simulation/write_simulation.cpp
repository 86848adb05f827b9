#include <mutex>

#include "aligner/simulation/simulation.h"
#include "base/filled_file.h"
#include "base/progress.h"
#include "base/sha256.h"
#include "base/workers.h"

namespace lockstep {
namespace {

MegHeader with_provenance(const MegHeader& header, const Provenance& provenance) {
  MegHeader whole;
  whole.sensors = header.sensors;
  whole.recordings = header.recordings;
  whole.words_sha256 = header.words_sha256;
  whole.truth = std::make_unique<PlantedTruth>(*header.truth);
  whole.provenance = provenance;
  return whole;
}

}  // namespace

void write_simulation(const Simulation& simulation,
                      const Provenance& provenance,
                      const std::filesystem::path& output,
                      int num_threads) {
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const MegHeader header = with_provenance(simulation.header(), provenance);
  std::mutex reading;  // HDF5 is asked for an offset by one thread at a time
  const auto pieces_of = [&header, &reading](int64_t part, const std::filesystem::path& partial) {
    const std::lock_guard lock(reading);
    const RecordingInfo& recording = header.recordings.at(static_cast<std::size_t>(part));
    const auto values = recording.num_samples * static_cast<int64_t>(header.sensors.size());
    return std::vector<std::pair<int64_t, int64_t>>{
        {meg_data_offset(partial, recording.name), values * static_cast<int64_t>(sizeof(float))}};
  };
  FilledFile file(
      output,
      sha256_of(provenance.to_json().dump()),
      Shard{},
      static_cast<int64_t>(header.recordings.size()),
      [&header](const std::filesystem::path& partial) { lay_out_meg(partial, header); },
      pieces_of);
  const std::vector<int64_t> left = file.parts_left();
  Progress progress("simulate", static_cast<int64_t>(left.size()), "recordings");
  for_each_item(static_cast<int64_t>(left.size()), num_threads, [&](int64_t item, int) {
    const int64_t part = left[static_cast<std::size_t>(item)];
    const RowMajor data = simulation.data(static_cast<std::size_t>(part)).cast<float>();
    file.write_part(
        part,
        std::as_bytes(std::span<const float>(data.data(), static_cast<std::size_t>(data.size()))));
    progress.advance(1);
  });
  file.finish();
}

}  // namespace lockstep
