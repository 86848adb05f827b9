// general.architecture 'gemma': Gemma 1 and CodeGemma.
local gemma = import 'lib/gguf_gemma.libsonnet';

function(metadata, tensors) gemma(metadata, tensors, large=null) {
  model_type:: 'gemma',
}
