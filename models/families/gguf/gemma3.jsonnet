// general.architecture 'gemma3': the text model. The scaling of the rope is that of the layers without a window.
local gemma = import 'lib/gguf_gemma.libsonnet';

function(metadata, tensors) gemma(metadata, tensors, large=62) {
  local s = self,
  defaults+:: {
    'attention.sliding_window_pattern': 6,  // a period, or whether each layer has the window
    'rope.freq_base': 1000000.0,
    'rope.freq_base_swa': 10000.0,
  },
  model_type:: 'gemma3_text',
  local pattern = s.get('attention.sliding_window_pattern'),
  config+: {
    query_pre_attn_scalar: s.query_pre_attn_scalar,
    sliding_window: s.need('attention.sliding_window'),
    rope_local_base_freq: s.get('rope.freq_base_swa'),
    attn_logit_softcapping: s.get('attn_logit_softcapping'),
    final_logit_softcapping: s.get('final_logit_softcapping'),
    layer_types: [
      if (if std.isArray(pattern) then pattern[i] else (i + 1) % pattern != 0) then 'sliding_attention' else 'full_attention'
      for i in std.range(0, s.need('block_count') - 1)
    ],
  },
  block+:: s.sandwich { attn_q_norm: s.norm('self_attn.q_norm'), attn_k_norm: s.norm('self_attn.k_norm') },
}
