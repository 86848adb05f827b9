#include "models/tokenizers/segmented_text.h"

namespace lockstep {

SegmentedText::SegmentedText(AlignedText text) : text_(std::move(text)) {
  if (!text_.empty()) segments_.push_back({0, text_.size(), std::nullopt});
}

}  // namespace lockstep
