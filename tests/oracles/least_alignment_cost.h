#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace lockstep {

/// What an alignment of two lists of short words costs at least, by trying everything: equal words
/// cost nothing, a word that stands for another `unlike`, a skipped word `skip`, each stretch of
/// skipped words `open` more.
inline double least_alignment_cost(const std::vector<std::u32string>& left,
                                   const std::vector<std::u32string>& right,
                                   double unlike,
                                   double skip,
                                   double open) {
  std::map<std::tuple<std::size_t, std::size_t, bool>, double> known;
  std::function<double(std::size_t, std::size_t, bool)> rest =
      [&](std::size_t i, std::size_t j, bool skipping) -> double {
    if (i == left.size() && j == right.size()) return 0;
    const auto key = std::make_tuple(i, j, skipping);
    if (const auto found = known.find(key); found != known.end()) return found->second;
    double least = std::numeric_limits<double>::infinity();
    const double skipped = skip + (skipping ? 0 : open);
    if (i < left.size()) least = std::min(least, skipped + rest(i + 1, j, true));
    if (j < right.size()) least = std::min(least, skipped + rest(i, j + 1, true));
    if (i < left.size() && j < right.size()) {
      least = std::min(least, (left[i] == right[j] ? 0 : unlike) + rest(i + 1, j + 1, false));
    }
    return known[key] = least;
  };
  return rest(0, 0, false);
}

}  // namespace lockstep
