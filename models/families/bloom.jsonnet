// BLOOM: LayerNorm, also after the embedding, linear biases instead of positions, fused q, k, v for each head.
// Models: bigscience/bloom-560m to bloom
local decoder = import 'lib/decoder.libsonnet';
local steps = import 'lib/steps.libsonnet';
local tensors = import 'lib/tensors.libsonnet';

function(config) decoder(config) {
  local s = self,
  local c = self.c,
  defaults+:: {
    hidden_size: if std.objectHas(config, 'n_embed') then config.n_embed else 64,
    n_layer: 2,
    n_head: 8,
    layer_norm_epsilon: 1e-5,
    tie_word_embeddings: true,
    apply_residual_connection_post_layernorm: false,
    slow_but_exact: false,
    // No limit: the biases go on. The other sizes follow from these.
    max_position_embeddings: null,
    num_hidden_layers: self.n_layer,
    num_attention_heads: self.n_head,
    intermediate_size: 4 * self.hidden_size,
    vocab_size: 250880,
  },
  ignored+:: [
    'attention_softmax_in_fp32',
    'bias_dropout_fusion',
    'hidden_dropout',
    'masked_softmax_fusion',
    'n_embed',
    'n_inner',
    'offset_alibi',
    'seq_length',
    'skip_bias_add',
    'skip_bias_add_qkv',
  ],
  norm:: { kind: 'layer', eps: c.layer_norm_epsilon },
  // transformers keeps the norm's output instead of the stream where the config says so.
  wiring:: if c.apply_residual_connection_post_layernorm then function(b) [
    steps.norm('mixer_norm', 'x', 'x', b.norm),
    b.mixer('x', 'm'),
    steps.add(['x', 'm'], 'x'),
    steps.norm('ffn_norm', 'x', 'x', b.norm),
    b.ffn('x', 'f'),
    steps.add(['x', 'f'], 'x'),
  ] else super.wiring,
  attention(kind):: super.attention(kind) {
    rope: null,
    alibi: { slopes: 'bloom', max_bias: 8, scaled: false, round: null },
  },
  ffn(kind):: { form: 'plain', act: 'gelu_new', size: c.intermediate_size },
  ropes: {},
  block_tensors(kind):: tensors.each_biased({
    mixer_norm: 'h.{i}.input_layernorm',
    'mixer.o': 'h.{i}.self_attention.dense',
    ffn_norm: 'h.{i}.post_attention_layernorm',
    'ffn.up': 'h.{i}.mlp.dense_h_to_4h',
    'ffn.down': 'h.{i}.mlp.dense_4h_to_h',
  } + tensors.fused_qkv('mixer', 'h.{i}.self_attention.query_key_value', 'per_head', s.heads, s.heads, s.head_dim), true),
  embed: super.embed + [steps.norm('embed.norm', 'x', 'x', s.norm)],
  prefixes: ['transformer.', ''],
  tensors: {
    'embed.token': 'word_embeddings',
    'embed.norm': tensors.biased('word_embeddings_layernorm', true),
    final_norm: tensors.biased('ln_f', true),
    head: tensors.biased('/lm_head', false),
  },
  init+: { zero_rows: [] },
}
