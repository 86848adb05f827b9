#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lockstep {

class RawRecording;

/// What the reference sensors say of the field at other channels. A channel in `rows` at grade k is
/// its raw value less the sum over `columns` of coefficient x value, in physical units.
struct CompensationMatrix {
  int32_t grade = 0;  ///< 1, 2, 3; other kinds keep the four letters of their name as a number
  std::string name;   ///< "G3BR"
  std::vector<std::string> rows;
  std::vector<std::string> columns;
  std::vector<double> coefficients;  ///< row x column
};

/// Sets `grade` and `name` from the number in the file: 1, 2, 3, or four letters such as "G3BR".
CompensationMatrix named_compensation(int32_t kind);

/// The same recording with its MEG sensors at another grade of gradient compensation. From grade a
/// to b every channel is (I - C_b) inverse(I - C_a) x, as mne._fiff.compensator of MNE-Python 1.13
/// does: grade 1 changes the reference gradiometers too. Throws Error(kCommandLine) if the
/// recording lacks a matrix that is needed, Error(kData) if a matrix names a channel that is not
/// there once.
std::unique_ptr<RawRecording> compensated(std::unique_ptr<RawRecording> recording, int32_t grade);

}  // namespace lockstep
