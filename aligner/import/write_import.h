#pragma once

#include <filesystem>

#include "aligner/import/import_plan.h"
#include "base/journal.h"

namespace lockstep {

struct ImportJob {
  std::filesystem::path output;
  Shard shard;
  int num_threads = 1;
};

/// Fills meg.h5, a recording a part, so that an interrupted import goes on where it was. True if
/// the file is whole; false if other shards still have recordings to do. Says what it finds out
/// about sensors on the way. Memory: about 1 GB, whatever the recordings' lengths, and what the
/// threads need for a channel each. The bytes do not depend on threads, shards or interruptions.
bool write_import(const ImportPlan& plan, const ImportJob& job);

}  // namespace lockstep
