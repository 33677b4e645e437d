"""Merges adapters into small models with the real peft, for the test of `dits diff --expect-lora`.

    python peft_merges.py OUT

Writes a folder for each case: base.safetensors, adapter/ as save_pretrained leaves it, merged.safetensors by
merge_and_unload, and for some cases wrong-*.safetensors, merges gone wrong in one way each. One JSON line for
each case: {"case", "wrong": {file: [tensors that are off]}}.
"""

import json
import os
import sys
import warnings

os.environ["CUDA_VISIBLE_DEVICES"] = ""
warnings.filterwarnings("ignore")

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import nn
from transformers.pytorch_utils import Conv1D

WIDTH, WIDE, LAYERS, WORDS = 96, 160, 3, 64
DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16, "f32": torch.float32}


class Attention(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.q_proj = nn.Linear(WIDTH, WIDTH, bias=bias)
        self.v_proj = nn.Linear(WIDTH, WIDE, bias=bias)


class Layer(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.self_attn = Attention(bias)
        self.up_proj = nn.Linear(WIDTH, WIDE, bias=False)


class Llama(nn.Module):
    """Names as Hugging Face's, without a forward pass: nothing is run."""

    def __init__(self, bias):
        super().__init__()
        self.model = nn.Module()
        self.model.embed_tokens = nn.Embedding(WORDS, WIDTH)
        self.model.layers = nn.ModuleList(Layer(bias) for _ in range(LAYERS))
        self.lm_head = nn.Linear(WIDTH, WORDS, bias=False)


class GPT2Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.Module()
        self.attn.c_attn = Conv1D(3 * WIDTH, WIDTH)
        self.attn.c_proj = Conv1D(WIDTH, WIDTH)


class GPT2(nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = nn.Module()
        self.transformer.h = nn.ModuleList(GPT2Block() for _ in range(LAYERS))


def fresh(make, dtype, seed):
    torch.manual_seed(seed)
    net = make()
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(torch.randn_like(p) * 0.02)
    return net.to(dtype)


def copied(net, make, dtype):
    """The model once more, with weights of its own."""
    other = make().to(dtype)
    other.load_state_dict(net.state_dict())
    return other


def tensors(net):
    return {k: v.detach().clone().contiguous() for k, v in net.state_dict().items()}


def train(peft_model):
    """Stands for training: random factors, and what else is trained moved a little."""
    with torch.no_grad():
        for name, p in peft_model.named_parameters():
            if "lora_A" in name or "lora_embedding_A" in name:
                p.copy_(torch.randn_like(p) * 0.1)
            elif "lora_B" in name or "lora_embedding_B" in name:
                p.copy_(torch.randn_like(p) * 0.02)
            elif "magnitude" in name:
                p.mul_(1.01)
            elif p.requires_grad:
                p.add_(torch.randn_like(p) * 0.01)


def merged(base, folder, make, dtype, upcast=False, safe=False, times=1, scale=1.0, skip=None):
    """The base with the adapter of a folder merged by peft, perhaps wrongly."""
    net = copied(base, make, dtype)
    for _ in range(times):
        model = PeftModel.from_pretrained(net, folder, autocast_adapter_dtype=upcast)
        if not upcast:
            model.to(dtype)
        for name, module in model.named_modules():
            if hasattr(module, "scaling") and "default" in module.scaling:
                module.scaling["default"] *= scale
                if skip and skip in name:
                    module.scaling["default"] = 0.0
        net = model.merge_and_unload(safe_merge=safe)
    return tensors(net)


def write(case, make, dtype, config, wrong=False, upcast=False, safe=False):
    folder = os.path.join(OUT, case)
    os.makedirs(folder)
    base = fresh(make, dtype, 1)
    save_file(tensors(base), os.path.join(folder, "base.safetensors"))
    model = get_peft_model(copied(base, make, dtype), LoraConfig(**config), autocast_adapter_dtype=upcast)
    if not upcast:
        model.to(dtype)
    torch.manual_seed(2)
    train(model)
    adapter = os.path.join(folder, "adapter")
    model.save_pretrained(adapter)
    kind = dict(upcast=upcast, safe=safe)
    right = merged(base, adapter, make, dtype, **kind)
    save_file(right, os.path.join(folder, "merged.safetensors"))
    report = {"case": case, "wrong": {}}
    if wrong:
        targets = [n for n in right if n.endswith(("q_proj.weight", "v_proj.weight"))]
        mistakes = {
            "unmerged": (tensors(base), targets),
            "twice": (merged(base, adapter, make, dtype, times=2, **kind), targets),
            "scale": (merged(base, adapter, make, dtype, scale=1.05, **kind), targets),
            "skipped": (merged(base, adapter, make, dtype, skip="layers.1.", **kind), [n for n in targets if ".1." in n]),
        }
        touched = {k: v.clone() for k, v in right.items()}
        name = "model.layers.2.up_proj.weight"
        touched[name][3, 5] += touched[name][3, 5].abs() * 0.02
        mistakes["touched"] = (touched, [name])
        for what, (bad, off) in mistakes.items():
            save_file(bad, os.path.join(folder, f"wrong-{what}.safetensors"))
            report["wrong"][f"wrong-{what}.safetensors"] = sorted(off)
    print(json.dumps(report), flush=True)


def main():
    llama, biased = (lambda: Llama(False)), (lambda: Llama(True))
    plain = dict(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"])
    for name, dtype in DTYPES.items():
        write(f"{name}-rounded", llama, dtype, plain, wrong=True)
        write(f"{name}-float32", llama, dtype, plain, upcast=True, safe=True)
        write(f"{name}-odd-scale", llama, dtype, dict(plain, lora_alpha=11), safe=True)
        write(f"{name}-rslora", llama, dtype, dict(plain, use_rslora=True))
        write(f"{name}-conv1d", GPT2, dtype, dict(r=8, lora_alpha=16, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True))
        write(f"{name}-dora", llama, dtype, dict(plain, use_dora=True))
    bf16 = torch.bfloat16
    write("bias", biased, bf16, dict(plain, bias="lora_only"))
    write("saved", llama, bf16, dict(plain, modules_to_save=["lm_head"]))
    write("embedding", llama, bf16, dict(plain, target_modules=["embed_tokens", "q_proj"]))
    write("patterns", llama, bf16, dict(plain, rank_pattern={"v_proj": 4}, alpha_pattern={"layers.1.self_attn.q_proj": 3}))
    write("layers", llama, bf16, dict(plain, layers_to_transform=[0, 2], layers_pattern="layers"))
    write("regex", llama, bf16, dict(plain, target_modules=r".*\.layers\.[01]\..*(q_proj|up_proj)"))


OUT = sys.argv[1]
main()
