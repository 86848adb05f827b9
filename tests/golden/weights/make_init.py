"""How transformers begins an untrained model: golden values of models/weights/initialised_checkpoint.

    python make_init.py         writes init.json beside this script

init.json: for each tests/golden/layers/<case>/config.json, every parameter outside the layers and of layer 0 with the
last law that its initialisation drew it by: a standard deviation (normal, mean 0) or one value; and its rows of zeros.

Made with transformers 5.23.0, torch 2.13.0.
"""

import json
import pathlib
import re

import torch
import transformers
from transformers import initialization as init

HERE = pathlib.Path(__file__).parent
LAYERS = HERE.parent / "layers"


def laws_of(config):
    laws = {}
    plain = init.normal_

    def normal(tensor, mean=0.0, std=1.0, *args, **kwargs):
        assert mean == 0.0
        laws[tensor.data_ptr()] = std
        return plain(tensor, mean, std, *args, **kwargs)

    init.normal_ = normal
    try:
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    finally:
        init.normal_ = plain
    result = {}
    for name, parameter in model.named_parameters():
        if re.search(r"\.[1-9]\d*\.", name):
            continue
        law = {"shape": list(parameter.shape)}
        if parameter.data_ptr() in laws:
            law["std"] = laws[parameter.data_ptr()]
            zero = (parameter == 0).all(dim=1).nonzero().flatten().tolist()
            if zero:
                law["zero_rows"] = zero
        else:
            assert (parameter == parameter.flatten()[0]).all(), name
            law["value"] = parameter.flatten()[0].item()
        # the name that it is saved under
        result[name.replace("lm_head", "embed_out") if config.model_type == "gpt_neox" else name] = law
    return result


def main():
    cases = {}
    for folder in sorted(LAYERS.iterdir()):
        if not (folder / "config.json").exists():
            continue
        config = transformers.AutoConfig.from_pretrained(folder)
        if not hasattr(config, "text_config"):  # a wrapper's text model begins as it would alone
            cases[folder.name] = laws_of(config)
    lines = [
        f"  {json.dumps(case)}: {{\n" + ",\n".join(f"    {json.dumps(n)}: {json.dumps(l)}" for n, l in laws.items()) + "\n  }"
        for case, laws in cases.items()
    ]
    (HERE / "init.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"torch {torch.__version__}, transformers {transformers.__version__}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
