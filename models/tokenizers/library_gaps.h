#pragma once

namespace lockstep {

/// Where tokenizers 0.23 stands on older tables than Unicode 14: the characters that it puts into a
/// class, or leaves out of it, otherwise than Unicode 14 does.
enum class LibraryGap {
  kPunctuation,     ///< splits at punctuation, BERT's and Punctuation's
  kMark,            ///< what StripAccents drops
  kNonspacingMark,  ///< what BertNormalizer drops as an accent
  kOther,           ///< what BertNormalizer drops as a control character
  kDecomposition,   ///< characters that no normalisation form decomposes, or composes
  kCombiningClass,  ///< marks that keep their place
};

bool is_in(LibraryGap gap, char32_t character);

}  // namespace lockstep
