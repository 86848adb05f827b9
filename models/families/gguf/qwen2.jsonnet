// general.architecture 'qwen2': Qwen1.5, 2 and 2.5.
local gguf = import 'lib/gguf.libsonnet';

function(metadata, tensors) gguf(metadata, tensors) {
  local s = self,
  defaults+:: { 'attention.layer_norm_rms_epsilon': null },
  model_type:: 'qwen2',
  config+: { rms_norm_eps: s.need('attention.layer_norm_rms_epsilon') },
}
