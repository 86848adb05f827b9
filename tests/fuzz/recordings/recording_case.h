#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace lockstep::testing {

/// Opens a recording of a format ("ctf", "fif", "npy") made of these bytes, reads both ends of it
/// and every grade of compensation that it has; false if it was refused as data. Throws
/// std::logic_error for anything else that came of it.
///
/// fif: the file. ctf, npy: a 32-bit length, little-endian, that many bytes of X.res4 or X.tsv, and
/// the rest is X.meg4 or X.npy.
bool read_recording_case(std::string_view format, std::span<const std::byte> bytes);

}  // namespace lockstep::testing
