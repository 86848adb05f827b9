#pragma once

#include <map>
#include <span>
#include <string>

#include "models/weights/binding.h"
#include "tests/models/weights/tiny_llama.h"
#include "tests/support/messages.h"

namespace lockstep::testing {

/// A checkpoint in memory: tensors of float32 zeros, or of values that tell where they come from.
class MemoryCheckpoint : public Checkpoint {
 public:
  explicit MemoryCheckpoint(const TinyLlama& tiny)
      : config_(tiny.config), file_(tiny.safetensors()) {
    const std::size_t header =
        8 + static_cast<std::size_t>(*reinterpret_cast<const uint64_t*>(file_.data()));
    std::size_t at = header;
    for (const auto& [name, shape] : tiny.shapes) {
      std::size_t bytes = 4;
      for (const int64_t size : shape) bytes *= static_cast<std::size_t>(size);
      tensors_[name] = {.name = name,
                        .type = ElementType::kF32,
                        .shape = shape,
                        .bytes = std::as_bytes(std::span(file_)).subspan(at, bytes),
                        .ops = {}};
      at += bytes;
    }
  }

  StoredTensor& tensor(const std::string& name) { return tensors_.at(name); }
  const nlohmann::json& config() const override { return config_; }
  const std::map<std::string, StoredTensor>& tensors() const override { return tensors_; }
  std::string sha256() const override { return {}; }
  std::string name() const override { return "tiny"; }

 private:
  nlohmann::json config_;
  std::string file_;
  std::map<std::string, StoredTensor> tensors_;
};

inline ModelSpec spec_of(const TinyLlama& tiny) {
  return resolve_family(tiny.config, {}, "config.json");
}

/// What bind_weights() says of a checkpoint that it refuses.
inline std::string refusal(const TinyLlama& tiny) {
  const ModelSpec spec = spec_of(tiny);
  const MemoryCheckpoint checkpoint(tiny);
  return message_of(Blame::kData, [&] { bind_weights(spec, checkpoint); });
}

}  // namespace lockstep::testing
