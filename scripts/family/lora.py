"""Low-rank adapters (Hu et al. 2021) on the query and value projections, named and merged as PEFT does.

    ab = attach(net); train only parameters(ab); save adapter(ab); tensors.update(merged(net, ab))
"""
import math

import torch
from torch import nn

RANK, ALPHA, TARGETS = 16, 32, ("q_proj", "v_proj")
SCALE = ALPHA / RANK

CONFIG = {
    "base_model_name_or_path": "base",
    "bias": "none",
    "fan_in_fan_out": False,
    "inference_mode": True,
    "init_lora_weights": True,
    "lora_alpha": ALPHA,
    "lora_dropout": 0.0,
    "peft_type": "LORA",
    "r": RANK,
    "target_modules": list(TARGETS),
    "task_type": "CAUSAL_LM",
    "use_rslora": False,
}


class Adapted(nn.Module):
    """A frozen linear layer plus SCALE·B·A; A is [rank, in], B [out, rank] and starts at zero."""

    def __init__(self, base):
        super().__init__()
        self.base = base
        self.a = nn.Parameter(torch.empty(RANK, base.in_features))
        self.b = nn.Parameter(torch.zeros(base.out_features, RANK))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, x):
        return self.base(x) + (x @ self.a.T @ self.b.T) * SCALE


def attach(net):
    """Freezes the net, adapts its targets in place and returns {module name: Adapted}."""
    for p in net.parameters():
        p.requires_grad_(False)
    found = {}
    for name, module in list(net.named_modules()):
        if name.rpartition(".")[2] in TARGETS:
            parent, _, leaf = name.rpartition(".")
            found[name] = Adapted(module)
            setattr(net.get_submodule(parent), leaf, found[name])
    return found


def adapter(found):
    """The tensors of adapter_model.safetensors, in BF16."""
    out = {}
    for name, m in found.items():
        out[f"base_model.model.{name}.lora_A.weight"] = m.a.detach().bfloat16()
        out[f"base_model.model.{name}.lora_B.weight"] = m.b.detach().bfloat16()
    return out


def merged(found):
    """The merged weights {name: BF16}, from the BF16 factors as they are saved.

    As PEFT's merge of a BF16 model on a CPU: the product in float32, scaled, rounded to BF16, then
    added in BF16. Two roundings a weight, so it is not bf16(W + SCALE·B·A).
    """
    out = {}
    for name, m in found.items():
        a, b = m.a.detach().bfloat16().float(), m.b.detach().bfloat16().float()
        delta = ((b @ a) * SCALE).bfloat16()
        out[name + ".weight"] = m.base.weight.detach().bfloat16() + delta
    return out
