#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lockstep::testing {

/// What reading a file of n bytes may hold at any moment, through operator new: fixed + per_byte *
/// n.
struct MemoryBound {
  std::size_t fixed = 0;
  std::size_t per_byte = 0;
};

/// A reader of files that others wrote. `read` reads one, uses everything that it then offers, and
/// throws Error(kData) where the file is refused.
struct Reader {
  std::string_view name;
  void (*read)(std::span<const std::byte> bytes) = nullptr;
  MemoryBound memory;
};

void read_safetensors_case(std::span<const std::byte> bytes);
void read_gguf_case(std::span<const std::byte> bytes);
void read_tokenizer_json_case(std::span<const std::byte> bytes);
void read_pytorch_bin_case(std::span<const std::byte> bytes);
void read_tokenizer_model_case(std::span<const std::byte> bytes);
void read_config_json_case(std::span<const std::byte> bytes);
/// The same, and the family of a config.json is always evaluated.
void resolve_config_json_case(std::span<const std::byte> bytes);

const std::vector<Reader>& readers();
/// Throws std::logic_error if there is none of that name.
const Reader& find_reader(std::string_view name);

struct Outcome {
  bool is_read = false;
  std::string message;         ///< of the refusal
  std::size_t peak_bytes = 0;  ///< the most that was held beyond what was held before
};

/// Reads one file. Throws std::logic_error if the reader did what none may: threw anything but
/// Error(kData), or held more than its bound.
Outcome run_case(const Reader& reader, std::span<const std::byte> bytes);

/// Runs `use`, and takes an Error(kData) for an answer.
template <class Use>
void allow_refusal(const Use& use) {
  try {
    use();
  } catch (const Error& error) {
    if (error.blame() != Blame::kData) throw;
  }
}

}  // namespace lockstep::testing
