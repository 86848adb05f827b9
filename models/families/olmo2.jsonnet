// OLMo 2: Llama with norms after attention and feed-forward instead of before, and over all of q and all of k.
// Models: allenai/OLMo-2-0425-1B, OLMo-2-1124-7B
local wirings = import 'lib/wirings.libsonnet';
local llama = import 'llama.jsonnet';

function(config) llama(config) {
  local s = self,
  local c = self.c,
  defaults+:: { rms_norm_eps: 1e-5, pad_token_id: 1 },
  norm:: { kind: 'rms_w_fp32', eps: c.rms_norm_eps },
  wiring:: wirings.output,
  attention(kind):: super.attention(kind) { qk_norm: s.norm { span: 'projection', order: 'before_rope' } },
  block_tensors(kind)::
    local llamas = super.block_tensors(kind);
    { [role]: llamas[role] for role in std.objectFields(llamas) if role != 'mixer_norm' && role != 'ffn_norm' } + {
      mixer_post_norm: 'layers.{i}.post_attention_layernorm',
      ffn_post_norm: 'layers.{i}.post_feedforward_layernorm',
      'mixer.q_norm': 'layers.{i}.self_attn.q_norm',
      'mixer.k_norm': 'layers.{i}.self_attn.k_norm',
    },
}
