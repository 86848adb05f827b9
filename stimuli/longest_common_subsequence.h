#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// Two places that hold the same symbol.
struct MatchedPair {
  std::size_t left = 0;
  std::size_t right = 0;
  bool operator==(const MatchedPair&) const = default;
};

/// A longest common subsequence of two sequences, as pairs that ascend on both sides: what remains
/// is the smallest number of insertions and deletions that turn one into the other. Time grows with
/// size x size / 64, memory with the sizes alone (Hirschberg 1975, "A linear space algorithm for
/// computing maximal common subsequences", over the bit-parallel rows of Hyyro 2004, "Bit-parallel
/// LCS-length computation revisited"). Symbols are 0 or more.
std::vector<MatchedPair> longest_common_subsequence(std::span<const int32_t> left,
                                                    std::span<const int32_t> right);

}  // namespace lockstep
