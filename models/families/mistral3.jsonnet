// Mistral Small 3.1 and 3.2: a Mistral with eyes. The class would tie the head where config.json says nothing, but not to
// an embedding that differs from it, as in the published checkpoints; a head that is missing is the embedding either way.
// Models: mistralai/Mistral-Small-3.1-24B-Base-2503
local wrapper = import 'lib/wrapper.libsonnet';

local is_tied(config) = std.objectHas(config, 'tie_word_embeddings') && config.tie_word_embeddings;

function(config) wrapper(config, 'mistral', is_tied(config))
