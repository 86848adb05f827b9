#!/usr/bin/env python3
"""Writes tiny random checkpoints beside this script, and what transformers makes of them.

<family>/config.json, model.safetensors   as save_pretrained writes them, weights in bfloat16
<family>/expected.safetensors             for each window w: w.ids, w.states (embedding, block 1 ... block L, final norm;
                                          taps x tokens x width) and w.logits, computed in float32 from those weights:
                                          eager attention, batch 1, no padding, one thread
<family>/hf_states.json                   which of those taps each entry of output_hidden_states is
Versions are in README.md. Run it again to renew them: python make.py [family ...]
The table of README.md, from the files as they are:    python make.py --bfloat16
"""

import json
import pathlib
import shutil
import sys
import zlib

import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent
SHAPE = dict(
    vocab_size=512, hidden_size=64, num_hidden_layers=4, num_attention_heads=4, max_position_embeddings=256, initializer_range=0.02
)
GROUPED = dict(SHAPE, num_key_value_heads=2, intermediate_size=96, head_dim=16)
SMALL = dict(
    vocab_size=96,
    hidden_size=32,
    intermediate_size=40,
    num_hidden_layers=3,
    num_attention_heads=4,
    max_position_embeddings=64,
    pad_token_id=0,
    bos_token_id=1,
    eos_token_id=2,
)
SMALL_GPT2 = dict(vocab_size=96, n_embd=32, n_layer=3, n_head=4, n_positions=64, bos_token_id=1, eos_token_id=2)
WINDOWS = {"one": 1, "short": 5, "long": 41}  # shorter and longer than the sliding windows of 8

CONFIGS = {
    "gemma": lambda: transformers.GemmaConfig(**SMALL, num_key_value_heads=1, head_dim=16, attention_bias=True),
    "gemma2": lambda: transformers.Gemma2Config(
        **GROUPED, query_pre_attn_scalar=24, sliding_window=8, attn_logit_softcapping=5.0, final_logit_softcapping=10.0
    ),
    "gpt2": lambda: transformers.GPT2Config(**SMALL_GPT2),
    "gpt2_by_layer": lambda: transformers.GPT2Config(
        **SMALL_GPT2,
        n_inner=40,
        activation_function="gelu_fast",
        scale_attn_by_inverse_layer_idx=True,
        scale_attn_weights=False,
        reorder_and_upcast_attn=True,
        tie_word_embeddings=False,
    ),
    "gpt_neox": lambda: transformers.GPTNeoXConfig(**SHAPE, intermediate_size=128, tie_word_embeddings=True),
    "gpt_neox_sequential": lambda: transformers.GPTNeoXConfig(
        **SMALL,
        use_parallel_residual=False,
        hidden_act="gelu_fast",
        rope_parameters=dict(rope_theta=500.0, partial_rotary_factor=0.5)
    ),
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
    "ministral": lambda: transformers.MinistralConfig(
        **SMALL,
        num_key_value_heads=2,
        head_dim=16,
        sliding_window=8,
        layer_types=["full_attention", "sliding_attention", "full_attention"],
    ),
    "mistral": lambda: transformers.MistralConfig(**GROUPED, sliding_window=8, tie_word_embeddings=True),
    "olmo2": lambda: transformers.Olmo2Config(**SMALL, num_key_value_heads=2, attention_bias=True),
    "qwen2": lambda: transformers.Qwen2Config(**{k: v for k, v in GROUPED.items() if k != "head_dim"}, tie_word_embeddings=True),
    "qwen2_window": lambda: transformers.Qwen2Config(
        **SMALL, num_key_value_heads=2, use_sliding_window=True, sliding_window=8, max_window_layers=1
    ),
    "qwen3": lambda: transformers.Qwen3Config(
        **SMALL,
        num_key_value_heads=2,
        head_dim=16,
        attention_bias=True,
        use_sliding_window=True,
        sliding_window=8,
        max_window_layers=2,
        tie_word_embeddings=True,
    ),
    "smollm3": lambda: transformers.SmolLM3Config(
        **dict(SMALL, num_hidden_layers=4),
        num_key_value_heads=2,
        no_rope_layers=[1, 0, 0, 1],
        use_sliding_window=True,
        sliding_window=8,
        layer_types=["sliding_attention", "full_attention", "sliding_attention", "full_attention"],
        attention_bias=True,
        mlp_bias=True,
    ),
}
FIRST = ["gemma2", "gpt_neox", "llama", "mistral", "qwen2"]  # whose seed is their place here


