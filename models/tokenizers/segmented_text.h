#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/tokenizers/aligned_text.h"

namespace lockstep {

/// Bytes of a text that belong together: a pre-token, or an added token, which has its id already
/// and is not touched any more.
struct Segment {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::optional<int32_t> id;
};

/// Text cut into segments, in order, none of them empty. What lies in no segment was removed.
class SegmentedText {
 public:
  explicit SegmentedText(AlignedText text);

  const AlignedText& text() const { return text_; }
  const std::vector<Segment>& segments() const { return segments_; }
  std::string_view view(const Segment& segment) const {
    return std::string_view(text_.text()).substr(segment.begin, segment.end - segment.begin);
  }

  /// Replaces each segment without an id by those that `cut(bytes of the segment)` gives, as ranges
  /// of these bytes; empty ones vanish.
  template <class Cut>
  void split(const Cut& cut);
  /// Replaces the text of each segment without an id by `rewritten(its text)`; one that becomes
  /// empty vanishes.
  template <class Rewrite>
  void rewrite(const Rewrite& rewritten);

 private:
  AlignedText text_;
  std::vector<Segment> segments_;
};

template <class Cut>
void SegmentedText::split(const Cut& cut) {
  std::vector<Segment> result;
  result.reserve(segments_.size());
  for (const Segment& segment : segments_) {
    if (segment.id) {
      result.push_back(segment);
      continue;
    }
    for (const Segment& part : cut(view(segment))) {
      if (part.begin == part.end) continue;
      result.push_back({segment.begin + part.begin, segment.begin + part.end, part.id});
    }
  }
  segments_ = std::move(result);
}

template <class Rewrite>
void SegmentedText::rewrite(const Rewrite& rewritten) {
  AlignedText text;
  text.reserve(text_.size());
  std::vector<Segment> result;
  result.reserve(segments_.size());
  for (const Segment& segment : segments_) {
    const std::size_t begin = text.size();
    AlignedText part = text_.slice(segment.begin, segment.end);
    text.append(segment.id ? std::move(part) : rewritten(std::move(part)));
    if (text.size() > begin) result.push_back({begin, text.size(), segment.id});
  }
  text.check_growth();
  text_ = std::move(text);
  segments_ = std::move(result);
}

}  // namespace lockstep
