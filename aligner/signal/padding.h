#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// `signal` with `left` and `right` samples more, reflected about its ends as odd functions: 2 x[0]
/// - x[left..1] in front, 2 x[n-1] - x[n-2, ...] behind, zeros where the signal is too short to
/// reflect (MNE 1.13 "reflect_limited", mne/cuda.py _smart_pad). An empty signal is padded with
/// zeros.
std::vector<double> pad_by_reflection(std::span<const double> signal, int64_t left, int64_t right);

}  // namespace lockstep
