#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "aligner/datasets/recording_name.h"

namespace lockstep {

/// The file `.._<suffix>.tsv` (or `.csv`, `.json`: `extensions`) that belongs to a recording, by
/// the inheritance of BIDS: it lies in the recording's folder or in a higher one (up to the folder
/// that holds sub-*, or dataset_description.json), and all its entities are the recording's. The
/// nearest goes before a higher one, then the one with more entities. Empty if there is none.
std::filesystem::path find_sidecar(const std::filesystem::path& recording,
                                   const RecordingName& name,
                                   const std::string& suffix,
                                   const std::vector<std::string>& extensions);

/// The table of events of a recording: the BIDS sidecar; else a table of the recording's own name
/// (x.tsv or x_events.tsv beside x.npy); else, as LibriBrain has it, events/ beside its folder.
std::filesystem::path find_events(const std::filesystem::path& recording,
                                  const RecordingName& name);

/// Sensors of status "bad" in channels.tsv, clean names; what was out of order goes to `notes`.
struct ChannelStatus {
  std::vector<std::string> bad_sensors;
  std::vector<std::string> notes;
};
ChannelStatus read_channel_status(const std::filesystem::path& channels);

/// What meg.json says that matters; nothing is needed.
std::vector<std::string> notes_of_meg_json(const std::filesystem::path& json);

/// What is wrong with the lines of a scans.tsv, which nothing is read from.
std::vector<std::string> notes_of_scans(const std::filesystem::path& scans);

}  // namespace lockstep
