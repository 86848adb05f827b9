// general.architecture 'qwen3': Qwen2 with norms of queries and keys.
local gguf = import 'lib/gguf.libsonnet';

function(metadata, tensors) gguf(metadata, tensors) {
  local s = self,
  defaults+:: { 'attention.layer_norm_rms_epsilon': null },
  model_type:: 'qwen3',
  config+: {
    rms_norm_eps: s.need('attention.layer_norm_rms_epsilon'),
    attention_bias: s.has_tensor('blk.0.attn_q.bias'),
  },
  block+:: { attn_q_norm: s.norm('self_attn.q_norm'), attn_k_norm: s.norm('self_attn.k_norm') },
}
