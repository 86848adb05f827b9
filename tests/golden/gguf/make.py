"""GGUF files of the tiny models of tests/golden/layers, by llama.cpp's conventions.

    python make.py [ARCHITECTURE ...]      writes <architecture>.gguf beside this script; of phi3, the same in parts, too
    python make.py --check                 compares each with what transformers reads out of it

Names, keys and changes of values are those of llama.cpp's convert_hf_to_gguf.py (conversion/*.py); names through
gguf.get_tensor_name_map. Matrices are BF16, as the models were saved: the values are the same bit for bit; vectors F32.
What a file computes is in tests/golden/layers/<case>/expected.safetensors.

Made with gguf 0.19.0, transformers 5.23.0, torch 2.13.0.
"""

import json
import math
import pathlib
import sys

import gguf
import numpy as np
import torch
from safetensors.torch import load_file

HERE = pathlib.Path(__file__).parent
LAYERS = HERE.parent / "layers"
# architecture -> case of tests/golden/layers
CASES = {"gemma": "gemma", "gemma2": "gemma2", "gemma3": "gemma3_text", "gpt2": "gpt2", "gptneox": "gpt_neox",
         "llama": "llama", "phi3": "phi3", "qwen2": "qwen2", "qwen3": "qwen3"}  # fmt: skip


def permute(weight, heads):
    """LlamaModel.permute"""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def together(weight, heads):
    """GPTNeoXModel.modify_tensors: q, k and v of each head to q of all heads, then k, then v"""
    return weight.reshape(heads, 3, weight.shape[0] // heads // 3, *weight.shape[1:]).swapaxes(0, 1).reshape(weight.shape)


def llama3_divisors(rope, dim):
    """LlamaModel.generate_extra_tensors"""
    low, high, original, factor = (rope[k] for k in ("low_freq_factor", "high_freq_factor", "original_max_position_embeddings", "factor"))
    frequencies = 1.0 / (rope["rope_theta"] ** (torch.arange(0, dim, 2, dtype=torch.float32) / dim))
    result = []
    for frequency in frequencies:
        wavelength = 2 * math.pi / frequency
        if wavelength < original / high:
            result.append(1.0)
        elif wavelength > original / low:
            result.append(factor)
        else:
            smooth = (original / wavelength - low) / (high - low)
            result.append(1 / ((1 - smooth) / factor + smooth))
    return torch.tensor(result, dtype=torch.float32)


def add_sizes(writer, c, arch):
    heads = c.get("num_attention_heads", c.get("n_head"))
    width = c.get("hidden_size", c.get("n_embd"))
    writer.add_context_length(c.get("max_position_embeddings", c.get("n_positions")))
    writer.add_embedding_length(width)
    writer.add_block_count(c.get("num_hidden_layers", c.get("n_layer")))
    writer.add_feed_forward_length(c.get("intermediate_size", 4 * width))
    writer.add_head_count(heads)
    if arch in ("gpt2", "gptneox"):
        writer.add_layer_norm_eps(c.get("layer_norm_epsilon", c.get("layer_norm_eps")))
    else:
        writer.add_head_count_kv(c["num_key_value_heads"])
        writer.add_layer_norm_rms_eps(c["rms_norm_eps"])
    return heads, width


def add_rope(writer, c, arch, head_dim):
    """Gives the tensors that stand for parameters."""
    rope = c.get("rope_parameters", {})
    if arch == "llama":
        writer.add_rope_dimension_count(head_dim)
        writer.add_rope_freq_base(rope["rope_theta"])
        return {"rope_freqs.weight": llama3_divisors(rope, head_dim)}
    if arch in ("qwen2", "qwen3"):
        writer.add_rope_freq_base(rope["rope_theta"])
    if arch == "gptneox":
        writer.add_rope_dimension_count(int(rope["partial_rotary_factor"] * head_dim))
        writer.add_parallel_residual(c["use_parallel_residual"])
    if arch == "gemma3":
        writer.add_rope_freq_base(rope["full_attention"]["rope_theta"])
        writer.add_rope_freq_base_swa(rope["sliding_attention"]["rope_theta"])
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["full_attention"]["factor"])
    if arch == "phi3":
        original = rope["original_max_position_embeddings"]
        writer.add_rope_scaling_orig_ctx_len(original)
        writer.add_rope_dimension_count(int(rope["partial_rotary_factor"] * head_dim))
        writer.add_rope_freq_base(rope["rope_theta"])
        writer.add_sliding_window(c["sliding_window"] or 0)
        scale = c["max_position_embeddings"] / original
        writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(original)) if scale > 1 else 1.0)
        return {f"rope_factors_{k}.weight": torch.tensor(rope[k + "_factor"]) for k in ("long", "short")}
    return {}


