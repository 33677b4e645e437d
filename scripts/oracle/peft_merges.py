"""Merges adapters into small models with the real peft, for the tests of `dits verify-merge` and `diff --expect-lora`.

    python peft_merges.py OUT

Writes a folder for each case: base.safetensors, adapter/ as save_pretrained leaves it, merged.safetensors by
merge_and_unload, and more files: merges gone wrong in one way each, and merges that went further. One JSON line for
each case: {"case", "adapters": [FOLDER], "files": {FILE: {"verdict", "off": [tensors that are off] or null}}}.
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
        net = merged_once(net, folder, dtype, upcast, safe, scale, skip)
    return tensors(net)


def merged_once(net, folder, dtype, upcast=False, safe=False, scale=1.0, skip=None):
    model = PeftModel.from_pretrained(net, folder, autocast_adapter_dtype=upcast)
    if not upcast:
        model.to(dtype)
    for name, module in model.named_modules():
        if hasattr(module, "scaling") and "default" in module.scaling:
            module.scaling["default"] *= scale
            if skip and skip in name:
                module.scaling["default"] = 0.0
    return model.merge_and_unload(safe_merge=safe)


class Case:
    """A folder with a base, an adapter, and what became of them."""

    def __init__(self, name, make, dtype, config, **kind):
        self.name, self.make, self.dtype, self.kind = name, make, dtype, kind
        self.folder = os.path.join(OUT, name)
        os.makedirs(self.folder)
        self.base = fresh(make, dtype, 1)
        save_file(tensors(self.base), os.path.join(self.folder, "base.safetensors"))
        self.adapters, self.files = [], {}
        self.dora = config.get("use_dora", False)
        self.adapter(config, 2)
        self.right = self.merged()
        self.write("merged", self.right, "merged", [])

    def adapter(self, config, seed):
        upcast = self.kind.get("upcast", False)
        model = get_peft_model(copied(self.base, self.make, self.dtype), LoraConfig(**config), autocast_adapter_dtype=upcast)
        if not upcast:
            model.to(self.dtype)
        torch.manual_seed(seed)
        train(model)
        self.adapters.append("adapter" if not self.adapters else f"adapter{len(self.adapters) + 1}")
        model.save_pretrained(os.path.join(self.folder, self.adapters[-1]))

    def merged(self, base=None, **wrong):
        return merged(base or self.base, os.path.join(self.folder, "adapter"), self.make, self.dtype, **self.kind, **wrong)

    def write(self, what, weights, verdict, off=None):
        save_file(weights, os.path.join(self.folder, what + ".safetensors"))
        self.files[what + ".safetensors"] = {"verdict": verdict, "off": off if off is None else sorted(off)}

    def changed(self):
        """What the merge changed."""
        base = tensors(self.base)
        return [n for n, v in self.right.items() if not torch.equal(v, base[n])]

    def casts(self):
        for name, dtype in DTYPES.items():
            if dtype != self.dtype:
                self.write("cast-" + name, {n: v.to(dtype) for n, v in self.right.items()}, "merged-then-cast", [])

    def mistakes(self, scales=True):
        self.write("wrong-unmerged", tensors(self.base), "not-merged", self.changed())
        self.write("wrong-skipped", self.merged(skip="layers.1."), "not-merged", [n for n in self.changed() if ".1." in n])
        touched = {k: v.clone() for k, v in self.right.items()}
        name = "model.layers.2.up_proj.weight"
        touched[name][3, 5] += touched[name][3, 5].abs() * 0.02
        self.write("wrong-touched", touched, "merged-and-more", [name])
        # what DoRA adds depends on the weights: nothing can be told on others
        other = "not-merged" if self.dora else "other-base"
        self.write("wrong-base", self.merged(base=fresh(self.make, self.dtype, 3)), other)
        if scales:
            self.write("wrong-twice", self.merged(times=2), "other-scale", self.changed())
            self.write("wrong-scale", self.merged(scale=1.05), "other-scale", self.changed())

    def sequence(self, config):
        """Another adapter merged after the first."""
        self.adapter(config, 5)
        net = copied(self.base, self.make, self.dtype)
        for adapter in self.adapters:
            net = merged_once(net, os.path.join(self.folder, adapter), self.dtype, **self.kind)
        self.write("wrong-first-only", self.right, "not-merged")
        self.write("merged", tensors(net), "merged", [])

    def report(self):
        print(json.dumps({"case": self.name, "adapters": self.adapters, "files": self.files}), flush=True)


def main():
    llama, biased = (lambda: Llama(False)), (lambda: Llama(True))
    plain = dict(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"])
    for name, dtype in DTYPES.items():
        whole(f"{name}-rounded", llama, dtype, plain)
        simple(f"{name}-float32", llama, dtype, plain, upcast=True, safe=True)
        simple(f"{name}-odd-scale", llama, dtype, dict(plain, lora_alpha=11), safe=True)
        whole(f"{name}-rslora", llama, dtype, dict(plain, use_rslora=True))
        simple(f"{name}-conv1d", GPT2, dtype, dict(r=8, lora_alpha=16, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True))
        whole(f"{name}-dora", llama, dtype, dict(plain, use_dora=True), scales=False)
        sequence(f"{name}-two", llama, dtype, plain, dict(plain, r=4, target_modules=["v_proj", "up_proj"]))
    bf16 = torch.bfloat16
    simple("bias", biased, bf16, dict(plain, bias="lora_only"))
    whole("saved", llama, bf16, dict(plain, modules_to_save=["lm_head"]), scales=False)
    whole("embedding", llama, bf16, dict(plain, target_modules=["embed_tokens", "q_proj"]))
    simple("patterns", llama, bf16, dict(plain, rank_pattern={"v_proj": 4}, alpha_pattern={"layers.1.self_attn.q_proj": 3}))
    simple("layers", llama, bf16, dict(plain, layers_to_transform=[0, 2], layers_pattern="layers"))
    simple("regex", llama, bf16, dict(plain, target_modules=r".*\.layers\.[01]\..*(q_proj|up_proj)"))


def simple(*case, **kind):
    Case(*case, **kind).report()


def whole(*case, scales=True):
    c = Case(*case)
    c.casts()
    c.mistakes(scales)
    c.report()


def sequence(name, make, dtype, first, second):
    c = Case(name, make, dtype, first)
    c.sequence(second)
    c.report()


OUT = sys.argv[1]
main()
