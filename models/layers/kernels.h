#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// What is the same for all windows of an attention layer.
struct AttentionShape {
  int64_t heads = 0;
  int64_t kv_heads = 0;  ///< divides heads: head h reads keys and values of h / (heads / kv_heads)
  int64_t qk_dim = 0;    ///< of a query's or key's head
  int64_t v_dim = 0;     ///< of a value's head
  int64_t rotary_dims = 0;   ///< even; the first of each head; 0: no rotation
  bool interleaved = false;  ///< rotated pairs are (2j, 2j + 1), else (j, j + rotary_dims / 2)
  int64_t window = 0;        ///< keys that a query sees, itself included; 0: all before it
  float scale = 1;
  float softcap = 0;  ///< scores become softcap * tanh(score / softcap); 0: they stay
};

/// One window of a packed batch. Rows are tokens; a stride is the number of floats from one row to
/// the next.
struct AttentionWindow {
  const float* queries = nullptr;  ///< num_queries rows of heads x qk_dim
  int64_t query_stride = 0;
  const int32_t* positions = nullptr;  ///< of the queries in the window, ascending
  int64_t num_queries = 0;
  const float* keys = nullptr;    ///< num_keys rows of kv_heads x qk_dim
  const float* values = nullptr;  ///< num_keys rows of kv_heads x v_dim
  int64_t key_value_stride = 0;
  int64_t num_keys = 0;
  const float* cosines = nullptr;  ///< position x rotary_dims / 2
  const float* sines = nullptr;
  /// Added to the scaled and capped score of the key at j for the query at i:
  /// biases[head * bias_stride + bias_origin + j - bias_step * i]; none: null.
  const float* biases = nullptr;
  int64_t bias_stride = 0;
  int64_t bias_origin = 0;
  int64_t bias_step = 0;
  float* result = nullptr;  ///< num_queries rows of heads x v_dim
  int64_t result_stride = 0;
  float* scratch = nullptr;  ///< attention_scratch() floats, on a border of 64 bytes
};

/// The loops between the matrix products, compiled for one instruction set. All work on float32,
/// one row of `n` numbers at a time (attention: one window), and order their sums by n alone, so
/// that a row's result does not depend on what it is computed with. `out` may be an input.
/// Instruction sets agree to rounding.
struct Kernels {
  const char* name;  ///< "baseline", "x86-64-v3", "x86-64-v4"

  void (*add)(const float* a, const float* b, float* out, int64_t n);
  /// x / sqrt(mean(x^2) + eps) * (shift + weight) (Zhang and Sennrich 2019, eq. 4; shift 1: Gemma's
  /// weights).
  void (*rms_norm)(
      const float* x, const float* weight, float shift, float eps, float* out, int64_t n);
  /// (x - mean) / sqrt(variance + eps) * weight + bias (Ba et al. 2016, eq. 4; population
  /// variance); no bias: null.
  void (*layer_norm)(
      const float* x, const float* weight, const float* bias, float eps, float* out, int64_t n);
  /// gate / (1 + exp(-gate)) * up
  void (*silu_times)(const float* gate, const float* up, float* out, int64_t n);
  /// gelu(gate) * up in the form with tanh (Hendrycks and Gimpel 2016)
  void (*gelu_tanh_times)(const float* gate, const float* up, float* out, int64_t n);
  /// cap * tanh(x / cap)
  void (*softcap)(const float* x, float cap, float* out, int64_t n);
  /// A head of qk_dim turned by the angles of one position, whose rotary_dims / 2 cosines and sines
  /// are given (Su et al. 2021, eq. 34). `out` is not `head`.
  void (*rotate)(const AttentionShape& shape,
                 const float* cosines,
                 const float* sines,
                 const float* head,
                 float* out);
  /// Causal attention of one window (Vaswani et al. 2017, eq. 1) with rotary positions (Su et al.
  /// 2021), grouped heads (Ainslie et al. 2023), a sliding window, capped scores and biases.
  void (*attention)(const AttentionShape& shape, const AttentionWindow& window);
  /// Floats of scratch memory for windows of up to num_keys.
  int64_t (*attention_scratch)(const AttentionShape& shape, int64_t num_keys);
};

/// Those that this processor can run, best first; "baseline" is always the last.
std::vector<const Kernels*> available_kernels();

/// The best of them, or the one named by `wanted` (empty: the best). Throws Error(kCommandLine) if
/// it is not there, naming those that are.
const Kernels& choose_kernels(std::string_view wanted);

}  // namespace lockstep
