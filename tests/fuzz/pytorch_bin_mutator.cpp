// A zip archive says of each record where it lies, how long it is and what its CRC-32 is, which a
// mutation of a record would make wrong nearly always: mutated here is one record, and the archive
// is written anew around it, but for one mutation in eight, which may spoil it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "models/weights/zip_archive.h"
#include "tests/models/weights/pytorch_builder.h"

extern "C" std::size_t LLVMFuzzerMutate(uint8_t* data, std::size_t size, std::size_t most);

namespace lockstep::testing {
namespace {

std::string bytes_of_record(const ZipArchive& archive, const std::string& name) {
  const auto record = archive.record(name);
  return {reinterpret_cast<const char*>(record.data()), record.size()};
}

/// Nothing where the bytes are no sound archive.
std::string with_mutated_record(std::span<const std::byte> bytes, std::size_t room, unsigned seed) {
  try {
    const ZipArchive archive("case", bytes);
    const std::vector<std::string> names = archive.names();
    if (names.empty()) return {};
    // The pickle more often than the others: there is most to be done wrong.
    const auto pickle = std::find_if(names.begin(), names.end(), [](const std::string& name) {
      return name.ends_with("/data.pkl");
    });
    const bool takes_pickle = seed % 4 != 0 && pickle != names.end();
    const std::string& chosen = takes_pickle ? *pickle : names[seed / 4 % names.size()];
    ZipBuilder builder;
    for (const std::string& name : names) {
      std::string record = bytes_of_record(archive, name);
      if (name == chosen) {
        const std::size_t size = record.size();
        record.resize(size + room);
        record.resize(
            LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(record.data()), size, record.size()));
      }
      builder.add(name, record);
    }
    return builder.bytes();
  } catch (const Error&) {
    return {};
  }
}

}  // namespace
}  // namespace lockstep::testing

extern "C" std::size_t LLVMFuzzerCustomMutator(uint8_t* data,
                                               std::size_t size,
                                               std::size_t most,
                                               unsigned seed) {
  if (seed % 8 != 0) {
    // Half of the room is left to the archive's own records, which have no padding at first.
    const std::string mutated = lockstep::testing::with_mutated_record(
        std::as_bytes(std::span(data, size)), (most - size) / 2, seed / 8);
    if (!mutated.empty() && mutated.size() <= most) {
      std::copy(mutated.begin(), mutated.end(), data);
      return mutated.size();
    }
  }
  return LLVMFuzzerMutate(data, size, most);
}
