// general.architecture 'gemma2'. The file does not say which layers have the window: every other one, from the first.
local gemma = import 'lib/gguf_gemma.libsonnet';

function(metadata, tensors) gemma(metadata, tensors, large=46) {
  local s = self,
  model_type:: 'gemma2',
  config+: {
    query_pre_attn_scalar: s.query_pre_attn_scalar,
    sliding_window: s.need('attention.sliding_window'),
    attn_logit_softcapping: s.get('attn_logit_softcapping'),
    final_logit_softcapping: s.get('final_logit_softcapping'),
  },
  block+:: s.sandwich,
}
