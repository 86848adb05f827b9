"""Golden files of models/weights/pytorch_file: what torch.save writes, and the values behind it.

    python make_pytorch.py      writes pytorch/ beside this script

state_dict.bin: an OrderedDict with _metadata; every element type; views that share a storage, transposed and sliced; a
parameter, a single number, nothing at all. state_dict.safetensors: the same values, contiguous; weights as F32.
legacy.bin: the format before PyTorch 1.6. module.bin: a pickled module, which names a class.

Made with torch 2.13.0, safetensors 0.8.0.
"""

import collections
import pathlib

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent / "pytorch"


def main():
    HERE.mkdir(exist_ok=True)
    generator = torch.Generator().manual_seed(0)
    base = torch.randn(6, 5, generator=generator)
    state = collections.OrderedDict()
    state["f32"] = base
    state["transposed"] = base.t()
    state["rows"] = base[2:4]
    state["columns"] = base[:, 1:3]
    state["every_other"] = base[::2, ::2]
    state["turned"] = torch.randn(2, 3, 4, generator=generator).permute(2, 0, 1)
    state["parameter"] = torch.nn.Parameter(torch.randn(3, generator=generator))
    state["number"] = torch.tensor(2.5)
    state["nothing"] = torch.zeros(0, 4)
    state["f64"] = torch.randn(3, dtype=torch.float64, generator=generator)
    state["f16"] = torch.randn(3, generator=generator).half()
    state["bf16_transposed"] = torch.randn(2, 3, generator=generator).bfloat16().t()
    state["i64"] = torch.tensor([2**40, -1])
    state["i32"] = torch.tensor([3, -1], dtype=torch.int32)
    state["i16"] = torch.tensor([3, -1], dtype=torch.int16)
    state["i8"] = torch.tensor([3, -1], dtype=torch.int8)
    state["u8"] = torch.tensor([3, 255], dtype=torch.uint8)
    state["bool"] = torch.tensor([True, False])
    state._metadata = collections.OrderedDict({"": {"version": 1}})
    torch.save(state, HERE / "state_dict.bin")
    expected = {k: (v.detach().float() if v.is_floating_point() else v).clone().contiguous() for k, v in state.items()}
    save_file(expected, HERE / "state_dict.safetensors")
    torch.save({"f32": base}, HERE / "legacy.bin", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(1, 1), HERE / "module.bin")
    print(f"torch {torch.__version__}")


if __name__ == "__main__":
    main()
