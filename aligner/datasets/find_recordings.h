#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "aligner/datasets/recording_files.h"

namespace lockstep {

/// Which recordings are looked for.
struct RecordingSearch {
  std::string dataset;                  ///< a known data set (known_datasets.h); empty: none
  std::string format;                   ///< ctf, fif, h5, npy; empty: whichever
  std::vector<std::string> faults_off;  ///< names of known faults about which nothing is done
};

/// The recordings at `paths` in natural order (run 2 before 10), each once: a recording itself
/// (.ds, .fif, .h5, .npy), or a folder to search: of a session, of a subject, of a BIDS data set.
/// Of split files the first is taken; empty-room recordings, other tasks than the data set's, and
/// what a known fault rules out are left out, which a note of the subject's next recording says
/// (or, where nothing is left, the error). Throws Error(kCommandLine) if a path is not there or a
/// name is not known, Error(kData) if there is no recording or the first of split files is missing.
std::vector<RecordingFiles> find_recordings(std::span<const std::filesystem::path> paths,
                                            const RecordingSearch& search);

}  // namespace lockstep
