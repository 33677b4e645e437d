#!/usr/bin/python3
"""Trains the family: a base model from scratch on Go, a full fine-tune on Perl, a LoRA on Python and its merge.

    train.py --goroot "$(go env GOROOT)" --out DIR

Writes *.safetensors (BF16), config.json, adapter_config.json, tokenizer.json and training.json (the losses).
One thread, fixed seeds: the same machine and the same text give the same bytes. About 10 minutes on one core.
"""
import argparse
import copy
import json
import math
import os
import time

import torch
from torch.nn import functional as F

import bpe
import lora
import model
import stfile
import text

BATCH, LENGTH, WARM = 16, 128, 20


class Data:
    """The ids of one kind of text, in a part to train on and a held-out part."""

    def __init__(self, tok, docs):
        self.train, self.held = (torch.tensor(tok.documents(d)) for d in text.split(docs))

    def batch(self, ids, gen):
        at = torch.randint(0, len(ids) - LENGTH - 1, (BATCH,), generator=gen)
        x = torch.stack([ids[i:i + LENGTH + 1] for i in at])
        return x[:, :-1], x[:, 1:]


def loss_of(net, batch):
    """Mean cross entropy in nats a token."""
    x, y = batch
    return F.cross_entropy(net(x).flatten(0, 1), y.flatten())


@torch.no_grad()
def held_out(net, data, batches=20):
    """The loss on held-out text: always the same batches, so runs compare."""
    gen = torch.Generator().manual_seed(12345)
    return sum(loss_of(net, data.batch(data.held, gen)).item() for _ in range(batches)) / batches


def fit(name, net, data, steps, rate, seed, after=None):
    """Trains what requires a gradient with AdamW, warm-up and a cosine down to a tenth; returns the record.

    after(n, net) is called when n steps are done, n = 1 … steps.
    """
    params = [p for p in net.parameters() if p.requires_grad]
    opt = torch.optim.AdamW(params, lr=rate, betas=(0.9, 0.95), weight_decay=0.01)
    gen = torch.Generator().manual_seed(seed)
    record = {"steps": steps, "rate": rate, "trained": sum(p.numel() for p in params),
              "held_out_before": round(held_out(net, data), 4), "train": []}
    start, recent = time.time(), []
    for step in range(steps):
        cosine = 0.1 + 0.45 * (1 + math.cos(math.pi * step / steps))
        for g in opt.param_groups:
            g["lr"] = rate * min(1, (step + 1) / WARM) * cosine
        loss = loss_of(net, data.batch(data.train, gen))
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        recent.append(loss.item())
        if after:
            after(step + 1, net)
        if len(recent) == 25 or step == steps - 1:
            record["train"].append([step + 1, round(sum(recent) / len(recent), 4)])
            print(name, *record["train"][-1], f"{time.time() - start:.0f} s", flush=True)
            recent = []
    record["held_out_after"] = round(held_out(net, data), 4)
    return record


def rounded(net):
    """A copy whose float32 weights are exactly the BF16 ones of the file: what a fine-tune starts from."""
    net = copy.deepcopy(net)
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(p.bfloat16().float())
    return net


def save(path, tensors):
    """Writes tensors in BF16 (rounded to nearest, ties to even)."""
    bits = {n: t.detach().bfloat16().contiguous().view(torch.int16).numpy().view("u2") for n, t in tensors.items()}
    stfile.write(path, {n: ("BF16", b) for n, b in bits.items()})


def save_json(path, value):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, indent=1)
        f.write("\n")


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", required=True, help="folder to write into")
    p.add_argument("--goroot", required=True, help="Go's source, as `go env GOROOT` prints it")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--chars", type=int, default=8_000_000, help="characters of Go to train on; a third of it of the others")
    p.add_argument("--base-steps", type=int, default=1500)
    p.add_argument("--base-rate", type=float, default=2e-3)
    p.add_argument("--tune-steps", type=int, default=200)
    p.add_argument("--tune-rate", type=float, default=3e-5)
    p.add_argument("--lora-steps", type=int, default=200)
    p.add_argument("--lora-rate", type=float, default=1e-3)
    return p.parse_args()


def corpus(o):
    """The tokenizer and the Data of Go, Perl and Python."""
    go = text.read("go", o.goroot, o.chars, o.seed)
    perl, python = (text.read(k, o.goroot, o.chars // 3, o.seed) for k in ("perl", "python"))
    tok = bpe.train(go, model.CONFIG["vocab_size"])
    return tok, *(Data(tok, d) for d in (go, perl, python))


def main():
    o = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(o.seed)
    os.makedirs(o.out, exist_ok=True)
    at = lambda name: os.path.join(o.out, name)
    tok, go, perl, python = corpus(o)
    tok.save(at("tokenizer.json"))
    save_json(at("config.json"), model.CONFIG)
    save_json(at("adapter_config.json"), lora.CONFIG)
    log = {"tokens": {"go": len(go.train), "perl": len(perl.train), "python": len(python.train)}}

    net = model.Llama(model.CONFIG)
    log["base"] = fit("base", net, go, o.base_steps, o.base_rate, o.seed)
    save(at("base.safetensors"), net.state_dict())

    tune = rounded(net)
    log["ft-customer"] = fit("ft-customer", tune, perl, o.tune_steps, o.tune_rate, o.seed + 1)
    save(at("ft-customer.safetensors"), tune.state_dict())

    adapted = rounded(net)
    found = lora.attach(adapted)
    log["adapter_model"] = fit("adapter_model", adapted, python, o.lora_steps, o.lora_rate, o.seed + 2)
    save(at("adapter_model.safetensors"), lora.adapter(found))
    merged = {**rounded(net).state_dict(), **lora.merged(found)}
    save(at("merged-lora.safetensors"), merged)
    final = model.Llama(model.CONFIG)
    final.load_state_dict({n: t.float() for n, t in merged.items()})
    log["merged-lora"] = {"held_out": round(held_out(final, python), 4)}
    save_json(at("training.json"), log)


if __name__ == "__main__":
    main()
