#include "aligner/signal/padded_pieces.h"

#include <algorithm>

namespace lockstep {
namespace {

/// A stretch of the recording, or (-1) what lies between two, cut to a range.
struct Source {
  Stretch samples;
  int stretch;
};

std::vector<Source> sources_within(const std::vector<Stretch>& stretches, const Stretch& range) {
  std::vector<Source> sources;
  int64_t at = range.first;
  const auto add = [&](int64_t end, int stretch) {
    const Stretch own{at, std::min(end, range.end)};
    if (own.length() <= 0) return;
    sources.push_back({own, stretch});
    at = own.end;
  };
  for (std::size_t s = 0; s < stretches.size(); ++s) {
    add(stretches[s].first, -1);
    if (stretches[s].end > at) add(stretches[s].end, static_cast<int>(s));
  }
  add(range.end, -1);
  return sources;
}

}  // namespace

std::vector<PaddedPiece> padded_pieces(const std::vector<Stretch>& stretches,
                                       const Stretch& part,
                                       const ResamplingPlan& plan) {
  const int64_t length = part.length();
  std::vector<PaddedPiece> pieces;
  // Where there is nothing left to reflect the pads are 0.
  const int64_t in_front = std::min(plan.left, length - 1);
  const int64_t behind = std::min(plan.right, length - 1);
  if (in_front < plan.left) pieces.push_back({.first = -plan.left, .end = -in_front});

  auto mirrored = sources_within(stretches, {part.first + 1, part.first + in_front + 1});
  std::reverse(mirrored.begin(), mirrored.end());
  for (const Source& source : mirrored) {
    pieces.push_back({.first = part.first - source.samples.end + 1,
                      .end = part.first - source.samples.first + 1,
                      .base = part.first,
                      .sign = -1,
                      .anchor = part.first,
                      .stretch = source.stretch});
  }
  for (const Source& source : sources_within(stretches, part)) {
    pieces.push_back({.first = source.samples.first - part.first,
                      .end = source.samples.end - part.first,
                      .base = part.first,
                      .sign = 1,
                      .anchor = -1,
                      .stretch = source.stretch});
  }
  mirrored = sources_within(stretches, {part.end - 1 - behind, part.end - 1});
  std::reverse(mirrored.begin(), mirrored.end());
  const int64_t base = part.first + 2 * (length - 1);
  for (const Source& source : mirrored) {
    pieces.push_back({.first = base - source.samples.end + 1,
                      .end = base - source.samples.first + 1,
                      .base = base,
                      .sign = -1,
                      .anchor = part.end - 1,
                      .stretch = source.stretch});
  }
  if (behind < plan.right) pieces.push_back({.first = length + behind, .end = length + plan.right});
  return pieces;
}

ReflectedSample reflected(const Stretch& stretch, int64_t i) {
  if (i < stretch.first) return {2 * stretch.first - i, -1, stretch.first};
  if (i >= stretch.end) return {2 * (stretch.end - 1) - i, -1, stretch.end - 1};
  return {i, 1, -1};
}

}  // namespace lockstep
