#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// What is done about a known fault.
enum class FaultAction : uint8_t {
  kSkipRecording,  ///< the recording is left out
  kBadSensors,     ///< `sensors` are bad
  kDropBefore,     ///< word events before `seconds` are dropped
  kDropWords,      ///< word events number `first` to `end` - 1 are dropped, in order, from 0
  kSay             ///< nothing but a note; the reader copes
};

/// A fault of a published data set, by the name that switches what is done about it off.
struct KnownFault {
  std::string name{};     ///< "armeni2022-sub-003-ses-001-late-start"
  std::string subject{};  ///< label without "sub-": "003"; compared as a number where both are
  std::string session{};  ///< label without "ses-"; empty: any
  std::string run{};      ///< label without "run-"; empty: any
  std::string what{};
  std::string source{};  ///< who says so
  FaultAction action = FaultAction::kSay;
  std::string advice{};  ///< of kSay: what the user may do
  std::vector<std::string>
      sensors{};       ///< of kBadSensors: clean names, or beginnings of names: "MRP5*"
  double seconds = 0;  ///< of kDropBefore
  int64_t first = 0;   ///< of kDropWords
  int64_t end = 0;
};

/// How many words a session should have.
struct SessionSize {
  std::string session;
  int64_t num_runs = 0;
  int64_t num_words = 0;
};

/// A published data set whose layout and conventions are known.
struct KnownDataset {
  std::string name;  ///< of --dataset
  std::string title;
  std::string about;  ///< layout and conventions, for `lockstep import --list-datasets`
  std::string source;
  std::string dialect;               ///< of its events: a name of event_dialects(), or "auto"
  std::vector<std::string> tasks;    ///< that are imported; empty: all
  bool lies_in_derivatives = false;  ///< its recordings lie in folders called derivatives
  bool has_max_shield = false;       ///< recorded with MaxShield
  std::vector<SessionSize> sizes;    ///< what is published; empty if not known
  std::vector<KnownFault> faults;
};

/// All that are known.
const std::vector<KnownDataset>& known_datasets();
/// Throws Error(kCommandLine) naming those there are.
const KnownDataset& find_dataset(std::string_view name);
/// The fault of that name, of any data set. Throws Error(kCommandLine) naming the data sets'
/// faults.
const KnownFault& find_fault(std::string_view name);
/// Every data set with its faults, for a terminal.
std::string list_datasets();

/// Whether a label is the one wanted: numbers as numbers ("3" is "003").
bool is_label(std::string_view label, std::string_view wanted);

/// Each in a file of its own.
KnownDataset armeni2022();
KnownDataset mous();
KnownDataset smn4lang();
KnownDataset littleprince();
KnownDataset libribrain();

}  // namespace lockstep
