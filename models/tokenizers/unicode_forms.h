#pragma once

#include "models/tokenizers/aligned_text.h"

namespace lockstep {

/// The four normalisation forms of Unicode (UAX #15), by the tables of utf8proc.
enum class UnicodeForm { kNfc, kNfd, kNfkc, kNfkd };

/// `text` in a form. Spans follow the reference implementation: the first character that a
/// character decomposes into takes its place, the others are new; a composed character takes the
/// place of its first part, the parts it swallowed are dropped.
AlignedText normalized(AlignedText text, UnicodeForm form);

}  // namespace lockstep
