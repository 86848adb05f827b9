#include "base/schemas/simulation_record.h"

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/files.h"
#include "base/json_file.h"

namespace lockstep {
namespace {

constexpr const char* kLayout = "lockstep simulation 1";

// JSON knows no NaN: a tap without response has null.
nlohmann::json seconds(double value) {
  return std::isnan(value) ? nlohmann::json() : nlohmann::json(value);
}
double seconds(const JsonAt& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.number();
}

}  // namespace

void write_simulation_record(const std::filesystem::path& file, const SimulationRecord& record) {
  const PlantedTruth& truth = record.truth;
  nlohmann::ordered_json planted = nlohmann::ordered_json::array();
  for (std::size_t tap = 0; tap < truth.tap_name.size(); ++tap) {
    planted.push_back({{"tap", truth.tap_name[tap]},
                       {"depth", truth.depth[tap]},
                       {"latency_s", seconds(truth.latency_s[tap])},
                       {"reference_latency_s", seconds(truth.reference_s[tap])}});
  }
  const nlohmann::ordered_json json = {{"layout", kLayout},
                                       {"truth",
                                        {{"planted", planted},
                                         {"width_s", truth.width_s},
                                         {"snr", truth.snr},
                                         {"snr_reached", truth.snr_reached},
                                         {"null", truth.null},
                                         {"seed", truth.seed},
                                         {"context", truth.context}}},
                                       {"import",
                                        {{"rate_hz", record.import_rate_hz},
                                         {"band_low_hz", record.band_low_hz},
                                         {"band_high_hz", record.band_high_hz}}},
                                       {"words_sha256", record.words_sha256},
                                       {"provenance", record.provenance.to_json()}};
  write_file_whole(file, json.dump(2) + "\n");
}

SimulationRecord read_simulation_record(const std::filesystem::path& file) {
  const nlohmann::json json = read_json_file(file);
  const JsonAt top(json, file.string());
  if (!top.has("layout") || top["layout"].value() != kLayout) {
    fail(Blame::kData, "{}: no layout \"{}\"; one of lockstep simulate is wanted", file, kLayout);
  }
  SimulationRecord record;
  const JsonAt truth = top["truth"];
  const JsonAt planted = truth["planted"];
  for (std::size_t tap = 0; tap < planted.size(); ++tap) {
    const JsonAt one = planted.at(tap);
    record.truth.tap_name.push_back(one["tap"].text());
    record.truth.depth.push_back(one["depth"].number());
    record.truth.latency_s.push_back(seconds(one["latency_s"]));
    record.truth.reference_s.push_back(seconds(one["reference_latency_s"]));
  }
  record.truth.width_s = truth["width_s"].number();
  record.truth.snr = truth["snr"].number();
  record.truth.snr_reached = truth["snr_reached"].number();
  record.truth.null = truth["null"].text();
  record.truth.seed = truth["seed"].integer();
  record.truth.context = truth["context"].text();
  const JsonAt import = top["import"];
  record.import_rate_hz = import["rate_hz"].number();
  record.band_low_hz = import["band_low_hz"].number();
  record.band_high_hz = import["band_high_hz"].number();
  record.words_sha256 = top["words_sha256"].text();
  record.provenance = Provenance::from_json(top["provenance"].value(), file.string());
  return record;
}

std::optional<std::filesystem::path> find_simulation_record(
    const std::filesystem::path& recording) {
  constexpr int kLevels = 4;
  const std::filesystem::path path = std::filesystem::absolute(recording).lexically_normal();
  std::filesystem::path folder = (path.has_filename() ? path : path.parent_path()).parent_path();
  for (int level = 0; level < kLevels; ++level) {
    if (std::filesystem::is_regular_file(folder / kSimulationRecord))
      return folder / kSimulationRecord;
    folder = folder.parent_path();
  }
  return std::nullopt;
}

}  // namespace lockstep
