// Qwen3: Qwen2 without its biases, with a norm over each head of q and k before they are turned.
// Models: Qwen/Qwen3-0.6B to Qwen3-32B
local qwen2 = import 'qwen2.jsonnet';

function(config) qwen2(config) {
  local c = self.c,
  defaults+:: { head_dim: 128 },
  attention_bias:: c.attention_bias,
  output_bias:: c.attention_bias,
  attention(kind):: super.attention(kind) { qk_norm: { kind: 'rms', eps: c.rms_norm_eps, span: 'head', order: 'before_rope' } },
  block_tensors(kind):: super.block_tensors(kind) {
    'mixer.q_norm': 'layers.{i}.self_attn.q_norm',
    'mixer.k_norm': 'layers.{i}.self_attn.k_norm',
  },
}
