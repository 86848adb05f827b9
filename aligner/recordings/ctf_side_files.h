#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// A time in a CTF recording: trials count from 0, seconds from the trial's trigger.
struct CtfTime {
  int64_t trial = 0;
  double seconds = 0;
};

struct CtfMarker {
  std::string name;
  std::vector<CtfTime> times;
};

/// MarkerFile.mrk. A missing file holds none; a broken one throws Error(kData) with file and line.
std::vector<CtfMarker> read_ctf_markers(const std::filesystem::path& file);

/// A line of bad.segments: trial, from 1 as the file counts, and seconds.
struct CtfBadSegment {
  std::string trial;
  double start_s = 0;
  double stop_s = 0;
};
std::vector<CtfBadSegment> read_ctf_bad_segments(const std::filesystem::path& file);

/// ClassFile.cls: the trials, from 0, of every class.
struct CtfTrialClass {
  std::string name;
  std::vector<int64_t> trials;
};
std::vector<CtfTrialClass> read_ctf_classes(const std::filesystem::path& file);

/// BadChannels: one name a line, without the suffix of the sensor array.
std::vector<std::string> read_ctf_bad_channels(const std::filesystem::path& file);

/// A head position coil in X.hc, in metres of the dewar's coordinates.
struct CtfHeadCoil {
  std::string name;  ///< "nasion", "left ear", "right ear", ...
  double position_m[3] = {0, 0, 0};
};
/// The measured coils relative to the dewar.
std::vector<CtfHeadCoil> read_ctf_head_coils(const std::filesystem::path& file);

}  // namespace lockstep
