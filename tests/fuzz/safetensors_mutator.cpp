// A safetensors file begins with the length of its header, which a mutation of the header would
// make wrong nearly always: mutated here is the header or the data, and the length follows, but for
// one mutation in eight, which may spoil it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(uint8_t* data,
                                               std::size_t size,
                                               std::size_t most,
                                               unsigned seed) {
  uint64_t length = 0;
  if (size < sizeof(length) || seed % 8 == 0) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(&length, data, sizeof(length));
  const std::size_t header_end = sizeof(length) + std::min<uint64_t>(length, size - sizeof(length));
  std::vector<uint8_t> header(data + sizeof(length), data + header_end);
  std::vector<uint8_t> tail(data + header_end, data + size);
  std::vector<uint8_t>& part = seed % 8 < 6 ? header : tail;
  const std::size_t part_size = part.size();
  part.resize(part_size + most - size);
  if (part.empty()) return LLVMFuzzerMutate(data, size, most);
  part.resize(LLVMFuzzerMutate(part.data(), part_size, part.size()));
  length = header.size();
  std::memcpy(data, &length, sizeof(length));
  uint8_t* end = std::copy(header.begin(), header.end(), data + sizeof(length));
  const auto room = static_cast<std::size_t>(data + most - end);
  end = std::copy_n(tail.begin(), std::min(tail.size(), room), end);
  return static_cast<std::size_t>(end - data);
}
