#include "aligner/datasets/recording_sidecars.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "aligner/datasets/loose_table.h"
#include "aligner/recordings/raw_recording.h"
#include "base/error.h"
#include "base/files.h"
#include "base/json_file.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

bool is_one_of(const std::string& name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Entities of a file's own name, without those of its folders.
std::map<std::string, std::string> own_entities(const fs::path& file) {
  return parse_recording_name(file.filename()).entities;
}

bool belongs_to(const std::map<std::string, std::string>& entities, const RecordingName& name) {
  return std::all_of(entities.begin(), entities.end(), [&](const auto& entity) {
    const auto found = name.entities.find(entity.first);
    return found != name.entities.end() && found->second == entity.second;
  });
}

/// Files of a folder in the order of their names; none if it cannot be read.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_top_of_dataset(const fs::path& folder) {
  return fs::exists(folder / "dataset_description.json") || fs::exists(folder / "participants.tsv");
}

/// The recording's folder and those above it inside its data set.
std::vector<fs::path> folders_above(const fs::path& recording) {
  std::vector<fs::path> folders;
  const fs::path whole = fs::absolute(recording).lexically_normal();
  bool was_subject = false;
  for (fs::path folder = whole.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    folders.push_back(folder);
    if (was_subject || is_top_of_dataset(folder)) break;
    was_subject = in_small_letters(folder.filename().string()).starts_with("sub-");
  }
  // Outside a data set nothing is inherited.
  const bool is_in_dataset = was_subject || is_top_of_dataset(folders.back());
  if (!is_in_dataset) folders.resize(1);
  return folders;
}

/// The file of `folder` with that suffix whose entities are the recording's, the most of them.
fs::path best_in(const fs::path& folder,
                 const RecordingName& name,
                 const std::string& suffix,
                 const std::vector<std::string>& extensions) {
  fs::path best;
  std::size_t most = 0;
  for (const fs::path& file : files_in(folder)) {
    const RecordingName found = parse_recording_name(file.filename());
    if (in_small_letters(found.suffix) != suffix || !is_one_of(found.extension, extensions)) {
      continue;
    }
    if (!belongs_to(found.entities, name)) continue;
    if (best.empty() || found.entities.size() > most) {
      best = file;
      most = found.entities.size();
    }
  }
  return best;
}

}  // namespace

fs::path find_sidecar(const fs::path& recording,
                      const RecordingName& name,
                      const std::string& suffix,
                      const std::vector<std::string>& extensions) {
  if (own_entities(recording).empty()) return {};
  for (const fs::path& folder : folders_above(recording)) {
    if (fs::path found = best_in(folder, name, suffix, extensions); !found.empty()) return found;
  }
  return {};
}

fs::path find_events(const fs::path& recording, const RecordingName& name) {
  const std::vector<std::string> tables = {".tsv", ".csv"};
  if (fs::path sidecar = find_sidecar(recording, name, "events", tables); !sidecar.empty()) {
    return sidecar;
  }
  const fs::path folder = fs::absolute(recording).lexically_normal().parent_path();
  const std::string stem = in_small_letters(recording.stem().string());
  for (const fs::path& file : files_in(folder)) {
    const std::string other = in_small_letters(file.stem().string());
    const std::string ending = in_small_letters(file.extension().string());
    if ((other == stem || other == stem + "_events") && is_one_of(ending, tables)) return file;
  }
  if (own_entities(recording).empty()) return {};
  return best_in(folder.parent_path() / "events", name, "events", tables);
}

ChannelStatus read_channel_status(const fs::path& channels) {
  const LooseTable table = LooseTable::read(channels);
  const std::string file = channels.filename().string();
  ChannelStatus status;
  for (const std::string& note : table.notes()) status.notes.push_back(file + ": " + note);
  const auto name = table.find("name");
  const auto state = table.find("status");
  if (!name || !state) {
    status.notes.push_back(
        text("{}: no column {}: no sensor is bad by it", file, name ? "status" : "name"));
    return status;
  }
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    if (in_small_letters(table.cell(row, *state)) == "bad") {
      status.bad_sensors.push_back(clean_name(table.cell(row, *name)));
    }
  }
  return status;
}

std::vector<std::string> notes_of_meg_json(const fs::path& json) {
  const std::string file = json.filename().string();
  nlohmann::json value;
  try {
    value = read_json_file(json);
  } catch (const Error& error) {
    if (error.blame() != Blame::kData) throw;
    return {text("{} cannot be read and is not used ({})", file, error.what())};
  }
  if (!value.is_object()) return {file + " is no object and is not used"};
  std::vector<std::string> notes;
  const auto type = value.find("RecordingType");
  if (type != value.end() && type->is_string() &&
      in_small_letters(type->get<std::string>()) != "continuous") {
    notes.push_back(text("{}: RecordingType {}", file, type->get<std::string>()));
  }
  return notes;
}

std::vector<std::string> notes_of_scans(const fs::path& scans) {
  const std::string bytes = read_file(scans);
  std::size_t wanted = 0;
  int64_t broken = 0;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const auto line = std::string_view(bytes).substr(at, end - at);
    at = end + 1;
    if (line.empty() || line == "\r") continue;
    const auto cells = 1 + static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t'));
    if (wanted == 0) wanted = cells;
    broken += cells != wanted ? 1 : 0;
  }
  if (broken == 0) return {};
  return {text("{}: {} lines do not have the header's {} cells; it is not needed",
               scans.filename().string(),
               broken,
               wanted)};
}

}  // namespace lockstep
