// A recording is a part: its rows first, then what was found out about its sensors.
#include "aligner/import/write_import.h"

#include <map>
#include <nlohmann/json.hpp>

#include "aligner/import/recording_rows.h"
#include "base/error.h"
#include "base/filled_file.h"
#include "base/progress.h"
#include "base/sha256.h"

namespace lockstep {
namespace {

/// Offsets of the parts, looked up once each.
class PartPlaces {
 public:
  explicit PartPlaces(const MegHeader& header) : header_(header) {}

  const MegPieces& of(int64_t part, const std::filesystem::path& partial) {
    auto& places = known_[part];
    if (places.data == 0) places = meg_pieces(partial, recording(part).name);
    return places;
  }

  std::vector<std::pair<int64_t, int64_t>> pieces(int64_t part,
                                                  const std::filesystem::path& partial) {
    const MegPieces& places = of(part, partial);
    const auto sensors = static_cast<int64_t>(header_.sensors.size());
    const auto doubles = sensors * static_cast<int64_t>(sizeof(double));
    return {{places.data, recording(part).num_samples * sensors * int64_t{sizeof(float)}},
            {places.finding, sensors},
            {places.centre, doubles},
            {places.scale, doubles}};
  }

 private:
  const RecordingInfo& recording(int64_t part) const {
    return header_.recordings.at(static_cast<std::size_t>(part));
  }

  const MegHeader& header_;
  std::map<int64_t, MegPieces> known_;
};

/// Writes the rows of some sensors into the file's rows of all sensors.
void write_rows(FilledFile& file, int64_t data, const RowBlock& block, std::size_t num_sensors) {
  const auto bytes = std::as_bytes(std::span(block.values));
  if (block.num_sensors == num_sensors) {
    file.write_piece({data, bytes});
    return;
  }
  const std::size_t own = block.num_sensors * sizeof(float);
  const std::size_t all = num_sensors * sizeof(float);
  const std::size_t before = block.first_sensor * sizeof(float);
  for (std::size_t row = 0; row * own < bytes.size(); ++row) {
    const auto offset = data + static_cast<int64_t>(row * all + before);
    file.write_piece({offset, bytes.subspan(row * own, own)});
  }
}

void write_facts(FilledFile& file, const MegPieces& places, const SensorFacts& facts) {
  file.write_piece({places.finding, std::as_bytes(std::span(facts.finding))});
  file.write_piece({places.centre, std::as_bytes(std::span(facts.centre))});
  file.write_piece({places.scale, std::as_bytes(std::span(facts.scale))});
}

/// Names of the sensors with a finding, to be said.
void say_findings(const std::string& recording,
                  const std::vector<Sensor>& sensors,
                  const SensorFacts& facts) {
  const std::pair<SensorFinding, const char*> kinds[] = {
      {kSensorConstant, "constant sensors"},
      {kSensorDuplicate, "sensors that copy another"},
      {kSensorNotFinite,
       "sensors with samples that are no numbers (rows that rest on them are NaN)"},
  };
  for (const auto& [bit, what] : kinds) {
    std::vector<std::string> names;
    for (std::size_t s = 0; s < sensors.size(); ++s) {
      if ((facts.finding[s] & bit) != 0) names.push_back(sensors[s].name);
    }
    if (!names.empty())
      warn(text("{}: {} {}: {}", recording, names.size(), what, join(names, ", ")));
  }
}

}  // namespace

bool write_import(const ImportPlan& plan, const ImportJob& job) {
  const MegHeader& header = plan.header;
  PartPlaces places(header);
  FilledFile file(
      job.output,
      sha256_of(header.provenance.to_json().dump()),
      job.shard,
      static_cast<int64_t>(header.recordings.size()),
      [&header](const std::filesystem::path& partial) { lay_out_meg(partial, header); },
      [&places](int64_t part, const std::filesystem::path& partial) {
        return places.pieces(part, partial);
      });
  const std::vector<int64_t> left = file.parts_left();
  if (job.shard.count == 1 && left.size() < header.recordings.size()) {
    say(text("{}: {} of {} recordings were done before",
             job.output,
             header.recordings.size() - left.size(),
             header.recordings.size()));
  }
  Progress progress("import", static_cast<int64_t>(left.size()), "recordings");
  for (const int64_t part : left) {
    const auto r = static_cast<std::size_t>(part);
    const PlannedRecording& planned = plan.recordings[r];
    const auto recording = open_planned(planned.files, plan.settings, plan.open);
    const MegPieces& at = places.of(part, file.partial());
    const SensorFacts facts = make_rows(
        *recording,
        planned,
        header.recordings[r],
        plan.settings,
        job.num_threads,
        [&](const RowBlock& block) { write_rows(file, at.data, block, header.sensors.size()); });
    write_facts(file, at, facts);
    file.complete(part);
    say_findings(header.recordings[r].name, header.sensors, facts);
    progress.advance(1);
  }
  return file.finish();
}

}  // namespace lockstep
