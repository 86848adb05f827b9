#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "aligner/recordings/compensation.h"
#include "aligner/recordings/raw_recording.h"

namespace lockstep {

/// What a .res4 file says of a CTF recording.
struct CtfHeader {
  std::string date_and_time;    ///< as written at the acquisition
  int64_t samples_a_trial = 0;  ///< at least 1
  double rate_hz = 0;
  int64_t pre_trigger_samples = 0;  ///< may be negative
  double low_hz = 0;                ///< of the high-pass filters: the highest; 0 without any
  double high_hz = 0;               ///< of the low-pass filters: the lowest; 0 without any
  std::vector<RawChannel> channels;
  std::vector<double> scale;  ///< of each channel: value = integer * scale; may be negative
  std::vector<CompensationMatrix> compensations;  ///< in physical units
  std::vector<std::string> notes;
};

/// Reads `X.res4`. Channels without position are kMisc, as in MNE-Python; those whose gains do not
/// give a finite scale are bad; both are noted. Throws Error(kData) naming the place if the file is
/// cut short, lies about its sizes or mixes grades of compensation.
CtfHeader read_ctf_header(const std::filesystem::path& res4);

}  // namespace lockstep
