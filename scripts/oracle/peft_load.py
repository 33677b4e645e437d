"""Loads an adapter with the real peft and merges it, for the test of `dits export --lora`.

    python peft_load.py DIR

DIR has before.safetensors, after.safetensors and adapter/. Prints a JSON object: for each tensor that the merge
changed, how far it is from the one in after.safetensors, as a part of the whole change.
"""

import json
import os
import sys
import warnings

os.environ["CUDA_VISIBLE_DEVICES"] = ""
warnings.filterwarnings("ignore")

import torch
from peft import PeftModel
from safetensors.torch import load_file
from torch import nn
from transformers.pytorch_utils import Conv1D

CONV1D = ("c_attn", "c_proj", "c_fc")


def module_for(name, weight):
    """The module that has such a weight, as transformers would make it."""
    last = name.split(".")[-1]
    if last in CONV1D:
        return Conv1D(weight.shape[1], weight.shape[0])
    if last == "embed_tokens":
        return nn.Embedding(*weight.shape)
    return nn.Linear(weight.shape[1], weight.shape[0], bias=False)


def model_of(tensors):
    """A model without a forward pass that has the matrices among the tensors."""
    root = nn.Module()
    for name, weight in tensors.items():
        if weight.dim() != 2:
            continue
        *path, last = name.removesuffix(".weight").split(".")
        at = root
        for part in path:
            if part not in at._modules:
                at.add_module(part, nn.Module())
            at = at._modules[part]
        module = module_for(name.removesuffix(".weight"), weight)
        with torch.no_grad():
            module.weight.copy_(weight)
        at.add_module(last, module)
    return root


def main(folder):
    before = load_file(os.path.join(folder, "before.safetensors"))
    after = load_file(os.path.join(folder, "after.safetensors"))
    model = PeftModel.from_pretrained(model_of(before), os.path.join(folder, "adapter"))
    merged = model.merge_and_unload().state_dict()
    off = {}
    for name, weight in merged.items():
        if name in after and not torch.equal(weight, before[name]):
            change = (after[name] - before[name]).double()
            off[name] = ((after[name] - weight).double().norm() / change.norm()).item()
    print(json.dumps(off))


main(sys.argv[1])
