#!/usr/bin/python3
"""Makes a large model from a small trained one, to quantise and to measure speeds on.

    enlarge.py base.safetensors OUT/base.safetensors [--times 4] [--layers 8] [--imatrix base.imatrix]

Every matrix has TIMES as many rows and columns. A row of it is TIMES real rows of the same module side by side, each from
a layer and a row drawn at random, with a scale of its own (10%) and noise of 5% on each weight: so blocks of 256 are
distributed as trained ones are, and none occurs twice. Norms are repeated. The result is BF16; it says nothing.
Beside it go the config.json and tokenizer.json that scripts/family/togguf.py reads. The same seed gives the same bytes.
"""
import argparse
import itertools
import json
import os
import re
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "family"))
import bpe  # noqa: E402
import imatrix  # noqa: E402
import stfile  # noqa: E402

LAYER = re.compile(r"model\.layers\.(\d+)\.(.+)")
HEAD = 64  # channels of a head


def pools(tensors):
    """{module: [matrix of each layer]}; what is in no layer is a module of its own."""
    out = {}
    for name in sorted(tensors):
        m = LAYER.fullmatch(name)
        out.setdefault(m.group(2) if m else name, []).append(stfile.floats(tensors[name]))
    return out


def larger(pool, times, rng):
    """A float32 array with `times` the sides of those in the pool; vocabularies keep their rows."""
    if pool[0].ndim == 1:
        return np.tile(pool[rng.integers(len(pool))], times)
    rows, columns = pool[0].shape
    tall = rows if len(pool) == 1 else rows * times
    stack = np.concatenate(pool)  # [layers × rows, columns]
    out = stack[rng.integers(len(stack), size=(tall, times))].reshape(tall, times * columns)
    out *= np.exp(rng.normal(0, 0.1, (tall, 1))).astype(np.float32) / np.float32(np.sqrt(times))
    out *= 1 + np.float32(0.05) * rng.standard_normal(out.shape, dtype=np.float32)
    return out


def bf16(a):
    """Bit patterns, rounded to nearest, ties to even."""
    u = np.ascontiguousarray(a, np.float32).view(np.uint32)
    return ((u + (0x7FFF + ((u >> 16) & 1))) >> 16).astype(np.uint16)


def model(tensors, times, layers, seed):
    """{name: ("BF16", bits)} of the larger model."""
    out = {}
    for module, pool in pools(tensors).items():
        alone = module.startswith("model.")
        for i in range(1 if alone else layers):
            name = module if alone else f"model.layers.{i}.{module}"
            rng = np.random.default_rng([seed, i, *name.encode()])
            out[name] = "BF16", bf16(larger(pool, times, rng))
    return out


def vocabulary(size):
    """A tokenizer of `size` tokens that are the bytes and pairs of them."""
    letters = list(bpe.byte_letters().values())
    return bpe.Tokenizer(list(itertools.islice(itertools.product(letters, letters), size - 257)))


def config(made, layers):
    """config.json, as far as togguf.py reads it."""
    tokens, hidden = made["model.embed_tokens.weight"][1].shape
    heads = hidden // HEAD
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": tokens, "hidden_size": hidden,
            "intermediate_size": made["model.layers.0.mlp.gate_proj.weight"][1].shape[0], "num_hidden_layers": layers,
            "num_attention_heads": heads, "num_key_value_heads": heads, "max_position_embeddings": 2048,
            "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "bos_token_id": 0, "eos_token_id": 0}


def importance(means, times, layers, seed):
    """An importance matrix for the larger model: columns of random layers, 5% of noise on each."""
    pool = {}
    for name, values in means.items():
        pool.setdefault(name.split(".", 2)[2], []).append(values)
    rng, out = np.random.default_rng([seed, 1 << 20]), {}
    for i in range(layers):
        for module, known in pool.items():
            wide = np.concatenate([known[j] for j in rng.integers(len(known), size=times)])
            out[f"blk.{i}.{module}"] = wide * np.exp(rng.normal(0, 0.05, wide.size)).astype(np.float32)
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("source")
    p.add_argument("out")
    p.add_argument("--imatrix", help="importance matrix of the source (.dat); then base.imatrix is written too")
    p.add_argument("--times", type=int, default=4)
    p.add_argument("--layers", type=int, default=8)
    p.add_argument("--seed", type=int, default=1)
    o = p.parse_args()
    made = model(stfile.read(o.source), o.times, o.layers, o.seed)
    folder = os.path.dirname(o.out) or "."
    os.makedirs(folder, exist_ok=True)
    stfile.write(o.out, made)
    c = config(made, o.layers)
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as f:
        json.dump(c, f, indent=1)
    vocabulary(c["vocab_size"]).save(os.path.join(folder, "tokenizer.json"))
    if o.imatrix:
        means = importance(imatrix.read(o.imatrix), o.times, o.layers, o.seed)
        imatrix.write(os.path.join(folder, "base.imatrix"), means)
    print(f"{o.out}: {sum(a.size for _, a in made.values()):,} weights")


if __name__ == "__main__":
    main()
