#include "tests/fuzz/reader_case.h"

#include <stdexcept>

#include "tests/fuzz/allocation_meter.h"

namespace lockstep::testing {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

Outcome read_once(const Reader& reader, std::span<const std::byte> bytes) {
  Outcome outcome;
  try {
    reader.read(bytes);
    outcome.is_read = true;
  } catch (const Error& error) {
    outcome.message = error.what();
    if (error.blame() != Blame::kData) {
      throw std::logic_error(text("{}: blames the program: {}", reader.name, error.what()));
    }
  } catch (const std::exception& error) {
    throw std::logic_error(text("{}: no Error: {}", reader.name, error.what()));
  }
  return outcome;
}

}  // namespace

const std::vector<Reader>& readers() {
  static const std::vector<Reader> all{
      {"safetensors", read_safetensors_case, {kMebibyte, 64}},
      {"gguf", read_gguf_case, {8 * kMebibyte, 300}},
      {"tokenizer_json", read_tokenizer_json_case, {8 * kMebibyte, 300}},
      {"pytorch_bin", read_pytorch_bin_case, {8 * kMebibyte, 300}},
      {"tokenizer_model", read_tokenizer_model_case, {16 * kMebibyte, 800}},
      {"config_json", read_config_json_case, {64 * kMebibyte, 400}},
  };
  return all;
}

const Reader& find_reader(std::string_view name) {
  for (const Reader& reader : readers()) {
    if (reader.name == name) return reader;
  }
  throw std::logic_error("no reader is called " + std::string(name));
}

Outcome run_case(const Reader& reader, std::span<const std::byte> bytes) {
  AllocationMeter meter;
  Outcome outcome = read_once(reader, bytes);
  outcome.peak_bytes = meter.peak_bytes();
  const std::size_t most = reader.memory.fixed + reader.memory.per_byte * bytes.size();
  if (outcome.peak_bytes > most) {
    throw std::logic_error(text("{}: held {} bytes for a file of {}; at most {} are allowed",
                                reader.name,
                                outcome.peak_bytes,
                                bytes.size(),
                                most));
  }
  return outcome;
}

}  // namespace lockstep::testing
