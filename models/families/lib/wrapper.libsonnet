// A language model inside a model of several senses: text_config is its configuration, and the other towers, which text
// alone never reaches, are ignored by name. wrapper(config, type, tied) is the family of the text model, from
// config.text_config.model_type (`type` where that is absent), with the names that wrappers give its tensors.
local sizes(vocabulary, width, inner, layers, heads, positions) = {
  vocab_size: vocabulary,
  hidden_size: width,
  intermediate_size: inner,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  max_position_embeddings: positions,
};

// The class defaults stand here because text_config leaves out what equals them (LLaVA 1.5 all its sizes).
local families = {
  gemma: { family: import 'gemma.jsonnet', defaults: sizes(256000, 3072, 24576, 28, 16, 8192) },
  gemma2: { family: import 'gemma2.jsonnet', defaults: sizes(256000, 2304, 9216, 26, 8, 8192) },
  gemma3_text: { family: import 'gemma3_text.jsonnet', defaults: {} },
  llama: { family: import 'llama.jsonnet', defaults: sizes(32000, 4096, 11008, 32, 32, 2048) },
  mistral: { family: import 'mistral.jsonnet', defaults: sizes(32000, 4096, 14336, 32, 32, 131072) },
  phi3: { family: import 'phi3.jsonnet', defaults: sizes(32064, 3072, 8192, 32, 32, 4096) },
  qwen2: { family: import 'qwen2.jsonnet', defaults: sizes(151936, 4096, 22016, 32, 32, 32768) },
  qwen3: { family: import 'qwen3.jsonnet', defaults: sizes(151936, 4096, 22016, 32, 32, 32768) },
};

// Keys beside text_config that are about the other towers, or where their values go in a text that has them.
local others = [
  'boi_token_index',
  'eoi_token_index',
  'ignore_index',
  'image_seq_length',
  'image_token_id',
  'image_token_index',
  'initializer_range',
  'mm_tokens_per_image',
  'multimodal_projector_bias',
  'pad_token_id',
  'projector_hidden_act',
  'spatial_merge_size',
  'vision_feature_layer',
  'vision_feature_select_strategy',
  'vocab_size',  // of the first files; the class reads that of text_config
];

function(config, type, tied)
  local text = config.text_config;
  local model_type = if std.objectHas(text, 'model_type') then text.model_type else type;
  assert std.objectHas(families, model_type) :
         'text_config.model_type ' + model_type + ' is not supported; one of '
         + std.join(', ', std.objectFields(families)) + ' is wanted';
  local inner = families[model_type];
  inner.family(config) {
    defaults+:: inner.defaults,
    head_tied: tied,
    ignored_beside+:: others,
    // before transformers 5, since, and the text model on its own
    prefixes: ['language_model.model.', 'model.language_model.', 'model.', ''],
    tensors+: { head: { any: ['/language_model.lm_head', '/lm_head'], bias: false } },
    local towers = ['vision_tower', 'audio_tower', 'multi_modal_projector', 'visual'],
    ignore+: [prefix + tower + '.*' for tower in towers for prefix in ['', 'model.']] + ['*image_newline'],
  }
