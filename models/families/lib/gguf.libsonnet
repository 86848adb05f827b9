// A GGUF file seen as a Hugging Face folder: what most architectures share. gguf/<architecture>.jsonnet is
// gguf(metadata, tensors) { overrides }; the key table is llama.cpp's (gguf-py/gguf/constants.py).
//   metadata: every scalar and short array of the file, by key; tensors: the file's tensors, name -> shape.
//   result: config (what config.json would say; { tensor: name } there is the values of that tensor) and tensors (GGUF
//   module name, {i} a layer number -> Hugging Face module name and the operations that undo the converter's).
function(metadata, tensors) {
  local s = self,
  local prefix = metadata['general.architecture'] + '.',

  // Every key of the architecture that is read here or that changes no number; null is its default.
  defaults:: {
    block_count: null,
    context_length: null,
    embedding_length: null,
    feed_forward_length: null,
    vocab_size: if std.objectHas(tensors, 'token_embd.weight') then tensors['token_embd.weight'][0] else null,
    'attention.head_count': null,
    'attention.head_count_kv': null,
    'attention.key_length': null,
    'attention.value_length': null,
    'rope.dimension_count': null,
    'rope.freq_base': 10000.0,
    'rope.scaling.type': 'none',
    'rope.scaling.factor': null,
    'rope.scaling.original_context_length': null,
    'rope.scaling.finetuned': null,
  },
  get(key):: if std.objectHas(metadata, prefix + key) then metadata[prefix + key] else s.defaults[key],
  need(key):: if s.get(key) == null then error 'GGUF metadata lacks ' + prefix + key else s.get(key),
  // A number, or an array with one number a layer, which must be equal here.
  same(key)::
    local value = s.need(key);
    if !std.isArray(value) then value
    else if std.length(std.set(value)) == 1 then value[0]
    else error prefix + key + ' differs from layer to layer, which is not supported',
  has_tensor(name):: std.objectHas(tensors, name),

  model_type:: error 'an architecture without model_type',
  heads:: s.same('attention.head_count'),
  kv_heads:: if s.get('attention.head_count_kv') == null then s.heads else s.same('attention.head_count_kv'),
  head_dim::
    local key_length = s.get('attention.key_length');
    local value_length = s.get('attention.value_length');
    local dim = if key_length == null then s.need('embedding_length') / s.heads else key_length;
    assert value_length == null || value_length == dim :
           prefix + 'attention.value_length differs from key_length, which is not supported';
    dim,
  partial_rotary_factor::
    local dims = s.get('rope.dimension_count');
    // the half keeps the product with head_dim from falling below dims
    if dims == null || dims == s.head_dim then null else (dims + 0.5) / s.head_dim,
  rope_scaling::
    local type = s.get('rope.scaling.type');
    local original = s.get('rope.scaling.original_context_length');
    if type == 'none' then null
    else { rope_type: type, factor: s.need('rope.scaling.factor') } +
         (if original == null then {} else { original_max_position_embeddings: original }),
  // Of a length of the window that every layer has, or of null.
  sliding_window::
    local window = s.get('attention.sliding_window');
    if window == 0 then null else window,

  config: {
    model_type: s.model_type,
    hidden_size: s.need('embedding_length'),
    intermediate_size: s.same('feed_forward_length'),
    num_hidden_layers: s.need('block_count'),
    num_attention_heads: s.heads,
    num_key_value_heads: s.kv_heads,
    head_dim: s.head_dim,
    max_position_embeddings: s.need('context_length'),
    vocab_size: s.need('vocab_size'),
    rope_theta: s.get('rope.freq_base'),
    rope_scaling: s.rope_scaling,
    partial_rotary_factor: s.partial_rotary_factor,
    tie_word_embeddings: !s.has_tensor('output.weight'),
  } + {
    // Keys of the architecture that nothing here reads go through under their own names: the family reports them.
    [key]: metadata[key]
    for key in std.objectFields(metadata)
    if std.startsWith(key, prefix) && !std.objectHas(s.defaults, std.substr(key, std.length(prefix), std.length(key)))
  },

  // The operations on the rows of q and k, and on the norms, that undo the converter's.
  q_ops:: [],
  k_ops:: [],
  norm_ops:: [],
  local module(name, ops) = { to: name } + (if ops == [] then {} else { ops: ops }),
  norm(name):: module(name, s.norm_ops),
  outside:: {
    token_embd: { to: 'model.embed_tokens' },
    output_norm: s.norm('model.norm'),
    output: { to: 'lm_head' },
  },
  // Hugging Face's modules of a layer.
  block:: {
    attn_norm: s.norm('input_layernorm'),
    attn_q: module('self_attn.q_proj', s.q_ops),
    attn_k: module('self_attn.k_proj', s.k_ops),
    attn_v: { to: 'self_attn.v_proj' },
    attn_output: { to: 'self_attn.o_proj' },
    ffn_norm: s.norm('post_attention_layernorm'),
    ffn_gate: { to: 'mlp.gate_proj' },
    ffn_up: { to: 'mlp.up_proj' },
    ffn_down: { to: 'mlp.down_proj' },
  },
  layer_prefix:: 'model.layers.{i}.',
  tensors: s.outside + {
    ['blk.{i}.' + name]: s.block[name] { to: s.layer_prefix + super.to }
    for name in std.objectFields(s.block)
  },
}
