#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "aligner/targets/reduction.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// Targets that come from the words alone, under construction: one context, one tap, every row of
/// words.tsv, NaN until filled in.
struct WordSet {
  TargetsHeader header;
  TargetsFit fit;

  Reduction finish() && {
    Reduction reduction;
    reduction.header = std::move(header);
    reduction.fits.push_back(std::move(fit));
    return reduction;
  }
};

inline WordSet make_word_set(const Words& words, const std::string& name, int64_t num_components) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  WordSet set;
  set.header.model.name = name;
  set.header.model.family = "none";
  set.header.contexts = {{"1", 1}};
  set.header.taps = {{name, 0, kUnknown, 0}};
  for (std::size_t row = 0; row < words.rows.size(); ++row)
    set.header.words.push_back(static_cast<int64_t>(row));
  set.header.num_components = num_components;
  set.header.fit = "none";
  set.header.fit_word.assign(words.rows.size(), 0);
  set.header.words_sha256 = words.sha256;
  set.fit.targets.assign(words.rows.size() * static_cast<std::size_t>(num_components),
                         std::numeric_limits<float>::quiet_NaN());
  set.fit.explained_variance.assign(static_cast<std::size_t>(num_components), kUnknown);
  return set;
}

}  // namespace lockstep
