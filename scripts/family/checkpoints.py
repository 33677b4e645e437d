#!/usr/bin/python3
"""Trains a second family, in F32 and of another size, with the checkpoints of two runs on the way.

    checkpoints.py --goroot "$(go env GOROOT)" --out DIR

Writes DIR/f32/NAME.safetensors and DIR/bf16/NAME.safetensors (the same, rounded), for NAME:

    base-300 … base-380    checkpoints of the base's run, 20 steps apart, and base, its end at 400
    ft-50, ft-100, ft-150  one run of the base on Perl at 3e-5, in F32 and with one optimiser all the way
    ft-hard                the base on Python at 2e-4, 150 steps

and DIR/f32/widened.safetensors: the BF16 base as F32, so that the low 16 bits of each weight are zero.
One thread, fixed seeds: the same machine and the same text give the same bytes. About 6 minutes on one core.
"""
import argparse
import os

import torch

import model
import stfile
import train

CONFIG = {**model.CONFIG, "hidden_size": 192, "intermediate_size": 512, "num_hidden_layers": 4, "vocab_size": 1024}
BASE_STEPS, BASE_SEEN = 400, range(300, 400, 20)
TUNE_STEPS, TUNE_SEEN = 150, range(50, 151, 50)
CHARS = 3_000_000


def f32(tensors):
    return {n: ("F32", t.detach().numpy()) for n, t in tensors.items()}


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", required=True, help="folder to write into")
    p.add_argument("--goroot", required=True, help="Go's source, as `go env GOROOT` prints it")
    p.add_argument("--seed", type=int, default=3)
    p.set_defaults(chars=CHARS)
    return p.parse_args()


class Writer:
    """Writes each model twice, in F32 and in BF16."""

    def __init__(self, out):
        self.out = out
        for kind in ("f32", "bf16"):
            os.makedirs(os.path.join(out, kind), exist_ok=True)

    def path(self, kind, name):
        return os.path.join(self.out, kind, name + ".safetensors")

    def save(self, name, net):
        stfile.write(self.path("f32", name), f32(net.state_dict()))
        train.save(self.path("bf16", name), net.state_dict())

    def at(self, steps, name):
        """What fit calls after each step, to save those of `steps`."""
        return lambda n, net: self.save(f"{name}-{n}", net) if n in steps else None


def main():
    o = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(o.seed)
    model.CONFIG["vocab_size"] = CONFIG["vocab_size"]  # what train.corpus makes the tokenizer for
    _, go, perl, python = train.corpus(o)
    out, net = Writer(o.out), model.Llama(CONFIG)
    log = {"base": train.fit("base", net, go, BASE_STEPS, 2e-3, o.seed, out.at(BASE_SEEN, "base"))}
    out.save("base", net)
    stfile.write(out.path("f32", "widened"), f32(train.rounded(net).state_dict()))

    tune, start = model.Llama(CONFIG), net.state_dict()
    tune.load_state_dict(start)
    log["ft"] = train.fit("ft", tune, perl, TUNE_STEPS, 3e-5, o.seed + 1, out.at(TUNE_SEEN, "ft"))
    tune.load_state_dict(start)
    log["ft-hard"] = train.fit("ft-hard", tune, python, TUNE_STEPS, 2e-4, o.seed + 2)
    out.save("ft-hard", tune)
    train.save_json(os.path.join(o.out, "training.json"), log)


if __name__ == "__main__":
    main()
