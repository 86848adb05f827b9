// Gemma 3: Gemma 2 with norms of queries and keys, and a rope for each kind of layer.
// Models: google/gemma-3-270m, gemma-3-1b-pt
local gemma2 = import 'gemma2.jsonnet';
local rope = import 'lib/rope.libsonnet';

function(config) gemma2(config) {
  local s = self,
  local c = self.c,
  defaults+:: {
    // The classes' own sizes: published wrappers leave out what equals them.
    vocab_size: 262208,
    hidden_size: 2304,
    intermediate_size: 9216,
    num_hidden_layers: 26,
    num_attention_heads: 8,
    max_position_embeddings: 131072,
    rope_theta: 1000000.0,
    rope_local_base_freq: 10000.0,
    sliding_window_pattern: 6,
    attn_logit_softcapping: null,
    final_logit_softcapping: null,
    use_bidirectional_attention: false,
    attention_bias: false,
    rms_norm_eps: 1e-6,
  },
  ignored+:: ['_sliding_window_pattern'],
  assert c.attn_logit_softcapping == null : 'gemma3 with attn_logit_softcapping is not supported',
  kinds:: { 'local': { window: c.sliding_window, rope: 'local' }, global: { window: null, rope: 'global' } },
  kind_of(i)::
    if c.layer_types != null then { sliding_attention: 'local', full_attention: 'global' }[c.layer_types[i]]
    else if (i + 1) % c.sliding_window_pattern == 0 then 'global'
    else 'local',
  attention(kind):: super.attention(kind) {
    rope: kind.rope,
    qk_norm: { kind: 'rms_1p', eps: c.rms_norm_eps, span: 'head', order: 'before_rope' },
  },
  block_tensors(kind):: super.block_tensors(kind) {
    'mixer.q_norm': 'layers.{i}.self_attn.q_norm',
    'mixer.k_norm': 'layers.{i}.self_attn.k_norm',
  },
  // 5.x: an object for each type of layer. 4.x: rope_theta and rope_scaling are the global layers', and
  // rope_local_base_freq is the others' theta.
  local nested = if c.rope_parameters == null then {} else c.rope_parameters,
  local flat = [key for key in std.objectFields(nested) if nested[key] != null && !std.isObject(nested[key])],
  assert flat == [] : 'gemma3 with ' + std.join(', ', flat) + ' in rope_parameters beside its kinds of layers is not supported',
  local of(type) = if std.objectHas(nested, type) && nested[type] != null then nested[type] else {},
  local parameters = {
    global: of('full_attention') + (if c.rope_scaling == null then {} else c.rope_scaling),
    'local': of('sliding_attention'),
  },
  rope_keys:: (if c.rope_scaling == null then [] else rope.known('rope_scaling', c.rope_scaling)) + [
    path
    for type in ['full_attention', 'sliding_attention']
    for path in ['rope_parameters.' + type] + rope.known('rope_parameters.' + type, of(type))
  ],
  local used = std.set(s.layers),
  ropes: {
    [name]: rope.resolve(
      c,
      s.head_dim,
      theta_keys=[if name == 'local' then 'rope_local_base_freq' else 'rope_theta'],
      parameters=parameters[name]
    )
    for name in used
  },
}
