// GPT-2 (small to XL) and what was made of it: learned positions, LayerNorm, one fused projection of q, k and v, weights
// stored as x @ W.
// Models: openai-community/gpt2, gpt2-xl; distilbert/distilgpt2
local decoder = import 'lib/decoder.libsonnet';
local steps = import 'lib/steps.libsonnet';
local tensors = import 'lib/tensors.libsonnet';

// What GPT-2 calls the sizes; a config.json may use the general name as well (attribute_map of transformers).
local names = {
  hidden_size: 'n_embd',
  max_position_embeddings: 'n_positions',
  num_attention_heads: 'n_head',
  num_hidden_layers: 'n_layer',
};
local by_own_names(config) = { [names[key]]: config[key] for key in std.objectFields(names) if std.objectHas(config, key) } + config;

function(config) decoder(config) {
  local s = self,
  local c = self.c,
  defaults:: {
    activation_function: 'gelu_new',
    add_cross_attention: false,
    initializer_range: 0.02,
    layer_norm_epsilon: 1e-5,
    n_inner: null,
    pad_token_id: null,
    scale_attn_by_inverse_layer_idx: false,
    scale_attn_weights: true,
    tie_word_embeddings: true,
  },
  required:: std.objectValues(names) + ['vocab_size'],
  ignored+:: std.objectFields(names) + [
    'attn_pdrop',
    'embd_pdrop',
    'gradient_checkpointing',
    'n_ctx',  // n_positions under its first name
    'output_past',
    'reorder_and_upcast_attn',  // the order of a product and a scaling in half precision
    'resid_pdrop',
    'summary_activation',
    'summary_first_dropout',
    'summary_proj_to_labels',
    'summary_type',
    'summary_use_proj',
    'task_specific_params',
  ],
  c:: s.defaults + by_own_names(config) + { [key]: self[names[key]] for key in std.objectFields(names) },
  assert c.add_cross_attention != true : 'gpt2 with add_cross_attention is not supported',
  norm:: { kind: 'layer', eps: c.layer_norm_epsilon },
  heads:: c.n_head,
  kv_heads:: c.n_head,
  head_dim:: c.n_embd / c.n_head,
  act:: c.activation_function,
  local scale = if c.scale_attn_weights then std.pow(s.head_dim, -0.5) else 1,
  kinds::
    if c.scale_attn_by_inverse_layer_idx then { ['block_' + i]: { scale: scale / (i + 1) } for i in std.range(0, c.n_layer - 1) }
    else { block: { scale: scale } },
  kind_of(i):: if c.scale_attn_by_inverse_layer_idx then 'block_' + i else 'block',
  attention(kind):: { heads: s.heads, qk_dim: s.head_dim, scale: kind.scale, rope: null },
  ffn(kind):: { form: 'plain', act: s.act, size: if c.n_inner == null then 4 * c.n_embd else c.n_inner },
  ropes: {},
  embed: [steps.embed('embed.token', 'x'), steps.position('embed.position', 'x', 'x')],
  block_tensors(kind):: tensors.each_biased({
    mixer_norm: 'h.{i}.ln_1',
    'mixer.o': tensors.transposed('h.{i}.attn.c_proj'),
    ffn_norm: 'h.{i}.ln_2',
    'ffn.up': tensors.transposed('h.{i}.mlp.c_fc'),
    'ffn.down': tensors.transposed('h.{i}.mlp.c_proj'),
  } + tensors.transposed_fused_qkv('mixer', 'h.{i}.attn.c_attn', 'blocks', s.heads, s.heads, s.head_dim), true),
  prefixes: ['transformer.', ''],
  tensors: {
    'embed.token': 'wte',
    'embed.position': 'wpe',
    final_norm: tensors.biased('ln_f', true),
    head: tensors.biased('/lm_head', false),
  },
  ignore: ['*.attn.bias', '*.attn.masked_bias'],  // the causal mask
  // Both projections onto the residual stream begin smaller, by the number of them.
  local residual = s.init.std / std.sqrt(2 * c.n_layer),
  init+: { roles: { 'mixer.o': residual, 'ffn.down': residual }, zero_rows: [] },
  selfcheck: { bits_per_byte_max: 1.6 },
}
