#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lockstep {

/// A token of a pre-token and the bytes of it that it stands for.
struct Piece {
  int32_t id = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const Piece&) const = default;
};

/// What turns a pre-token into tokens. May be called from several threads at once.
class TokenModel {
 public:
  virtual ~TokenModel() = default;
  /// Tokens in order. Characters that the vocabulary cannot express at all, and for which there is
  /// no unknown token, are in no piece.
  virtual std::vector<Piece> pieces(std::string_view pre_token) const = 0;
};

}  // namespace lockstep
