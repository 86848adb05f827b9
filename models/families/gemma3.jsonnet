// Gemma 3 with its eyes: the text model, which sees text as it would alone. transformers does not cap this one's logits.
// Models: google/gemma-3-4b-pt, gemma-3-27b-pt
local steps = import 'lib/steps.libsonnet';
local wrapper = import 'lib/wrapper.libsonnet';

local is_tied(config) = !std.objectHas(config, 'tie_word_embeddings') || config.tie_word_embeddings;

function(config) wrapper(config, 'gemma3_text', is_tied(config)) {
  head: [steps.linear('head', 'x', 'logits')],
}
