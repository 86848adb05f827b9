#!/usr/bin/env python3
"""Writes tiny random checkpoints beside this script, and what transformers makes of them.

<family>/config.json, model.safetensors   as save_pretrained writes them, weights in bfloat16
<family>/expected.safetensors             for each window w: w.ids, w.states (embedding, block 1 ... block L, final norm;
                                          taps x tokens x width) and w.logits, computed in float32 from those weights:
                                          eager attention, batch 1, no padding, one thread
<family>/hf_states.json                   which of those taps each entry of output_hidden_states is
ropes.json, biases.json                   frequencies of rotary embeddings and linear biases, from transformers' functions
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
# ---- rotary scalings, biases, and models inside wrappers ----

LITTLE = dict(
    vocab_size=128,
    hidden_size=32,
    num_hidden_layers=3,
    num_attention_heads=4,
    num_key_value_heads=2,
    intermediate_size=48,
    head_dim=16,
    max_position_embeddings=64,
)
TOKENS = dict(bos_token_id=1, eos_token_id=2, pad_token_id=0)  # inside the vocabulary


def wrapper_parts():
    """A vision tower as small as it goes, which the text never looks at."""
    size = dict(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2, image_size=8, patch_size=4)
    return size, {k: v for k, v in LITTLE.items() if k != "head_dim"} | TOKENS


def llama(rope, **more):
    return transformers.LlamaConfig(**LITTLE | more, rope_parameters=dict(rope_theta=10000.0) | rope, tie_word_embeddings=True)


def longrope(pairs):
    return dict(
        rope_type="longrope",
        rope_theta=10000.0,
        short_factor=[1.0 + 0.05 * k for k in range(pairs)],
        long_factor=[1.5 + 0.7 * k for k in range(pairs)],
    )


def phi3():
    return transformers.Phi3Config(
        **{k: v for k, v in LITTLE.items() if k != "head_dim"} | TOKENS,
        original_max_position_embeddings=16,  # the window "long" is beyond, the others are not
        sliding_window=8,
        rope_parameters=longrope(3) | dict(partial_rotary_factor=0.75),  # 6 of 8
    )


def gemma3_text(**more):
    return transformers.Gemma3TextConfig(
        **LITTLE | TOKENS | more,
        query_pre_attn_scalar=24,
        sliding_window=8,
        layer_types=["sliding_attention", "full_attention", "sliding_attention"],
        final_logit_softcapping=10.0,
        rope_parameters=dict(
            sliding_attention=dict(rope_type="default", rope_theta=100.0),
            full_attention=dict(rope_type="linear", factor=8.0, rope_theta=10000.0),
        ),
    )


def gemma3():
    vision, _ = wrapper_parts()
    return transformers.Gemma3Config(
        text_config=gemma3_text().to_dict(),
        vision_config=dict(model_type="siglip_vision_model", **vision),
        mm_tokens_per_image=4,
        image_token_index=127,
        boi_token_index=126,
        eoi_token_index=125,
    )


def llava():
    vision, text = wrapper_parts()
    return transformers.LlavaConfig(
        text_config=dict(model_type="mistral", sliding_window=8, tie_word_embeddings=False, **text),
        vision_config=dict(model_type="clip_vision_model", projection_dim=8, **vision),
        image_token_index=127,
        image_seq_length=4,
    )


def bloom():
    # six heads: slopes of the power of two below, and of the one above
    return transformers.BloomConfig(vocab_size=128, hidden_size=30, n_layer=3, n_head=6, **TOKENS)


CONFIGS |= {
    "bloom": bloom,
    "gemma3": gemma3,
    "gemma3_text": gemma3_text,
    "llama_dynamic": lambda: llama(dict(rope_type="dynamic", factor=4.0), max_position_embeddings=41),  # as long as "long"
    "llama_linear": lambda: llama(dict(rope_type="linear", factor=3.0)),
    "llama_yarn": lambda: llama(dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, mscale=0.7, mscale_all_dim=0.3)),
    "llava": llava,
    "phi3": phi3,
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
    base = model.base_model
    parts = list(getattr(base, "language_model", base).children())  # a wrapper has the text model one floor down
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


def auto_class(config):
    return transformers.AutoModelForImageTextToText if hasattr(config, "text_config") else transformers.AutoModelForCausalLM


def load(folder, dtype):
    auto = auto_class(transformers.AutoConfig.from_pretrained(folder))
    return auto.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()


@torch.no_grad()
def make(family):
    torch.manual_seed(FIRST.index(family) if family in FIRST else zlib.crc32(family.encode()))
    folder = HERE / family
    shutil.rmtree(folder, ignore_errors=True)
    config = CONFIGS[family]()
    model = auto_class(config).from_config(config)
    randomise(model)
    model.to(torch.bfloat16).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    model = load(folder, torch.float32)
    expected = {}
    for name, length in WINDOWS.items():
        ids = torch.randint(0, config.get_text_config().vocab_size, (length,))
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


def make_ropes():
    """ropes.json: for each configuration of a llama, the frequencies and the multiplier of windows of some lengths, from
    ROPE_INIT_FUNCTIONS as the model calls it."""
    base = dict(model_type="llama", vocab_size=64, hidden_size=64, num_hidden_layers=1, num_attention_heads=4, intermediate_size=64)
    base |= dict(max_position_embeddings=4096, head_dim=16)
    yarn = dict(rope_type="yarn", factor=16.0, original_max_position_embeddings=256)
    longer = dict(rope_type="longrope", short_factor=longrope(8)["short_factor"], long_factor=longrope(8)["long_factor"])
    llama3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=1024)
    cases = {
        "linear": dict(rope_type="linear", factor=2.5),
        "dynamic": dict(rope_type="dynamic", factor=4.0),
        "yarn": yarn,
        "yarn, not truncated": yarn | dict(truncate=False),
        "yarn, attention factor": yarn | dict(attention_factor=1.5),
        "yarn, mscale": yarn | dict(mscale=1.0, mscale_all_dim=0.8),
        "yarn, one mscale": yarn | dict(mscale=0.7),
        "yarn, betas": yarn | dict(beta_fast=8, beta_slow=2),
        "yarn, ramp of nothing": yarn | dict(beta_fast=4, beta_slow=4, truncate=False),
        "yarn, ramp at the first pair": yarn | dict(beta_fast=4, beta_slow=4, original_max_position_embeddings=24),
        "yarn, in part": yarn | dict(partial_rotary_factor=0.5),
        "yarn, no stretch": yarn | dict(factor=1.0),
        "llama3": llama3,
        "llama3, in part": llama3 | dict(partial_rotary_factor=0.5),
        "longrope": longer | dict(original_max_position_embeddings=256),
        "longrope, factor": longer | dict(original_max_position_embeddings=256, factor=4.0),
        "longrope, attention factor": longer | dict(original_max_position_embeddings=256, attention_factor=1.25),
        "longrope, no stretch": longer | dict(original_max_position_embeddings=4096),
        "proportional": dict(rope_type="proportional", partial_rotary_factor=0.3, factor=2.0),
    }
    written = {}
    for name, parameters in cases.items():
        parameters = dict(parameters, rope_theta=100.0 if "ramp" in name else 10000.0)
        windows = {}
        for length in (1, 255, 256, 257, 4096):
            config = transformers.LlamaConfig(**base, rope_parameters=dict(parameters))
            frequencies, multiplier = transformers.modeling_rope_utils.ROPE_INIT_FUNCTIONS[parameters["rope_type"]](config, seq_len=length)
            windows[length] = dict(frequencies=[float(f) for f in frequencies], multiplier=multiplier)
        written[name] = dict(config=base | dict(rope_parameters=parameters), windows=windows)
    (HERE / "ropes.json").write_text(json.dumps(written, indent=1) + "\n")


def make_biases():
    """biases.json: what BLOOM, Falcon and MPT add to the scores of some keys, by model and number of heads."""
    from transformers.models.bloom.modeling_bloom import build_alibi_tensor as bloom_biases
    from transformers.models.falcon.modeling_falcon import build_alibi_tensor as falcon_biases
    from transformers.models.mpt.modeling_mpt import build_mpt_alibi_tensor as mpt_biases

    keys = [0, 1, 2, 3, 17, 100, 257, 299]
    mask = torch.ones(1, 300, dtype=torch.long)
    written = dict(keys=keys, bloom={}, falcon={}, mpt={}, mpt_of_6={})
    for heads in (1, 2, 3, 6, 8, 12, 16, 20):
        written["bloom"][heads] = bloom_biases(mask, heads, torch.float32)[:, 0, keys].tolist()
        written["falcon"][heads] = falcon_biases(mask, heads, torch.float32)[:, 0, keys].tolist()
        written["mpt"][heads] = mpt_biases(heads, 300)[:, 0, keys].tolist()
        written["mpt_of_6"][heads] = mpt_biases(heads, 300, alibi_bias_max=6)[:, 0, keys].tolist()
    (HERE / "biases.json").write_text(json.dumps(written) + "\n")


TABLES = {"biases": make_biases, "ropes": make_ropes}


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1:] == ["--bfloat16"]:
        for family in sorted(CONFIGS):
            bfloat16_error(family)
    else:
        for name in sys.argv[1:] or [*CONFIGS, *TABLES]:
            TABLES[name]() if name in TABLES else make(name)
    print(f"torch {torch.__version__}, transformers {transformers.__version__}")
