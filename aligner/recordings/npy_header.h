#pragma once

#include <cstdint>
#include <vector>

#include "aligner/recordings/byte_reader.h"

namespace lockstep {

enum class NpyNumber { kInt16, kInt32, kFloat32, kFloat64 };

/// What the header of a .npy file says.
struct NpyHeader {
  NpyNumber number = NpyNumber::kFloat32;
  bool is_big_endian = false;
  std::vector<int64_t> shape;
  int64_t data_offset = 0;  ///< of the first number

  int64_t bytes_a_number() const;
};

/// Reads the header and checks that the file is as long as it says. Throws Error(kData) on Fortran
/// order, other types of numbers and what is no dictionary of NumPy's.
NpyHeader read_npy_header(const PiecewiseFile& file);

inline constexpr std::string_view kNpyMark = "\x93NUMPY";

}  // namespace lockstep
