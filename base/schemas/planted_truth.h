#pragma once

#include <memory>

#include "base/hdf5_reader.h"
#include "base/hdf5_writer.h"
#include "base/schemas/meg_file.h"

namespace lockstep {

/// The group truth/ of meg.h5 and scores.h5: axis `planted`, latencies in s, attributes. Nothing is
/// written, or read, where there is no truth.
void write_truth(Hdf5Writer& file, const PlantedTruth* truth);
std::unique_ptr<PlantedTruth> read_truth(const Hdf5Reader& file);

}  // namespace lockstep
