// What the Gemma generations share: norms stored as 1 + w, and a scale of the scores that is not stored unless it is
// unusual.
local gguf = import 'gguf.libsonnet';

// `large`: the number of layers of the one size whose scale is that of width / heads (llama.cpp, src/models/gemma*.cpp).
function(metadata, tensors, large) gguf(metadata, tensors) {
  local s = self,
  defaults+:: {
    'attention.layer_norm_rms_epsilon': null,
    'attention.scale': null,
    'attention.sliding_window': null,
    attn_logit_softcapping: null,
    final_logit_softcapping: null,
  },
  norm_ops:: [{ op: 'subtract_one' }],
  local scale = s.get('attention.scale'),
  query_pre_attn_scalar::
    if scale != null then 1 / (scale * scale)
    else if s.need('block_count') == large then s.need('embedding_length') / s.heads
    else s.head_dim,
  config+: {
    rms_norm_eps: s.need('attention.layer_norm_rms_epsilon'),
    attention_bias: s.has_tensor('blk.0.attn_q.bias'),
  },
  // Norms behind attention and feed-forward, from the second generation on.
  sandwich:: {
    post_attention_norm: s.norm('post_attention_layernorm'),
    ffn_norm: s.norm('pre_feedforward_layernorm'),
    post_ffw_norm: s.norm('post_feedforward_layernorm'),
  },
}
