#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// A recording to import and what lies beside it.
struct RecordingFiles {
  std::string name;  ///< of its group in meg.h5, unique in a call: "sub-001_ses-001_task-compr"
  std::string subject;
  std::string session;
  std::string task;  ///< like `run`, empty where the path does not say
  std::string run;
  std::filesystem::path recording;        ///< what open_recording() takes; of splits the first
  std::filesystem::path events;           ///< table of events; empty if there is none
  std::vector<std::string> bad_sensors;   ///< named bad beside the recording (channels.tsv, a known
                                          ///< fault): clean names, or the beginning of names,
                                          ///< "MRP5*"; find_bad_channels() finds them
  std::vector<std::string> known_faults;  ///< names of a data set's faults (KnownFault) that it has
                                          ///< and that are not switched off
  std::vector<std::string> notes;         ///< what was out of order or known to be faulty, and what
                                          ///< was made of it, one line each
};

}  // namespace lockstep
