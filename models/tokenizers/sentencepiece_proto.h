#pragma once

#include <string_view>
#include <vector>

namespace lockstep {

/// The precompiled charsmaps inside a serialised sentencepiece ModelProto: precompiled_charsmap (2)
/// of each normalizer_spec (3) and denormalizer_spec (5), views into `bytes`. Where the bytes are
/// no protobuf message the search ends.
std::vector<std::string_view> charsmaps_in(std::string_view bytes);

/// The text of each piece: piece (1) of each SentencePiece (1), the last where it occurs twice.
std::vector<std::string_view> pieces_in(std::string_view bytes);

}  // namespace lockstep
