#pragma once

#include <cstdint>
#include <string_view>

namespace lockstep {

/// Random numbers that depend on (seed, purpose, index, position) alone: Philox 4x32-10 (Salmon,
/// Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"). Streams of different
/// purposes or indices are independent, so adding a draw somewhere changes no other draw. Same
/// numbers on every machine.
class RandomStream {
 public:
  /// `purpose` names what the numbers are for, for example "sensor noise"; `index` tells apart the
  /// streams of one purpose (subject, draw, layer).
  RandomStream(uint64_t seed, std::string_view purpose, uint64_t index = 0);

  uint64_t bits();
  double uniform();                ///< in [0, 1)
  double normal();                 ///< mean 0, variance 1 (Box-Muller)
  uint64_t below(uint64_t bound);  ///< in [0, bound), without bias; bound > 0

 private:
  uint64_t key_;
  uint64_t index_;
  uint64_t block_ = 0;
  int num_left_ = 0;
  uint64_t words_[2] = {0, 0};
  bool has_spare_ = false;
  double spare_ = 0;
};

}  // namespace lockstep
