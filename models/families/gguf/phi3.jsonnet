// general.architecture 'phi3': Phi-3, 3.5, 4 and Phi-4-mini. q, k and v are fused, gate and up too; LongRoPE's factors are
// tensors.
local gguf = import 'lib/gguf.libsonnet';

function(metadata, tensors) gguf(metadata, tensors) {
  local s = self,
  defaults+:: {
    'attention.layer_norm_rms_epsilon': null,
    // Files older than this key are of models with a window (llama.cpp, src/models/phi3.cpp).
    'attention.sliding_window': if s.need('context_length') == 4096 && std.count([32, 40], s.need('block_count')) > 0 then 2047,
    'rope.scaling.attn_factor': null,
  },
  model_type:: 'phi3',
  rope_scaling::
    if !s.has_tensor('rope_factors_long.weight') then super.rope_scaling
    else {
      rope_type: 'longrope',
      short_factor: { tensor: 'rope_factors_short.weight' },
      long_factor: { tensor: 'rope_factors_long.weight' },
      [if s.get('rope.scaling.attn_factor') != null then 'attention_factor']: s.get('rope.scaling.attn_factor'),
    },
  config+: {
    rms_norm_eps: s.need('attention.layer_norm_rms_epsilon'),
    sliding_window: s.sliding_window,
    [if s.get('rope.scaling.original_context_length') != null then 'original_max_position_embeddings']:
      s.get('rope.scaling.original_context_length'),
  },
  block:: {
    attn_norm: s.norm('input_layernorm'),
    attn_qkv: { to: 'self_attn.qkv_proj' },
    attn_output: { to: 'self_attn.o_proj' },
    ffn_norm: s.norm('post_attention_layernorm'),
    ffn_up: { to: 'mlp.gate_up_proj' },
    ffn_down: { to: 'mlp.down_proj' },
  },
}