def add_others(writer, c, arch):
    if arch in ("gemma", "gemma2", "gemma3", "qwen3"):
        writer.add_key_length(c["head_dim"])
        writer.add_value_length(c["head_dim"])
    if arch in ("gemma2", "gemma3"):
        writer.add_sliding_window(c["sliding_window"])
        writer.add_attention_scale(c["query_pre_attn_scalar"] ** -0.5)  # the tiny models' is unusual
        if c["attn_logit_softcapping"]:
            writer.add_attn_logit_softcapping(c["attn_logit_softcapping"])
        if c["final_logit_softcapping"]:
            writer.add_final_logit_softcapping(c["final_logit_softcapping"])
    if arch == "gemma3":
        writer.add_sliding_window_pattern([t == "sliding_attention" for t in c["layer_types"]])


def changed(name, weight, c, arch, heads):
    if arch == "llama" and ".q_proj." in name:
        return permute(weight, heads)
    if arch == "llama" and ".k_proj." in name:
        return permute(weight, c["num_key_value_heads"])
    if arch.startswith("gemma") and name.endswith("norm.weight"):
        return weight + 1
    if arch == "gpt2" and name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")):
        return weight.T
    if arch == "gptneox" and ".query_key_value." in name:
        return together(weight, heads)
    return weight


def make(arch, most_tensors=0):
    """most_tensors: of a part; 0 writes one file"""
    folder = LAYERS / CASES[arch]
    c = json.loads((folder / "config.json").read_text())
    path = HERE / ("parts" if most_tensors else "") / f"{arch}.gguf"
    writer = gguf.GGUFWriter(path, arch, split_max_tensors=most_tensors)
    heads, width = add_sizes(writer, c, arch)
    head_dim = c.get("head_dim") or width // heads
    tensors = add_rope(writer, c, arch, head_dim)
    add_others(writer, c, arch)
    numbers = {name: n for n, name in gguf.MODEL_ARCH_NAMES.items()}
    names = gguf.get_tensor_name_map(numbers[arch], c.get("num_hidden_layers", c.get("n_layer")))
    for name, weight in load_file(folder / "model.safetensors").items():
        found = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert found, name
        tensors[found] = changed(name, weight.float(), c, arch, heads)
    for name, weight in sorted(tensors.items()):
        values = np.ascontiguousarray(weight.numpy())
        kind = gguf.GGMLQuantizationType.BF16 if values.ndim == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def check(arch):
    """The largest difference between the model's tensors and those that transformers reads, or why it reads none."""
    import transformers

    saved = load_file(LAYERS / CASES[arch] / "model.safetensors")
    c = json.loads((LAYERS / CASES[arch] / "config.json").read_text())
    unread = {key: c[key] for key in ("vocab_size", "head_dim", "attention_bias", "mlp_bias", "pad_token_id", "n_positions") if key in c}  # by its key maps
    try:
        model = transformers.AutoModelForCausalLM.from_pretrained(HERE, gguf_file=f"{arch}.gguf", dtype=torch.float32, **unread)
    except Exception as error:
        return f"not read: {str(error).splitlines()[0][:90]}"
    read = model.state_dict()
    worst = max(float((read[n] - w.float()).abs().max()) for n, w in saved.items() if n in read)
    return f"{sum(n in read for n in saved)} of {len(saved)} tensors, largest difference {worst:.1e}"


if __name__ == "__main__":
    torch.set_num_threads(1)
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    for arch in arguments or CASES:
        print(f"{arch}: {check(arch)}" if "--check" in sys.argv else make(arch).name)
        if arch == "phi3" and "--check" not in sys.argv:
            (HERE / "parts").mkdir(exist_ok=True)
            make(arch, most_tensors=9)
