#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lockstep {

// The resolved spec of a model as plain structs: what a family file (Jsonnet) made of config.json,
// checked completely. Enumerations (norm kinds, activations, rope types) stay text here; layers/
// turns each into a formula or refuses it.

struct NormFields {
  std::string kind;  ///< layer, rms, rms_1p, ...
  double eps = 0;
  std::string span;  ///< model, head, projection
};
struct EmbedFields {};
struct PositionFields {
  std::string index;  ///< arange, ...
  int64_t offset = 0;
};
struct LinearFields {};
struct AddFields {};  ///< sums its registers left to right
struct ScaleFields {
  double by = 1;
  std::optional<std::string> round;  ///< nothing, "weight", "bfloat16"
};
struct SoftcapFields {
  double cap = 0;
};
struct QkNorm {
  NormFields norm;
  std::string order;  ///< before_rope, after_rope
};
/// Linear biases (Press et al. 2022): slope of the head times the key's position, for every model
/// up to what the softmax cannot see.
struct AlibiFields {
  std::string slopes;  ///< bloom, mpt: how they go on beyond a power of two heads
  double max_bias = 8;
  bool is_scaled = false;            ///< added before the scale, so that it holds for the bias too
  std::optional<std::string> round;  ///< nothing, or "bfloat16": slopes and biases, as Falcon does
};
struct AttentionFields {
  bool causal = true;
  int64_t heads = 0;
  int64_t kv_heads = 0;
  int64_t qk_dim = 0;
  int64_t v_dim = 0;
  double scale = 1;
  std::optional<std::string> rope;  ///< a name in ModelSpec::ropes
  std::optional<int64_t> window;    ///< keys that a query sees, itself included
  std::optional<double> softcap;
  std::optional<QkNorm> qk_norm;
  std::optional<AlibiFields> alibi;
  // Everything else that models may ask for (chunk, sinks, clip, v_norm, gate, temperature,
  // kv_from_layer, latent), by name, if it is there: layers/ refuses what it cannot do.
  std::vector<std::string> others;
};
struct FeedForwardFields {
  std::string form;  ///< gated, plain
  std::string act;
  int64_t size = 0;
  std::optional<double> clamp;
};
using StepFields = std::variant<EmbedFields,
                                PositionFields,
                                NormFields,
                                LinearFields,
                                AddFields,
                                ScaleFields,
                                SoftcapFields,
                                AttentionFields,
                                FeedForwardFields>;

/// One step of a program, compiled: registers are indices.
struct Step {
  std::string op;
  std::string role;                ///< of its weights; empty without weights
  std::vector<std::string> parts;  ///< full roles that it needs: "mixer.q", "mixer.k", ...
  std::vector<int> read;
  int write = 0;
  std::vector<int> free;  ///< registers that nobody needs after this step
  StepFields fields;
  std::string where;  ///< "blocks.local.program[2]", for messages
};

struct Program {
  std::vector<Step> steps;
  int num_registers = 0;
  int result = 0;
};

struct RopeSpec {
  std::string layout;  ///< half, interleaved
  int64_t head_dim = 0;
  int64_t dims = 0;  ///< rotary dimensions, the first of the head
  double theta = 0;
  std::string type;                       ///< default, linear, llama3, yarn, ...
  std::map<std::string, double> numbers;  ///< factor, low_freq_factor, ...; truncate as 0 or 1
  std::map<std::string, std::vector<double>> lists;  ///< short_factor, long_factor
  std::string factors_role;                          ///< role of a tensor of divisors, or empty
};

/// A change of a tensor's rows on its way in (split of a fused projection, unpermute, transpose,
/// chunk, ...).
struct TensorOp {
  std::string op;
  std::map<std::string, int64_t> numbers;    ///< heads, kv_heads, head_dim, index, of, dim
  std::map<std::string, std::string> names;  ///< layout, part
};

/// Where a role's weights come from.
struct TensorSource {
  std::vector<std::string> names;  ///< alternatives, best first; {i} stands for the layer
  bool exact = false;              ///< one bare tensor, not a module's .weight and .bias
  std::optional<bool> has_bias;    ///< of a module; nothing: where the checkpoint has one
  std::vector<TensorOp> ops;
};

struct BlockKind {
  Program program;                              ///< registers on entry: 0 is x, 1 is embedding
  std::map<std::string, TensorSource> tensors;  ///< by role
};

/// How the weights of an untrained model begin: transformers' _init_weights. Biases are 0.
struct InitSpec {
  double std = 0;                       ///< of matrices, which are normal with a mean of 0
  double norm = 1;                      ///< every weight of a norm
  std::map<std::string, double> roles;  ///< standard deviation of a matrix where it is another
  std::vector<int64_t> zero_rows;       ///< of the embedding
};

struct ModelSpec {
  std::string family;  ///< model_type
  int64_t width = 0;
  int64_t vocabulary = 0;
  std::optional<int64_t> max_positions;
  std::map<std::string, RopeSpec> ropes;
  Program embed;       ///< register 0 is ids; gives x
  Program final_norm;  ///< x to x
  Program head;        ///< x to logits
  std::map<std::string, BlockKind> blocks;
  std::vector<std::string> layers;              ///< the kind of each
  std::map<std::string, TensorSource> tensors;  ///< outside the blocks
  std::vector<std::string> prefixes;
  std::vector<std::string> ignore;  ///< glob patterns
  bool head_tied = false;
  InitSpec init;
  std::optional<double> bits_per_byte_max;  ///< of a trained model on prose, if the family says
  std::vector<std::string> hf_states;  ///< tap name of each entry that transformers 5.23 returns
  std::vector<std::string>
      unknown_keys;  ///< keys of config.json that the family does not know, "key = value"
  std::vector<std::string>
      infinite_keys;  ///< numbers of config.json that the family received as null, "key = Infinity"
  std::string canonical_json;  ///< sorted, no spaces, shortest numbers
  std::string sha256;          ///< of canonical_json

  int num_blocks() const { return static_cast<int>(layers.size()); }
};

/// Numbers of tokens beyond which the model computes a window in another way (LongRoPE's
/// original_max_positions), ascending: windows on two sides of one cannot share a pass.
std::vector<int64_t> length_borders(const ModelSpec& spec);

/// Resolves config.json by the family file of its model_type: in `folders` (the user's, best
/// first), then in the built-in one. Throws Error(kData): unknown model_type with the known ones,
/// Jsonnet's message, or the JSON path of what is wrong with the spec.
ModelSpec resolve_family(const nlohmann::json& config,
                         const std::vector<std::filesystem::path>& folders,
                         const std::string& where);

/// Compiles and checks a resolved spec (the JSON that a family evaluates to).
ModelSpec compile_spec(const nlohmann::json& spec,
                       const std::string& family,
                       const std::string& where);

/// Where the built-in families are: $LOCKSTEP_HOME/families, beside the installed program, or in
/// the source tree.
std::filesystem::path builtin_families();

}  // namespace lockstep
