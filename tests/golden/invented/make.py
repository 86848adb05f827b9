#!/usr/bin/env python3
"""A tiny checkpoint of an architecture that does not exist, and what it computes, from its definition in numpy (float64).

config.json, model.safetensors   the checkpoint, float16
expected.safetensors             for windows of 1, 5 and 23 tokens: w.ids, w.states (embedding, block 1 ... block L, final norm;
                                 taps x tokens x width), w.logits
Nothing here comes from transformers or from the program. Run it again to renew the files: python make.py
"""

import json
import pathlib

import numpy as np
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
CONFIG = dict(
    model_type="heron",
    hidden_size=32,
    intermediate_size=40,
    num_hidden_layers=6,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    vocab_size=80,
    max_position_embeddings=32,
    rope_theta=50.0,
    rotary_fraction=0.5,
    norm_eps=1e-5,
    branch_scale=0.7,
    parallel_every=3,
    reach=6,
    logit_cap=6.0,
    dropout=0.1,
)
WIDTH, SIZE, LAYERS, HEADS, KV_HEADS, HEAD = 32, 40, 6, 4, 2, 8
WINDOWS = {"one": 1, "short": 5, "long": 23}  # shorter and longer than what a near layer sees


def checkpoint(random):
    def matrix(*shape):
        return random.normal(0, 0.25, shape)

    def vector(length, middle):
        return middle + random.normal(0, 0.3, length)

    tensors = {"heron.feathers.weight": matrix(80, WIDTH), "beak.weight": matrix(80, WIDTH), "beak.bias": vector(80, 0)}
    tensors |= {f"heron.{name}.weight": vector(WIDTH, middle) for name, middle in [("first", 1), ("last", 0)]}
    tensors["heron.first.bias"] = vector(WIDTH, 0)
    for i in range(LAYERS):
        at = f"heron.floor.{i}."
        tensors[at + "listen.weight"] = vector(WIDTH, 0)
        if (i + 1) % 3 != 0:
            tensors[at + "ponder.weight"] = vector(WIDTH, 0)
        rows = (HEADS + 2 * KV_HEADS) * HEAD
        tensors |= {at + "look.qkv.weight": matrix(rows, WIDTH), at + "look.qkv.bias": vector(rows, 0)}
        tensors[at + "look.out.weight"] = matrix(WIDTH, HEADS * HEAD)
        for name, count in [("q", HEADS), ("k", KV_HEADS)]:
            tensors |= {f"{at}look.{name}_scale.weight": vector(count * HEAD, 1), f"{at}look.{name}_scale.bias": vector(count * HEAD, 0)}
        tensors |= {at + "think.wide.weight": matrix(WIDTH, SIZE), at + "think.wide.bias": vector(SIZE, 0)}
        tensors[at + "think.narrow.weight"] = matrix(SIZE, WIDTH)
        tensors[at + "clock"] = np.arange(4.0)
    return {name: tensor.astype(np.float16) for name, tensor in tensors.items()}


def layer_norm(x, weight, bias):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * weight + bias


def rms_norm(x, weight):
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5) * (1 + weight)


def turned(x):
    """The first half of a head's numbers, in pairs (0, 1), (2, 3): rotated by position times 50 ** (-2 pair / 4)."""
    x = x.copy()
    for position in range(len(x)):
        for pair in range(HEAD // 4):
            angle = position * 50.0 ** (-2 * pair / (HEAD // 2))
            a, b = x[position, 2 * pair], x[position, 2 * pair + 1]
            x[position, 2 * pair] = a * np.cos(angle) - b * np.sin(angle)
            x[position, 2 * pair + 1] = b * np.cos(angle) + a * np.sin(angle)
    return x


def attention(x, t, at, reach):
    fused = (x @ t[at + "look.qkv.weight"].T + t[at + "look.qkv.bias"]).reshape(len(x), KV_HEADS, HEADS // KV_HEADS + 2, HEAD)
    q = fused[:, :, :-2].reshape(len(x), HEADS * HEAD)  # for each key head: its queries, key, value
    k, v = fused[:, :, -2].reshape(len(x), KV_HEADS * HEAD), fused[:, :, -1]
    q = layer_norm(q, t[at + "look.q_scale.weight"], t[at + "look.q_scale.bias"]).reshape(len(x), HEADS, HEAD)
    k = layer_norm(k, t[at + "look.k_scale.weight"], t[at + "look.k_scale.bias"]).reshape(len(x), KV_HEADS, HEAD)
    mixed = np.zeros((len(x), HEADS, HEAD))
    for head in range(HEADS):
        kv_head = head // (HEADS // KV_HEADS)
        scores = turned(q[:, head]) @ turned(k[:, kv_head]).T / HEAD
        for row in range(len(x)):
            begin = max(0, row + 1 - reach)
            weights = np.exp(scores[row, begin : row + 1] - scores[row, begin : row + 1].max())
            mixed[row, head] = weights / weights.sum() @ v[begin : row + 1, kv_head]
    return mixed.reshape(len(x), HEADS * HEAD) @ t[at + "look.out.weight"].T


def feed_forward(x, t, at):
    inner = np.maximum(x @ t[at + "think.wide.weight"] + t[at + "think.wide.bias"], 0) ** 2
    return inner @ t[at + "think.narrow.weight"]


def states_and_logits(ids, t):
    embedding = layer_norm(t["heron.feathers.weight"][ids], t["heron.first.weight"], t["heron.first.bias"])
    x, states = embedding, [embedding]
    for i in range(LAYERS):
        at = f"heron.floor.{i}."
        reach = 6 if i % 2 == 1 else len(ids)
        if (i + 1) % 3 == 0:
            n = rms_norm(x + embedding, t[at + "listen.weight"])
            x = x + attention(n, t, at, reach) + feed_forward(n, t, at)
        else:
            x = x + 0.7 * attention(rms_norm(x, t[at + "listen.weight"]), t, at, reach)
            x = x + 0.7 * feed_forward(rms_norm(x, t[at + "ponder.weight"]), t, at)
        states.append(x)
    states.append(rms_norm(x, t["heron.last.weight"]))
    return np.stack(states), 6 * np.tanh((states[-1] @ t["beak.weight"].T + t["beak.bias"]) / 6)


if __name__ == "__main__":
    random = np.random.default_rng(20)
    stored = checkpoint(random)
    save_file(stored, HERE / "model.safetensors")
    (HERE / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    wide = {name: tensor.astype(np.float64) for name, tensor in stored.items()}
    expected = {}
    for name, length in WINDOWS.items():
        ids = random.integers(0, 80, length)
        states, logits = states_and_logits(ids, wide)
        expected |= {
            f"{name}.ids": ids.astype(np.int32),
            f"{name}.states": states.astype(np.float32),
            f"{name}.logits": logits.astype(np.float32),
        }
    save_file(expected, HERE / "expected.safetensors")
    print("numpy", np.__version__, {name: float(np.abs(expected[name + ".states"]).max()) for name in WINDOWS})
