#pragma once

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/layers/language_model.h"

namespace lockstep {

/// A spec made by hand with random weights: a llama of width 32 with two kinds of layers, one with
/// a window of 5 tokens. Tests change what they are about.
struct TinyModel {
  ModelSpec spec;
  std::map<std::string, std::vector<int64_t>> shapes;  ///< of each role's weight
  std::vector<std::string> biased = {"mixer.q", "mixer.v", "ffn.up"};

  static constexpr int64_t kWidth = 32, kSize = 48, kVocabulary = 60;

  RoleTensors weights(int layer, const std::string& role) const {
    const auto seed = std::hash<std::string>()(role) + static_cast<std::size_t>(layer + 1);
    auto generator = at::detail::createCPUGenerator(seed);
    const auto& shape = shapes.at(role);
    RoleTensors tensors;
    tensors.weight = at::randn(shape, generator, at::kFloat) * (shape.size() == 2 ? 0.2 : 0.3);
    if (shape.size() == 1) tensors.weight += 1;
    if (std::find(biased.begin(), biased.end(), role) != biased.end()) {
      tensors.bias = at::randn({shape[0]}, generator, at::kFloat) * 0.3;
    }
    return tensors;
  }

  WeightReader reader() const {
    return [this](int layer, const std::vector<std::string>& roles) {
      std::vector<at::Tensor> matrices, biases;
      bool has_bias = false;
      for (const std::string& role : roles) {
        const RoleTensors part = weights(layer, role);
        matrices.push_back(part.weight);
        biases.push_back(part.bias.defined() ? part.bias : at::zeros({part.weight.size(0)}));
        has_bias = has_bias || part.bias.defined();
      }
      return RoleTensors{.weight = at::cat(matrices),
                         .bias = has_bias ? at::cat(biases) : at::Tensor()};
    };
  }

  std::unique_ptr<LanguageModel> build(int highest_block = -1) const {
    return build_model(spec, reader(), choose_back_end(64), highest_block, 1234);
  }
  std::unique_ptr<LanguageModel> build(const BackEnd& back_end) const {
    return build_model(spec, reader(), back_end, -1, 1234);
  }

  std::vector<Step>& block(const std::string& kind) { return spec.blocks.at(kind).program.steps; }
};

inline Step make_step(const std::string& op,
                      const std::string& role,
                      std::vector<int> read,
                      int write,
                      std::vector<int> free,
                      StepFields fields,
                      const std::string& where) {
  Step step;
  step.op = op;
  step.role = role;
  step.read = std::move(read);
  step.write = write;
  step.free = std::move(free);
  step.fields = std::move(fields);
  step.where = where;
  return step;
}

inline AttentionFields tiny_attention() {
  AttentionFields fields;
  fields.heads = 4;
  fields.kv_heads = 2;
  fields.qk_dim = fields.v_dim = 8;
  fields.scale = 0.35;
  fields.rope = "default";
  return fields;
}

/// x + f(n(x)), twice. Registers: 0 x, 1 embedding, 2 normed, 3 attention, 4 feed-forward.
inline Program tiny_block(const std::string& kind, const AttentionFields& attention) {
  const NormFields norm{"rms", 1e-5, "model"};
  const auto where = [&](int k) {
    return "blocks." + kind + ".program[" + std::to_string(k) + "]";
  };
  Program program;
  program.num_registers = 5;
  program.steps = {make_step("norm", "mixer_norm", {0}, 2, {}, norm, where(0)),
                   make_step("attention", "mixer", {2}, 3, {2}, attention, where(1)),
                   make_step("add", "", {0, 3}, 0, {3}, AddFields{}, where(2)),
                   make_step("norm", "ffn_norm", {0}, 2, {}, norm, where(3)),
                   make_step("ffn",
                             "ffn",
                             {2},
                             4,
                             {2},
                             FeedForwardFields{"gated", "silu", TinyModel::kSize, {}},
                             where(4)),
                   make_step("add", "", {0, 4}, 0, {4}, AddFields{}, where(5))};
  return program;
}

inline TinyModel tiny_model() {
  TinyModel tiny;
  ModelSpec& spec = tiny.spec;
  spec.family = "tiny";
  spec.width = TinyModel::kWidth;
  spec.vocabulary = TinyModel::kVocabulary;
  spec.max_positions = 64;
  RopeSpec rope;
  rope.layout = "half";
  rope.head_dim = rope.dims = 8;
  rope.theta = 100;
  rope.type = "default";
  spec.ropes["default"] = rope;
  spec.embed = {{make_step("embed", "embed.token", {0}, 1, {0}, EmbedFields{}, "embed[0]")}, 2, 1};
  spec.final_norm = {
      {make_step(
          "norm", "final_norm", {0}, 0, {}, NormFields{"rms", 1e-5, "model"}, "final_norm[0]")},
      1,
      0};
  spec.head = {{make_step("linear", "head", {0}, 1, {0}, LinearFields{}, "head[0]")}, 2, 1};
  AttentionFields local = tiny_attention();
  local.window = 5;
  spec.blocks["local"] = {tiny_block("local", local), {}};
  spec.blocks["global"] = {tiny_block("global", tiny_attention()), {}};
  spec.layers = {"local", "global", "local", "global"};
  const int64_t d = TinyModel::kWidth, f = TinyModel::kSize, v = TinyModel::kVocabulary;
  tiny.shapes = {{"embed.token", {v, d}},
                 {"final_norm", {d}},
                 {"head", {v, d}},
                 {"mixer_norm", {d}},
                 {"ffn_norm", {d}},
                 {"mixer.q", {32, d}},
                 {"mixer.k", {16, d}},
                 {"mixer.v", {16, d}},
                 {"mixer.o", {d, 32}},
                 {"mixer.q_norm", {8}},
                 {"mixer.k_norm", {8}},
                 {"ffn.gate", {f, d}},
                 {"ffn.up", {f, d}},
                 {"ffn.down", {d, f}}};
  return tiny;
}

/// Windows of these lengths with arbitrary tokens; all rows are wanted.
inline PackedBatch tiny_batch(const std::vector<int64_t>& lengths) {
  PackedBatch batch;
  batch.offsets = {0};
  for (const int64_t length : lengths) {
    for (int64_t k = 0; k < length; ++k) {
      batch.rows.push_back(static_cast<int64_t>(batch.ids.size()));
      batch.ids.push_back(static_cast<int32_t>((7 * batch.ids.size() * batch.ids.size() + 3) %
                                               TinyModel::kVocabulary));
    }
    batch.offsets.push_back(static_cast<int64_t>(batch.ids.size()));
  }
  return batch;
}

inline std::vector<Tap> all_taps(int num_blocks) {
  std::vector<Tap> taps{{.kind = Tap::Kind::kEmbedding}};
  for (int block = 1; block <= num_blocks; ++block)
    taps.push_back({.kind = Tap::Kind::kBlock, .block = block});
  taps.push_back({.kind = Tap::Kind::kFinalNorm});
  return taps;
}

/// The largest |a - b| / |b| of a row (the last axis).
inline double row_distance(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes()) return std::numeric_limits<double>::infinity();
  const auto wide_a = a.to(at::kDouble), wide_b = b.to(at::kDouble);
  const auto distance = (wide_a - wide_b).norm(2, {-1}) / wide_b.norm(2, {-1});
  return distance.max().item<double>();
}

}  // namespace lockstep