def randomise(model):
    """Weights large enough that attention is far from uniform, and no norm or bias at its neutral value."""
    for name, p in model.named_parameters():
        if p.dim() == 2:
            p.normal_(std=0.15)
        elif name.endswith("bias"):
            p.normal_(std=0.3)
        else:
            p.add_(torch.randn_like(p) * 0.3)


def first(output):
    return output[0] if isinstance(output, tuple) else output


def run(model, ids):
    """taps x tokens x width as hooks see them, the logits, and what transformers returns as hidden states."""
    seen = []
    parts = list(model.base_model.children())
    blocks = next(part for part in parts if isinstance(part, torch.nn.ModuleList))
    norm = next(part for part in parts[parts.index(blocks) + 1 :] if "Norm" in type(part).__name__)
    handles = [blocks[0].register_forward_pre_hook(lambda module, args: seen.append(args[0]))]
    for module in [*blocks, norm]:
        handles.append(module.register_forward_hook(lambda module, args, output: seen.append(first(output))))
    out = model(ids[None], output_hidden_states=True, use_cache=False)
    for handle in handles:
        handle.remove()
    return torch.stack(seen)[:, 0], out.logits[0], [state[0] for state in out.hidden_states]


def tap_names(states, returned):
    """The tap that each returned state equals to the last bit."""
    names = ["embedding", *(f"block {k}" for k in range(1, len(states) - 1)), "final_norm"]
    found = [[name for name, state in zip(names, states) if torch.equal(state, entry)] for entry in returned]
    assert all(len(taps) == 1 for taps in found), found
    return [taps[0] for taps in found]


def load(folder, dtype):
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()


@torch.no_grad()
def make(family):
    torch.manual_seed(FIRST.index(family) if family in FIRST else zlib.crc32(family.encode()))
    folder = HERE / family
    shutil.rmtree(folder, ignore_errors=True)
    model = transformers.AutoModelForCausalLM.from_config(CONFIGS[family]())
    randomise(model)
    model.to(torch.bfloat16).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    model = load(folder, torch.float32)
    expected = {}
    for name, length in WINDOWS.items():
        ids = torch.randint(0, model.config.vocab_size, (length,))
        states, logits, returned = run(model, ids)
        expected |= {f"{name}.ids": ids.int(), f"{name}.states": states.contiguous(), f"{name}.logits": logits.contiguous()}
    save_file(expected, folder / "expected.safetensors")
    (folder / "hf_states.json").write_text(json.dumps(tap_names(states, returned)) + "\n")


def row_distance(a, b):
    """The largest |a - b| / |b| of a row."""
    return float(((a - b).norm(dim=-1) / b.norm(dim=-1)).max())


@torch.no_grad()
def bfloat16_error(family):
    """A row of the table: the longest window in bfloat16 against the stored float32 values."""
    expected = load_file(HERE / family / "expected.safetensors")
    states, logits, _ = run(load(HERE / family, torch.bfloat16), expected["long.ids"].long())
    taps = [row_distance(a.float(), b) for a, b in zip(states, expected["long.states"])]
    worst = max(range(len(taps)), key=taps.__getitem__)
    name = "embedding" if worst == 0 else "final norm" if worst == len(taps) - 1 else f"block {worst}"
    print(f"| {family} | {taps[worst]:.4f} | {name} | {row_distance(logits.float(), expected['long.logits']):.4f} |")


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1:] == ["--bfloat16"]:
        for family in sorted(CONFIGS):
            bfloat16_error(family)
    else:
        for family in sys.argv[1:] or CONFIGS:
            make(family)
    print(f"torch {torch.__version__}, transformers {transformers.__version__}")
