#pragma once

#include <array>

namespace lockstep::testing {

/// The folders of tests/golden/layers: a tiny checkpoint each, with what transformers makes of it.
inline constexpr std::array kGoldenFamilies{"bloom",         "gemma",         "gemma2",
                                            "gemma3",        "gemma3_text",   "gpt2",
                                            "gpt2_by_layer", "gpt_neox",      "gpt_neox_sequential",
                                            "llama",         "llama_dynamic", "llama_linear",
                                            "llama_yarn",    "llava",         "ministral",
                                            "mistral",       "olmo2",         "phi3",
                                            "qwen2",         "qwen2_window",  "qwen3",
                                            "smollm3"};

}  // namespace lockstep::testing
