#!/usr/bin/env python3
"""Writes tiny random checkpoints beside this script, and what transformers makes of them.

<family>/config.json, model.safetensors   as save_pretrained writes them, weights in bfloat16
<family>/expected.safetensors             for each window w: w.ids, w.states (embedding, block 1 ... block L, final norm;
                                          taps x tokens x width) and w.logits, computed in float32 from those weights:
                                          eager attention, batch 1, no padding, one thread
Versions are in README.md. Run it again to renew them: python make.py [family ...]
"""

import pathlib
import shutil
import sys

import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
SHAPE = dict(
    vocab_size=512, hidden_size=64, num_hidden_layers=4, num_attention_heads=4, max_position_embeddings=256, initializer_range=0.02
)
GROUPED = dict(SHAPE, num_key_value_heads=2, intermediate_size=96, head_dim=16)
WINDOWS = {"one": 1, "short": 5, "long": 41}  # shorter and longer than the sliding windows of 8

CONFIGS = {
    "llama": lambda: transformers.LlamaConfig(
        **GROUPED,
        attention_bias=True,
        mlp_bias=True,
        rope_parameters=dict(
            rope_type="llama3",
            rope_theta=10000.0,
            factor=8.0,
            low_freq_factor=1.0,
            high_freq_factor=4.0,
            original_max_position_embeddings=64,
        ),
    ),
    "mistral": lambda: transformers.MistralConfig(**GROUPED, sliding_window=8, tie_word_embeddings=True),
    "qwen2": lambda: transformers.Qwen2Config(**{k: v for k, v in GROUPED.items() if k != "head_dim"}, tie_word_embeddings=True),
    "gpt_neox": lambda: transformers.GPTNeoXConfig(**SHAPE, intermediate_size=128, tie_word_embeddings=True),
    "gemma2": lambda: transformers.Gemma2Config(
        **GROUPED, query_pre_attn_scalar=24, sliding_window=8, attn_logit_softcapping=5.0, final_logit_softcapping=10.0
    ),
}


def randomise(model):
    """Weights large enough that attention is far from uniform, and no norm or bias at its neutral value."""
    for name, p in model.named_parameters():
        if p.dim() == 2:
            p.normal_(std=0.15)
        elif name.endswith("bias"):
            p.normal_(std=0.3)
        else:
            p.add_(torch.randn_like(p) * 0.3)


def run(model, ids):
    """taps x tokens x width, and the logits. transformers replaces the last block's output by the final norm's: a hook
    reads it before."""
    raw = []
    layers = model.base_model.layers
    handle = layers[-1].register_forward_hook(lambda m, args, out: raw.append(out[0] if isinstance(out, tuple) else out))
    out = model(ids[None], output_hidden_states=True, use_cache=False)
    handle.remove()
    *states, final = out.hidden_states
    return torch.stack([*states, raw[0], final])[:, 0], out.logits[0]


@torch.no_grad()
def make(family):
    torch.manual_seed(sorted(CONFIGS).index(family))
    folder = HERE / family
    shutil.rmtree(folder, ignore_errors=True)
    model = transformers.AutoModelForCausalLM.from_config(CONFIGS[family]())
    randomise(model)
    model.to(torch.bfloat16).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    expected = {}
    for name, length in WINDOWS.items():
        ids = torch.randint(0, SHAPE["vocab_size"], (length,))
        states, logits = run(model, ids)
        expected |= {f"{name}.ids": ids.int(), f"{name}.states": states.contiguous(), f"{name}.logits": logits.contiguous()}
    save_file(expected, folder / "expected.safetensors")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for family in sys.argv[1:] or CONFIGS:
        make(family)
    print(f"torch {torch.__version__}, transformers {transformers.__version__}")
