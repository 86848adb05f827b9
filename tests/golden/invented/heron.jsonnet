// Heron, which does not exist. Every third layer runs attention and feed-forward side by side on its input and the
// embedding; the others add each branch scaled. Every other layer sees a window. Half of each head is turned, in pairs.
local decoder = import 'lib/decoder.libsonnet';
local rope = import 'lib/rope.libsonnet';
local steps = import 'lib/steps.libsonnet';
local tensors = import 'lib/tensors.libsonnet';

function(config) decoder(config) {
  local s = self,
  local c = self.c,

  // The configuration: defaults of absent keys, keys that change no number, and what is refused.
  defaults+:: { branch_scale: 1.0, logit_cap: null, norm_eps: 1e-5, parallel_every: 3, reach: null, rotary_fraction: 0.5 },
  ignored+:: ['dropout'],
  assert c.parallel_every >= 1 : 'heron with parallel_every ' + c.parallel_every + '; 1 or more is wanted',

  // The layers: kinds, and which kind layer i (from 0) is of.
  kinds:: {
    serial: { is_parallel: false, window: null },
    serial_near: { is_parallel: false, window: c.reach },
    parallel: { is_parallel: true, window: null },
    parallel_near: { is_parallel: true, window: c.reach },
  },
  kind_of(i):: (if (i + 1) % c.parallel_every == 0 then 'parallel' else 'serial') + (if i % 2 == 1 then '_near' else ''),

  // The formulas, by name and number. attention(kind) has heads, kv_heads, qk_dim and window already.
  norm:: { kind: 'rms_1p', eps: c.norm_eps },
  local layer_norm = { kind: 'layer', eps: c.norm_eps },
  ropes: { default: rope.resolve(c, s.head_dim, layout='interleaved', partial_keys=['rotary_fraction']) },
  attention(kind):: super.attention(kind) {
    scale: 1.0 / s.head_dim,
    qk_norm: layer_norm { span: 'projection', order: 'before_rope' },
  },
  ffn(kind):: { form: 'plain', act: 'relu2', size: c.intermediate_size },

  // The wiring: steps over named registers. x is the stream on entry and on exit; embedding is what entered the first layer.
  program(kind)::
    local attend(read, write) = steps.attention('mixer', read, write, s.attention(kind));
    local think(read, write) = steps.ffn('ffn', read, write, s.ffn(kind));
    if kind.is_parallel then [
      steps.add(['x', 'embedding'], 'n'),
      steps.norm('mixer_norm', 'n', 'n', s.norm),
      attend('n', 'a'),
      think('n', 'f'),
      steps.add(['x', 'a', 'f'], 'x'),
    ] else [
      steps.norm('mixer_norm', 'x', 'n', s.norm),
      attend('n', 'a'),
      steps.scale('a', 'a', c.branch_scale),
      steps.add(['x', 'a'], 'x'),
      steps.norm('ffn_norm', 'x', 'n', s.norm),
      think('n', 'f'),
      steps.scale('f', 'f', c.branch_scale),
      steps.add(['x', 'f'], 'x'),
    ],
  embed: [steps.embed('embed.token', 'x'), steps.norm('embed.norm', 'x', 'x', layer_norm)],
  head: super.head + (if c.logit_cap == null then [] else [steps.softcap('logits', 'logits', c.logit_cap)]),

  // The names in the checkpoint: a module has a weight, and a bias if there is one or biased() wants it; {i} is the layer.
  block_tensors(kind)::
    {
      mixer_norm: 'floor.{i}.listen',
      'mixer.o': 'floor.{i}.look.out',
      'mixer.q_norm': 'floor.{i}.look.q_scale',
      'mixer.k_norm': 'floor.{i}.look.k_scale',
      'ffn.up': tensors.transposed('floor.{i}.think.wide'),
      'ffn.down': tensors.transposed('floor.{i}.think.narrow'),
    }
    + tensors.each_biased(tensors.fused_qkv('mixer', 'floor.{i}.look.qkv', 'grouped', s.heads, s.kv_heads, s.head_dim), true)
    + (if kind.is_parallel then {} else { ffn_norm: 'floor.{i}.ponder' }),
  prefixes: ['heron.'],
  tensors: {
    'embed.token': 'feathers',
    'embed.norm': 'first',
    final_norm: 'last',
    head: '/beak',  // a leading slash: no prefix
  },
  ignore: ['*.clock'],  // stored, but nothing that is computed reads it
}
