#include "models/layers/attention.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "models/layers/linear.h"
#include "models/layers/linear_biases.h"
#include "models/layers/norm.h"

namespace lockstep {
namespace {

/// The op `attention`: projections, packed causal attention, output projection. Queries are made
/// for the rows of the result, keys and values for all. Keys and values are one product; queries
/// joined to them would save nothing (112.8 against 114.2 GF/s at 1024 x 576 x 960) and cost a
/// second copy of the weights for last blocks.
class Attention : public Layer {
 public:
  Attention(const Step& step, const LayerSource& source);
  at::Tensor forward(const LayerInput& input) const override;

 private:
  at::Tensor attend(const LayerInput& input,
                    const at::Tensor& queries,
                    const at::Tensor& keys_values) const;
  at::Tensor turned(const LayerInput& input,
                    const BatchRows& rows,
                    const at::Tensor& heads_of_rows,
                    int64_t heads) const;
  void normalise_queries_keys(at::Tensor& queries, at::Tensor& keys_values) const;

  AttentionShape shape_;
  bool norms_turned_ = false;          // qk_norm comes after the rotation
  std::optional<std::size_t> rotary_;  // index into LayerInput::rotary
  std::optional<RowNorm> query_norm_;
  std::optional<RowNorm> key_norm_;
  std::optional<LinearBiases> biases_;
  PackedLinear queries_;
  PackedLinear keys_values_;
  PackedLinear output_;
  const Kernels* kernels_;
};

std::size_t rotary_index(const ModelSpec& spec, const std::string& name) {
  return static_cast<std::size_t>(std::distance(spec.ropes.begin(), spec.ropes.find(name)));
}

AttentionShape shape_of(const AttentionFields& fields, const ModelSpec& spec) {
  AttentionShape shape{.heads = fields.heads,
                       .kv_heads = fields.kv_heads,
                       .qk_dim = fields.qk_dim,
                       .v_dim = fields.v_dim,
                       .window = fields.window.value_or(0),
                       .scale = static_cast<float>(fields.scale),
                       .softcap = static_cast<float>(fields.softcap.value_or(0))};
  if (fields.rope) {
    const RopeSpec& rope = spec.ropes.at(*fields.rope);
    shape.rotary_dims = rope.dims;
    shape.interleaved = rope.layout == "interleaved";
  }
  return shape;
}

Attention::Attention(const Step& step, const LayerSource& source)
    : kernels_(source.back_end.kernels) {
  const auto& fields = std::get<AttentionFields>(step.fields);
  shape_ = shape_of(fields, source.spec);
  if (fields.rope) rotary_ = rotary_index(source.spec, *fields.rope);
  if (fields.qk_norm) {
    const NormFields& norm = fields.qk_norm->norm;
    query_norm_.emplace(norm, source.weights(step.role + ".q_norm"), *kernels_);
    key_norm_.emplace(norm, source.weights(step.role + ".k_norm"), *kernels_);
    norms_turned_ = rotary_ && fields.qk_norm->order == "after_rope";
  }
  if (fields.alibi) biases_.emplace(*fields.alibi, fields.heads, fields.scale);
  queries_ = read_linear(source, {step.role + ".q"});
  keys_values_ = read_linear(source, {step.role + ".k", step.role + ".v"});
  output_ = read_linear(source, {step.role + ".o"});
}

// Normalises the first `width` numbers of each row in place, `norm.width()` at a time: a head, or
// all of them.
void normalise(const RowNorm& norm, at::Tensor& rows, int64_t width) {
  float* x = rows.mutable_data_ptr<float>();
  for (int64_t row = 0; row < rows.size(0); ++row) {
    for (int64_t begin = 0; begin < width; begin += norm.width()) {
      norm.apply(x + row * rows.size(1) + begin, x + row * rows.size(1) + begin);
    }
  }
}

void Attention::normalise_queries_keys(at::Tensor& queries, at::Tensor& keys_values) const {
  normalise(*query_norm_, queries, queries.size(1));
  normalise(*key_norm_, keys_values, shape_.kv_heads * shape_.qk_dim);
}

// A copy whose first `heads` heads of each row are turned by the row's position: what the kernel
// does on its way, for a norm that comes between.
at::Tensor Attention::turned(const LayerInput& input,
                             const BatchRows& rows,
                             const at::Tensor& heads_of_rows,
                             int64_t heads) const {
  at::Tensor result = heads_of_rows.clone();
  const int64_t stride = heads_of_rows.size(1), half = shape_.rotary_dims / 2;
  for (std::size_t w = 0; w + 1 < rows.window_begin.size(); ++w) {
    const int64_t num_tokens = input.batch.offsets[w + 1] - input.batch.offsets[w];
    const RotaryAngles& angles = input.rotary[*rotary_].of_window(num_tokens);
    for (int64_t row = rows.window_begin[w]; row < rows.window_begin[w + 1]; ++row) {
      const int64_t first = rows.position[static_cast<std::size_t>(row)] * half;
      for (int64_t head = 0; head < heads; ++head) {
        const int64_t begin = row * stride + head * shape_.qk_dim;
        kernels_->rotate(shape_,
                         angles.cosines.const_data_ptr<float>() + first,
                         angles.sines.const_data_ptr<float>() + first,
                         heads_of_rows.const_data_ptr<float>() + begin,
                         result.mutable_data_ptr<float>() + begin);
      }
    }
  }
  return result;
}

at::Tensor Attention::attend(const LayerInput& input,
                             const at::Tensor& queries,
                             const at::Tensor& keys_values) const {
  const BatchLayout& batch = input.batch;
  const BatchRows& rows = input.rows;
  AttentionShape shape = shape_;
  if (norms_turned_) shape.rotary_dims = 0;  // done
  at::Tensor result = at::empty({rows.size(), shape_.heads * shape_.v_dim}, queries.options());
  const auto scratch =
      at::empty({kernels_->attention_scratch(shape, batch.longest)}, queries.options());
  const BiasTable biases = biases_ ? biases_->table(batch.longest) : BiasTable();
  AttentionWindow window{.query_stride = queries.size(1),
                         .key_value_stride = keys_values.size(1),
                         .result_stride = result.size(1),
                         .scratch = scratch.mutable_data_ptr<float>()};
  if (biases_) {
    window.biases = biases.values.const_data_ptr<float>();
    window.bias_stride = biases.values.size(1);
    window.bias_origin = biases.origin;
    window.bias_step = biases.step;
  }
  for (std::size_t w = 0; w + 1 < batch.offsets.size(); ++w) {
    const int64_t begin = rows.window_begin[w];
    window.num_queries = rows.window_begin[w + 1] - begin;
    if (window.num_queries == 0) continue;
    window.queries = queries.const_data_ptr<float>() + begin * queries.size(1);
    window.positions = rows.position.data() + begin;
    window.num_keys = batch.offsets[w + 1] - batch.offsets[w];
    if (rotary_) {
      const RotaryAngles& angles = input.rotary[*rotary_].of_window(window.num_keys);
      window.cosines = angles.cosines.const_data_ptr<float>();
      window.sines = angles.sines.const_data_ptr<float>();
    }
    window.keys = keys_values.const_data_ptr<float>() + batch.offsets[w] * keys_values.size(1);
    window.values = window.keys + shape_.kv_heads * shape_.qk_dim;
    window.result = result.mutable_data_ptr<float>() + begin * result.size(1);
    kernels_->attention(shape, window);
  }
  return result;
}

at::Tensor Attention::forward(const LayerInput& input) const {
  const at::Tensor& x = input.read[0];
  const bool has_all_rows = input.rows.size() == x.size(0);
  at::Tensor queries = queries_(has_all_rows ? x : x.index_select(0, input.rows.index));
  at::Tensor keys_values = keys_values_(x);
  if (norms_turned_) {
    queries = turned(input, input.rows, queries, shape_.heads);
    keys_values = turned(input, input.batch.all, keys_values, shape_.kv_heads);
  }
  if (query_norm_) normalise_queries_keys(queries, keys_values);
  return output_(attend(input, queries, keys_values));
}

void check_qk_norm(const Step& step, const AttentionFields& fields) {
  const QkNorm& qk_norm = *fields.qk_norm;
  check_norm_kind(qk_norm.norm, step.where + ".qk_norm");
  if (qk_norm.norm.span != "head" && qk_norm.norm.span != "projection") {
    refuse_step(step,
                text("qk_norm of span \"{}\"", qk_norm.norm.span),
                "one of head, projection is wanted");
  }
  if (qk_norm.order != "before_rope" && qk_norm.order != "after_rope") {
    refuse_step(step,
                text("qk_norm of order \"{}\"", qk_norm.order),
                "one of before_rope, after_rope is wanted");
  }
}

}  // namespace

void check_attention(const Step& step, const ModelSpec& spec) {
  const auto& fields = std::get<AttentionFields>(step.fields);
  if (!fields.others.empty()) {
    refuse_step(step, text("attention with {}", join(fields.others, ", ")), "null is wanted");
  }
  if (!fields.causal) refuse_step(step, "attention that is not causal", "causal is wanted");
  if (fields.heads < 1 || fields.kv_heads < 1 || fields.heads % fields.kv_heads != 0) {
    refuse_step(step,
                text("attention with {} heads and {} kv_heads", fields.heads, fields.kv_heads),
                "kv_heads that divide the heads are wanted");
  }
  if (fields.qk_dim < 1 || fields.v_dim < 1) {
    refuse_step(step,
                text("attention with qk_dim {} and v_dim {}", fields.qk_dim, fields.v_dim),
                "1 or more is wanted");
  }
  if (fields.window && *fields.window < 1) {
    refuse_step(step, text("attention with window {}", *fields.window), "1 or more is wanted");
  }
  if (fields.softcap && !(*fields.softcap > 0)) {
    refuse_step(
        step, text("attention with softcap {}", *fields.softcap), "a positive one is wanted");
  }
  if (fields.qk_norm) check_qk_norm(step, fields);
  if (fields.alibi) check_linear_biases(*fields.alibi, step.where + ".alibi");
  if (!fields.rope) return;
  const auto rope = spec.ropes.find(*fields.rope);
  if (rope == spec.ropes.end()) {
    refuse_step(
        step, text("attention with rope \"{}\"", *fields.rope), "a name in ropes is wanted");
  }
  if (rope->second.dims > fields.qk_dim) {
    refuse_step(step,
                text("rope of {} dims in heads of {}", rope->second.dims, fields.qk_dim),
                "no more than the head has are wanted");
  }
}

std::unique_ptr<Layer> make_attention(const Step& step, const LayerSource& source) {
  return std::make_unique<Attention>(step, source);
}

}  // namespace lockstep
