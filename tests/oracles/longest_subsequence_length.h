#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lockstep {

/// Length of the longest common subsequence by the textbook table (Wagner and Fischer 1974).
inline std::size_t longest_subsequence_length(const std::vector<int32_t>& left,
                                              const std::vector<int32_t>& right) {
  std::vector<std::vector<std::size_t>> length(left.size() + 1,
                                               std::vector<std::size_t>(right.size() + 1, 0));
  for (std::size_t i = 1; i <= left.size(); ++i) {
    for (std::size_t j = 1; j <= right.size(); ++j) {
      length[i][j] = left[i - 1] == right[j - 1] ? length[i - 1][j - 1] + 1
                                                 : std::max(length[i - 1][j], length[i][j - 1]);
    }
  }
  return length[left.size()][right.size()];
}

}  // namespace lockstep
