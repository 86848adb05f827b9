#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "aligner/align_settings.h"
#include "aligner/experiment.h"
#include "base/journal.h"

namespace lockstep {

struct AlignJob {
  AlignInputs inputs;
  std::vector<std::filesystem::path> outputs;  ///< one for each of the inputs' targets
  AlignSettings settings;
  Shard shard;
  int num_threads = 1;
  std::string memory = "auto";  ///< parse_memory()
};

/// Writes a scores.h5 for each target file: for each subject and time a ridge regression from the
/// sensors to every target, fold by fold, and the sums of the held-out words (scores_file.h). What
/// is made of the recordings is made once for all files, and each scores.h5 is, byte for byte, that
/// of a call with its targets alone. Parts are some times of one subject; what an interrupted run
/// finished is kept, file by file. Workers take parts, each with one BLAS thread, so the files do
/// not depend on their number, nor on the cap of memory. With --shard other than 1/1 the files get
/// their names when the last shard is done.
void align(const AlignJob& job);

/// Where the scores of each target file go: `asked` itself where there is one path a file; else
/// one folder, which is made if it does not exist, with files named after the targets
/// ("gpt2.h5" -> "gpt2.scores.h5"). Throws Error(kCommandLine) if the numbers do not match or two
/// files would have one name.
std::vector<std::filesystem::path> output_paths(const std::vector<std::filesystem::path>& targets,
                                                const std::vector<std::filesystem::path>& asked);

/// The kernel that OpenBLAS chose for this processor, for example "SkylakeX".
std::string blas_kernel();

}  // namespace lockstep
