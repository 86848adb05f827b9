#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/weights/checkpoint.h"
#include "tests/models/weights/gguf_builder.h"
#include "tests/models/weights/safetensors_builder.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {

/// A llama of two layers: width 8, 4 heads of 4 over 2 key-value heads, feed-forward 6,
/// vocabulary 5.
struct TinyLlama {
  nlohmann::json config{{"model_type", "llama"},
                        {"hidden_size", 8},
                        {"intermediate_size", 6},
                        {"num_hidden_layers", 2},
                        {"num_attention_heads", 4},
                        {"num_key_value_heads", 2},
                        {"head_dim", 4},
                        {"max_position_embeddings", 16},
                        {"vocab_size", 5},
                        {"rms_norm_eps", 1e-5},
                        {"tie_word_embeddings", false}};
  std::map<std::string, std::vector<int64_t>> shapes = all_shapes();

  static std::map<std::string, std::vector<int64_t>> all_shapes() {
    std::map<std::string, std::vector<int64_t>> shapes{{"model.embed_tokens.weight", {5, 8}},
                                                       {"model.norm.weight", {8}},
                                                       {"lm_head.weight", {5, 8}}};
    for (const std::string layer : {"model.layers.0.", "model.layers.1."}) {
      shapes[layer + "input_layernorm.weight"] = {8};
      shapes[layer + "self_attn.q_proj.weight"] = {16, 8};
      shapes[layer + "self_attn.k_proj.weight"] = {8, 8};
      shapes[layer + "self_attn.v_proj.weight"] = {8, 8};
      shapes[layer + "self_attn.o_proj.weight"] = {8, 16};
      shapes[layer + "post_attention_layernorm.weight"] = {8};
      shapes[layer + "mlp.gate_proj.weight"] = {6, 8};
      shapes[layer + "mlp.up_proj.weight"] = {6, 8};
      shapes[layer + "mlp.down_proj.weight"] = {8, 6};
    }
    return shapes;
  }

  /// Tensor k, in the order of names, holds 1000 k, 1000 k + 1, ...
  std::string safetensors() const {
    SafetensorsBuilder builder;
    float value = 0;
    for (const auto& [name, shape] : shapes) {
      builder.add_range(name, shape, value);
      value += 1000;
    }
    return builder.bytes();
  }

  void write(const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    write_bytes(folder / "config.json", config.dump());
    write_bytes(folder / "model.safetensors", safetensors());
  }
};

/// The same model as llama.cpp's converter would write it, without a head of its own.
inline GgufBuilder tiny_gguf() {
  GgufBuilder file;
  file.text("general.architecture", "llama")
      .integer("llama.block_count", 1)
      .integer("llama.context_length", 16);
  file.integer("llama.embedding_length", 8).integer("llama.feed_forward_length", 6);
  file.integer("llama.attention.head_count", 4).integer("llama.attention.head_count_kv", 2);
  file.integer("llama.rope.dimension_count", 4)
      .number("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  file.floats("token_embd.weight", {5, 8}, 0).floats("output_norm.weight", {8}, 0);
  file.floats("blk.0.attn_norm.weight", {8}, 0).floats("blk.0.ffn_norm.weight", {8}, 0);
  file.floats("blk.0.attn_q.weight", {16, 8}, 0).floats("blk.0.attn_k.weight", {8, 8}, 0);
  file.floats("blk.0.attn_v.weight", {8, 8}, 0).floats("blk.0.attn_output.weight", {8, 16}, 0);
  file.floats("blk.0.ffn_gate.weight", {6, 8}, 0).floats("blk.0.ffn_up.weight", {6, 8}, 0);
  file.floats("blk.0.ffn_down.weight", {8, 6}, 0);
  return file;
}

}  // namespace lockstep::testing
