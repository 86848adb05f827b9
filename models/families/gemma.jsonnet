// Gemma 1 and CodeGemma: Llama with 1 + w norms, scaled embeddings and GeGLU.
// Models: google/gemma-2b, gemma-7b, codegemma-2b
local steps = import 'lib/steps.libsonnet';
local llama = import 'llama.jsonnet';

function(config) llama(config) {
  local c = self.c,
  defaults+:: {
    head_dim: 256,
    num_key_value_heads: 16,
    hidden_act: 'gelu_pytorch_tanh',
    pad_token_id: 0,
    tie_word_embeddings: true,
    use_bidirectional_attention: null,
  },
  assert c.use_bidirectional_attention != true : 'gemma with use_bidirectional_attention is not supported',
  ignored+:: ['hidden_activation'],  // hub files carry it; the class reads hidden_act
  norm:: { kind: 'rms_1p', eps: c.rms_norm_eps },
  // The first releases say gelu and mean the tanh form; transformers reads it so.
  act:: if c.hidden_act == 'gelu' then 'gelu_pytorch_tanh' else c.hidden_act,
  embed: super.embed + [steps.scale('x', 'x', std.sqrt(c.hidden_size), round='weight')],
}
