#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace lockstep {

/// What a path says of a recording, by BIDS: "sub-001_ses-002_task-compr_run-1_meg.ds" in folders
/// sub-001/ses-002. The file's own name goes before the folders'.
struct RecordingName {
  std::map<std::string, std::string> entities;  ///< "sub" -> "001", ...; keys in small letters
  std::string suffix;     ///< "meg"; the whole stem where there are no entities
  std::string extension;  ///< ".ds", in small letters

  /// "sub-001", or empty.
  std::string labelled(const std::string& entity) const;
  /// "sub-001_ses-002_task-compr_run-1": what tells it from others; splits and suffix left out.
  std::string name() const;
};

RecordingName parse_recording_name(const std::filesystem::path& path);

/// Whether `left` goes before `right`, numbers inside taken as numbers: "run-2" before "run-10".
bool in_natural_order(std::string_view left, std::string_view right);

}  // namespace lockstep
