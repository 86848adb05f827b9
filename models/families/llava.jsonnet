// LLaVA 1.5 and the many models of its shape: a Llama, Mistral, Qwen2 ... with a projector before it.
// Models: llava-hf/llava-1.5-7b-hf
local wrapper = import 'lib/wrapper.libsonnet';

local is_tied(object) = std.objectHas(object, 'tie_word_embeddings') && object.tie_word_embeddings;

function(config) wrapper(config, 'llama', is_tied(config) || is_tied(config.text_config))
