#pragma once

#include <filesystem>

#include "aligner/align_settings.h"
#include "aligner/alignment_plan.h"
#include "base/journal.h"

namespace lockstep {

struct AlignJob {
  AlignInputs inputs;
  std::filesystem::path output;
  AlignSettings settings;
  Shard shard;
  int num_threads = 1;
};

/// Writes scores.h5: for each subject and time a ridge regression from the sensors to every target,
/// fold by fold, and the sums of the held-out words (scores_file.h). Parts are some times of one
/// subject; what an interrupted run finished is kept. Workers take parts, each with one BLAS
/// thread, so the file does not depend on their number. With --shard other than 1/1 the file gets
/// its name when the last shard is done.
void align(const AlignJob& job);

/// The kernel that OpenBLAS chose for this processor, for example "SkylakeX".
std::string blas_kernel();

}  // namespace lockstep
