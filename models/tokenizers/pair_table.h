#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep {

/// What a pair of neighbouring tokens becomes, and how soon.
struct PairMerge {
  uint32_t rank = 0;
  int32_t merged = 0;
};

/// A hash table from pairs of ids (>= 0) to merges, by open addressing: it is asked three times for
/// each character of text that is in no cache.
class PairTable {
 public:
  explicit PairTable(std::size_t num_pairs);

  /// At most num_pairs different pairs; a later merge of the same pair replaces the earlier.
  void add(int32_t left, int32_t right, PairMerge merge);
  /// Null if the pair does not merge.
  const PairMerge* find(int32_t left, int32_t right) const;

 private:
  struct Slot {
    uint64_t pair = kEmpty;
    PairMerge merge;
  };
  static constexpr uint64_t kEmpty = ~uint64_t{0};

  static uint64_t key(int32_t left, int32_t right);
  std::size_t slot_of(uint64_t pair) const;

  std::vector<Slot> slots_;
};

}  // namespace lockstep
