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

#include "base/files.h"
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

/// Values that do not lie in a file as they are wanted: gathered by strides, drawn, permuted.
class ComputedValues {
 public:
  virtual ~ComputedValues() = default;
  /// The elements first, first + 1, ... of the tensor, row-major, as float32. Safe to call from
  /// several threads.
  virtual void read(int64_t first, std::span<float> into) const = 0;
};

/// A tensor as stored: a view into the mapped file, or values that are computed when they are read.
struct StoredTensor {
  std::string name;  ///< Hugging Face's name (GGUF names are translated)
  ElementType type = ElementType::kF32;
  std::vector<int64_t> shape;  ///< slowest first
  std::span<const std::byte> bytes;
  std::vector<TensorOp> ops;  ///< what the container's converter did and must be undone (GGUF)
  std::shared_ptr<const ComputedValues> computed = {};  ///< if there are, they count, not the bytes
  const MappedFile* file = nullptr;  ///< where the bytes lie, if their pages can be given back
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
  /// What the user should know of the files, in sentences.
  virtual std::vector<std::string> warnings() const { return {}; }
};

/// The .gguf file that `path` means: itself, or the only one of a folder without config.json (of a
/// model in parts the first); nothing for a Hugging Face folder. Throws Error(kData) for anything
/// else.
std::optional<std::filesystem::path> find_gguf(const std::filesystem::path& path);

/// A folder with config.json and model.safetensors or pytorch_model.bin (or the index of shards of
/// either), or a .gguf file, whole or in parts (or a folder that holds exactly one). Every count,
/// offset and length is checked against the file before use.
std::unique_ptr<Checkpoint> open_checkpoint(const std::filesystem::path& path,
                                            const std::vector<std::filesystem::path>& folders);

}  // namespace lockstep
