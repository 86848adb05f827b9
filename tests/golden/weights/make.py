"""Golden values of models/families and models/weights.

    python make.py              writes blocks.gguf, blocks.safetensors and canonical.json beside this script
    python make.py FILE.gguf    prints sums of a file's tensors (tests/models/weights/smollm2_test.cpp)

blocks.gguf: every metadata type and a tensor of random blocks of every supported type, written by gguf's GGUFWriter.
blocks.safetensors: what gguf.quants.dequantize makes of them, as F32, and plain types, written by safetensors.
canonical.json: of each configs/<name>.json (shaped like the published ones), size and SHA-256 of the resolved spec as
the jsonnet command and Python's json module give it.

Made with gguf 0.19.0, safetensors 0.8.0, numpy 2.4.6, jsonnet 0.18.0.
"""

import hashlib
import json
import pathlib
import subprocess
import sys

import gguf
import numpy as np

HERE = pathlib.Path(__file__).parent
FAMILIES = HERE.parents[2] / "models" / "families"
# where the halves of a block are: no NaN or infinity there, whose payload is not arithmetic
HALVES = {"F16": (0,), "Q4_0": (0,), "Q4_1": (0, 2), "Q5_0": (0,), "Q5_1": (0, 2), "Q8_0": (0,), "Q2_K": (80, 82),
          "Q3_K": (108,), "Q4_K": (0, 2), "Q5_K": (0, 2), "Q6_K": (208,)}  # fmt: skip
ROWS = {"F32": (3, 5), "F16": (3, 5), "BF16": (3, 5)}  # of the others: 3 rows of 64 elements, 2 of 512 for K types


def blocks():
    rng = np.random.default_rng(0)
    writer = gguf.GGUFWriter(HERE / "blocks.gguf", "test")
    for kind, value in (("uint8", 200), ("int8", -100), ("uint16", 60000), ("int16", -30000), ("uint32", 4000000000),
                        ("int32", -2000000000), ("float32", 1e-5), ("bool", True), ("uint64", 2**63), ("int64", -(2**62)),
                        ("float64", 1e-5), ("string", "na\u00efve")):  # fmt: skip
        getattr(writer, "add_" + kind)("test." + kind, value)
    writer.add_array("test.strings", ["\u0120the", "", "a b"])
    writer.add_array("test.integers", [3, -1, 2])
    writer.add_array("test.numbers", [0.5, -1.0])
    expected = {}
    for name in ("F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"):
        kind = gguf.GGMLQuantizationType[name]
        elements, size = gguf.GGML_QUANT_SIZES[kind]
        rows, columns = ROWS.get(name, (2, 512) if elements == 256 else (3, 64))
        data = rng.integers(0, 256, (rows * columns // elements, size), np.uint8)
        for at in HALVES.get(name, (size - 2,)):
            data[:, at + 1] &= 0xBB
        data = data.reshape(rows, -1)
        plain = {"F32": np.float32, "F16": np.float16}.get(name)
        writer.add_tensor(name, data.view(plain) if plain else data, raw_dtype=None if plain else kind)
        expected[name] = gguf.quants.dequantize(data, kind).reshape(rows, columns)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return expected


def safetensors(expected):
    import torch
    from safetensors.torch import save_file

    tensors = {name: torch.from_numpy(np.array(values)) for name, values in expected.items()}
    plain = torch.tensor([[1.5, -2.25, 0.0], [1e-3, 300.0, -0.0]], dtype=torch.float64)
    for name, dtype in (("f64", torch.float64), ("f16", torch.float16), ("bf16", torch.bfloat16)):
        tensors["plain." + name] = plain.to(dtype)
    tensors["plain.i64"] = torch.arange(4)
    tensors["plain.empty"] = torch.zeros(0, 3)
    tensors["plain.scalar"] = torch.tensor(2.5)
    save_file(tensors, HERE / "blocks.safetensors", metadata={"format": "pt"})


def canonical():
    result = {}
    for config in sorted((HERE / "configs").glob("*.json")):
        family = FAMILIES / (json.loads(config.read_text())["model_type"] + ".jsonnet")
        out = subprocess.run(["jsonnet", "-J", FAMILIES, "--tla-code-file", f"config={config}", family], capture_output=True, text=True, check=True)
        text = json.dumps(json.loads(out.stdout), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        result[config.stem] = {"bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}
    (HERE / "canonical.json").write_text(json.dumps(result, indent=2) + "\n")


def sums(path):
    blocks = 0.0
    for tensor in gguf.GGUFReader(path).tensors:
        total = float(gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float64).sum())
        if tensor.name.startswith("blk."):
            blocks += total
        else:
            print(tensor.name, repr(total))
    print("all blocks", repr(blocks))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sums(sys.argv[1])
    else:
        safetensors(blocks())
        canonical()
