// general.architecture 'gpt2': the converter turns the weights, which the family wants as x @ W.
local gguf = import 'lib/gguf.libsonnet';

function(metadata, tensors) {
  local file = gguf(metadata, tensors) {
    local s = self,
    defaults+:: { 'attention.layer_norm_epsilon': null },
    model_type:: 'gpt2',
    layer_prefix:: 'transformer.h.{i}.',
    outside:: {
      token_embd: { to: 'transformer.wte' },
      position_embd: { to: 'transformer.wpe' },
      output_norm: { to: 'transformer.ln_f' },
      output: { to: 'lm_head' },
    },
    local turned(name) = { to: name, ops: [{ op: 'transpose' }] },
    block:: {
      attn_norm: { to: 'ln_1' },
      attn_qkv: turned('attn.c_attn'),
      attn_output: turned('attn.c_proj'),
      ffn_norm: { to: 'ln_2' },
      ffn_up: turned('mlp.c_fc'),
      ffn_down: turned('mlp.c_proj'),
    },
    config+: { n_inner: s.same('feed_forward_length'), layer_norm_epsilon: s.need('attention.layer_norm_epsilon') },
  },
  // What GPT-2 has no word for.
  local others = ['head_dim', 'intermediate_size', 'num_key_value_heads', 'partial_rotary_factor', 'rope_scaling', 'rope_theta'],
  config: { [key]: file.config[key] for key in std.objectFields(file.config) if std.count(others, key) == 0 },
  tensors: file.tensors,
}
