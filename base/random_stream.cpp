#include "base/random_stream.h"

#include <array>
#include <cmath>
#include <numbers>

namespace lockstep {
namespace {

using Words4 = std::array<uint32_t, 4>;

/// One block of Philox 4x32-10 (Salmon et al. 2011, section 3.3; constants of its reference
/// implementation).
Words4 philox(Words4 counter, uint64_t key) {
  auto k0 = static_cast<uint32_t>(key);
  auto k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t{0xD2511F53} * counter[0];
    const uint64_t b = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(b >> 32) ^ counter[1] ^ k0,
               static_cast<uint32_t>(b),
               static_cast<uint32_t>(a >> 32) ^ counter[3] ^ k1,
               static_cast<uint32_t>(a)};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return counter;
}

/// FNV-1a of the purpose, mixed with the seed (finaliser of SplitMix64).
uint64_t key_of(uint64_t seed, std::string_view purpose) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : purpose) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  uint64_t z = hash + seed * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

}  // namespace

RandomStream::RandomStream(uint64_t seed, std::string_view purpose, uint64_t index)
    : key_(key_of(seed, purpose)), index_(index) {}

uint64_t RandomStream::bits() {
  if (num_left_ == 0) {
    const Words4 block = philox({static_cast<uint32_t>(block_),
                                 static_cast<uint32_t>(block_ >> 32),
                                 static_cast<uint32_t>(index_),
                                 static_cast<uint32_t>(index_ >> 32)},
                                key_);
    words_[0] = uint64_t{block[1]} << 32 | block[0];
    words_[1] = uint64_t{block[3]} << 32 | block[2];
    num_left_ = 2;
    ++block_;
  }
  return words_[2 - num_left_--];
}

double RandomStream::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

double RandomStream::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  const double angle = 2 * std::numbers::pi * uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

uint64_t RandomStream::below(uint64_t bound) {
  const uint64_t limit = ~uint64_t{0} - ~uint64_t{0} % bound;
  for (;;) {
    const uint64_t drawn = bits();
    if (drawn < limit) return drawn % bound;
  }
}

}  // namespace lockstep
