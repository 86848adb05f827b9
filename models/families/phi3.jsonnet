// Phi-3, 3.5, 4 and Phi-4-mini: Llama with fused projections, LongRoPE and a sliding window where config.json has them.
// Models: microsoft/Phi-3-mini-4k-instruct, Phi-3.5-mini-instruct, phi-4, Phi-4-mini-instruct
local rope = import 'lib/rope.libsonnet';
local tensors = import 'lib/tensors.libsonnet';
local llama = import 'llama.jsonnet';

function(config) llama(config) {
  local s = self,
  local c = self.c,
  defaults+:: { rms_norm_eps: 1e-5, original_max_position_embeddings: 4096, pad_token_id: 32000, sliding_window: null },
  attention_bias:: false,
  ffn_bias:: false,
  // Keys of published files that the class does not read; a bias of the head would be a tensor that nothing uses.
  ignored+:: ['embd_pdrop', 'full_attn_mod', 'interpolate_factor', 'lm_head_bias', 'resid_pdrop'],
  kinds:: { block: { window: c.sliding_window } },
  // The first files said su or yarn for what became longrope.
  local p = rope.parameters(c),
  local type = if std.objectHas(p, 'rope_type') then p.rope_type else if std.objectHas(p, 'type') then p.type else 'default',
  local parameters = p { rope_type: if type == 'su' || type == 'yarn' then 'longrope' else type },
  ropes: { default: rope.resolve(c, s.head_dim, parameters=parameters) },
  rope_keys:: [
    path
    for name in ['rope_scaling', 'rope_parameters']
    if std.isObject(c[name])
    for path in rope.known(name, c[name] + (if c[name] == p then parameters else {}))
  ],
  block_tensors(kind)::
    super.block_tensors(kind)
    + tensors.each_biased(
      tensors.fused_qkv('mixer', 'layers.{i}.self_attn.qkv_proj', 'blocks', s.heads, s.kv_heads, s.head_dim)
      + tensors.chunks('ffn', 'layers.{i}.mlp.gate_up_proj', ['gate', 'up']),
      false
    ),
}
