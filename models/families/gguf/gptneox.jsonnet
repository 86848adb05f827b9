// general.architecture 'gptneox': GPT-NeoX, Pythia. The converter puts the rows of q, k and v of all heads together; the
// family wants them head by head.
local gguf = import 'lib/gguf.libsonnet';

function(metadata, tensors) {
  local file = gguf(metadata, tensors) {
    local s = self,
    defaults+:: { 'attention.layer_norm_epsilon': null, use_parallel_residual: true },
    model_type:: 'gpt_neox',
    layer_prefix:: 'gpt_neox.layers.{i}.',
    outside:: {
      token_embd: { to: 'gpt_neox.embed_in' },
      output_norm: { to: 'gpt_neox.final_layer_norm' },
      output: { to: 'embed_out' },
    },
    block:: {
      attn_norm: { to: 'input_layernorm' },
      attn_qkv: { to: 'attention.query_key_value', ops: [{ op: 'by_head', heads: s.heads, parts: 3 }] },
      attn_output: { to: 'attention.dense' },
      ffn_norm: { to: 'post_attention_layernorm' },
      ffn_up: { to: 'mlp.dense_h_to_4h' },
      ffn_down: { to: 'mlp.dense_4h_to_h' },
    },
    config+: {
      layer_norm_eps: s.need('attention.layer_norm_epsilon'),
      use_parallel_residual: s.get('use_parallel_residual'),
      rotary_emb_base: s.get('rope.freq_base'),
      rotary_pct: if s.partial_rotary_factor == null then 1 else s.partial_rotary_factor,
      attention_bias: s.has_tensor('blk.0.attn_qkv.bias'),
    },
  },
  // What GPT-NeoX calls otherwise, or has no word for.
  local others = ['head_dim', 'num_key_value_heads', 'partial_rotary_factor', 'rope_theta'],
  config: { [key]: file.config[key] for key in std.objectFields(file.config) if std.count(others, key) == 0 },
  tensors: file.tensors,
}
