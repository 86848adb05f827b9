#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/families/spec.h"

namespace lockstep {

enum class ElementType {
  kF64,
  kF32,
  kF16,
  kBF16,
  kI64,
  kI32,
  kI16,
  kI8,
  kU8,
  kBool,
  kQ4_0,
  kQ4_1,
  kQ5_0,
  kQ5_1,
  kQ8_0,
  kQ2_K,
  kQ3_K,
  kQ4_K,
  kQ5_K,
  kQ6_K,
};
std::string to_text(ElementType type);

/// A tensor as stored: a view into the mapped file.
struct StoredTensor {
  std::string name;  ///< Hugging Face's name (GGUF names are translated)
  ElementType type = ElementType::kF32;
  std::vector<int64_t> shape;  ///< slowest first
  std::span<const std::byte> bytes;
  std::vector<TensorOp> ops;  ///< what the container's converter did and must be undone (GGUF)
};

/// A checkpoint on disk behind one interface: what a Hugging Face folder holds, whatever the
/// container.
class Checkpoint {
 public:
  virtual ~Checkpoint() = default;
  virtual const nlohmann::json& config() const = 0;
  virtual const std::map<std::string, StoredTensor>& tensors() const = 0;
  /// SHA-256 of the weight files' bytes (of their digests, in the order of names, if there are
  /// several).
  virtual std::string sha256() const = 0;
  virtual std::string name() const = 0;  ///< folder's or file's name without its ending
};

/// The .gguf file that `path` means: itself, or the only one of a folder without config.json;
/// nothing for a Hugging Face folder. Throws Error(kData) for anything else.
std::optional<std::filesystem::path> find_gguf(const std::filesystem::path& path);

/// A folder with config.json and model.safetensors or model.safetensors.index.json, or a .gguf file
/// (or a folder that holds exactly one). Every count, offset and length is checked against the file
/// before use.
std::unique_ptr<Checkpoint> open_checkpoint(const std::filesystem::path& path,
                                            const std::vector<std::filesystem::path>& folders);

}  // namespace lockstep
