#include "base/sha256.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// NIST's example vectors (csrc.nist.gov, SHA256.pdf) and the million a's of FIPS 180-2, appendix
// B.3.
TEST(Sha256, EqualsThePublishedVectors) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnThePieces) {
  const std::string whole(1000, 'x');
  for (std::size_t piece = 1; piece < 200; piece += 13) {
    Sha256 sum;
    for (std::size_t at = 0; at < whole.size(); at += piece)
      sum.update(std::string_view(whole).substr(at, piece));
    EXPECT_EQ(sum.hex(), sha256_of(whole)) << "pieces of " << piece;
  }
}

}  // namespace
}  // namespace lockstep
