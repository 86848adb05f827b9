#pragma once

#include <string>

#include "base/hdf5_reader.h"
#include "base/hdf5_writer.h"
#include "base/provenance.h"

namespace lockstep {

/// What a file of ours is, in its root attribute `layout`: "lockstep activations 1", ... Written
/// first, checked first.
void write_file_kind(Hdf5Writer& file, const std::string& layout, const Provenance& provenance);
/// Throws Error(kData) if the file has another layout, or none; gives its provenance.
Provenance read_file_kind(const Hdf5Reader& file, const std::string& layout);

}  // namespace lockstep
