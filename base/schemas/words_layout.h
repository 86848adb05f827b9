#pragma once

#include <array>

namespace lockstep {

// words.tsv: comments "# ..." with the layout, the source of the tags and the provenance, then one
// row a word.
inline constexpr const char* kWordsLayout = "lockstep words 1";
inline constexpr const char* kPosSourceMark = "pos: ";
inline constexpr const char* kProvenanceMark = "provenance: ";
/// onset and duration in seconds of the story's audio, empty if unknown; char_begin and char_end
/// count Unicode code points of text/<story>.txt, half-open, empty if the word is not in the text.
inline constexpr std::array<const char*, 10> kWordsColumns = {"story",
                                                              "block",
                                                              "word",
                                                              "onset",
                                                              "duration",
                                                              "char_begin",
                                                              "char_end",
                                                              "sentence",
                                                              "pos",
                                                              "content"};

}  // namespace lockstep
