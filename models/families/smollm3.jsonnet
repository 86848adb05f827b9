// SmolLM3: Llama without rotary positions in every fourth layer, where a window may be asked for instead.
// Models: HuggingFaceTB/SmolLM3-3B
local llama = import 'llama.jsonnet';

function(config) llama(config) {
  local c = self.c,
  defaults+:: {
    num_key_value_heads: 4,
    rope_theta: 2000000.0,
    no_rope_layers: null,  // 1 for a layer with rotary positions, 0 for one without
    no_rope_layer_interval: 4,
    layer_types: null,
    use_sliding_window: false,
    sliding_window: null,
    pad_token_id: 128004,
    tie_word_embeddings: true,
  },
  ignored+:: ['max_window_layers'],
  local has_rope(i) =
    if c.no_rope_layers != null then c.no_rope_layers[i] != 0
    else (i + 1) % c.no_rope_layer_interval != 0,
  local has_window(i) =
    if c.layer_types != null then { full_attention: false, sliding_attention: true }[c.layer_types[i]]
    else c.use_sliding_window && c.sliding_window != null && !has_rope(i),
  local window = if c.sliding_window == null then error 'layer_types has sliding_attention, but sliding_window is null' else c.sliding_window,
  kinds:: {
    rope: { rope: 'default', window: null },
    rope_window: { rope: 'default', window: window },
    no_rope: { rope: null, window: null },
    no_rope_window: { rope: null, window: window },
  },
  kind_of(i):: (if has_rope(i) then 'rope' else 'no_rope') + (if has_window(i) then '_window' else ''),
  attention(kind):: super.attention(kind) { rope: kind.rope },
}
