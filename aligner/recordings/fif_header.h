#pragma once

#include <string>
#include <vector>

#include "aligner/recordings/fif_tags.h"
#include "aligner/recordings/raw_recording.h"

namespace lockstep {

/// What the measurement block of one FIF file says.
struct FifHeader {
  RawHeader raw;              ///< without samples, parts, segments
  std::vector<double> scale;  ///< of each channel: range x cal
};

/// Reads channels, rate, band, date, bad channels, compensation. Throws Error(kData) if something
/// is missing, there twice or does not agree.
FifHeader read_fif_header(const FifFile& file);

/// Annotations as markers: onsets from sample 0, whose number for the device is `first_sample`.
/// Those whose text begins with "bad" become bad stretches too. Needs rate, num_samples and
/// first_sample of `header`.
void add_fif_annotations(const FifFile& file, RawHeader& header);

}  // namespace lockstep
