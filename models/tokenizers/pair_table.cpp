#include "models/tokenizers/pair_table.h"

#include <bit>

namespace lockstep {

PairTable::PairTable(std::size_t num_pairs) : slots_(std::bit_ceil(2 * num_pairs + 2)) {}

uint64_t PairTable::key(int32_t left, int32_t right) {
  return (uint64_t{static_cast<uint32_t>(left)} << 32) | static_cast<uint32_t>(right);
}

// The slot of the pair, or the empty one where it would go. Multiplication by 2^64 / golden ratio
// spreads neighbouring ids (Knuth, TAOCP 3, 6.4).
std::size_t PairTable::slot_of(uint64_t pair) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = static_cast<std::size_t>((pair * 0x9E3779B97F4A7C15ull) >> 32) & mask;
  while (slots_[slot].pair != kEmpty && slots_[slot].pair != pair) slot = (slot + 1) & mask;
  return slot;
}

void PairTable::add(int32_t left, int32_t right, PairMerge merge) {
  const uint64_t pair = key(left, right);
  slots_[slot_of(pair)] = {pair, merge};
}

const PairMerge* PairTable::find(int32_t left, int32_t right) const {
  const Slot& slot = slots_[slot_of(key(left, right))];
  return slot.pair == kEmpty ? nullptr : &slot.merge;
}

}  // namespace lockstep
