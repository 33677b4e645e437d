#!/usr/bin/env python3
"""Checks a finished family with the public readers (PyPI: numpy, safetensors, gguf) and prints its figures.

    check.py DIR

Exits 1 at the first thing that is not as README.md says: shapes, what differs from the base, the merge, the quants.
"""
import argparse
import json
import os

import numpy as np
from gguf import GGUFReader, dequantize
from safetensors import safe_open

import bpe
import stfile
import togguf


def need(ok, message):
    if not ok:
        raise SystemExit("check: " + message)


def bits(path):
    """{name: uint16 array} of a BF16 file; its names and shapes as the safetensors library sees them."""
    ours = {n: a for n, (_, a) in stfile.read(path).items()}
    with safe_open(path, "np") as f:
        need(set(f.keys()) == set(ours), f"{path}: names differ from the safetensors library's")
        for n in f.keys():
            s = f.get_slice(n)
            got, want = (s.get_dtype(), tuple(s.get_shape())), ("BF16", ours[n].shape)
            need(got == want, f"{path}: tensor {n}: got {got}, want {want}")
    return ours


def wide(a):
    return stfile.floats(("BF16", a))


def narrow(a):
    """float32 to BF16 bits, to nearest, ties to even (finite values)."""
    u = np.ascontiguousarray(a, np.float32).view(np.uint32)
    return ((u + 0x7FFF + ((u >> 16) & 1)) >> 16).astype(np.uint16)


def changed(base, other):
    """(elements that differ, elements, names of the tensors that differ)."""
    need(base.keys() == other.keys(), "tensor names differ from the base's")
    n = {k: int((base[k] != other[k]).sum()) for k in base}
    return sum(n.values()), sum(a.size for a in base.values()), sorted(k for k in n if n[k])


def check_tune(base, tune):
    n, of, names = changed(base, tune)
    need(n > 0, "ft-customer: nothing changed")
    print(f"ft-customer: {n} of {of} elements changed ({n / of:.1%}) in {len(names)} of {len(base)} tensors")


def check_merge(base, merged, adapter):
    """merged is base + 2·B·A, each rounded to BF16, in q_proj and v_proj and nowhere else."""
    n, of, names = changed(base, merged)
    want = sorted(k for k in base if "q_proj" in k or "v_proj" in k)
    need(names == want, f"merged-lora: changed {names}, want {want}")
    inside = sum(base[k].size for k in want)
    print(f"merged-lora: {n} of {of} elements changed, {n / inside:.1%} of q_proj and v_proj, none elsewhere")
    off = 0
    for k in want:
        stem = "base_model.model." + k[:-len(".weight")]
        a, b = (wide(adapter[f"{stem}.lora_{x}.weight"]) for x in "AB")
        again = narrow(wide(base[k]) + wide(narrow(b @ a * np.float32(2))))
        off += int((again != merged[k]).sum())
    print(f"merged-lora: merged again here, {off} of {inside} elements differ (order of summation)")
    need(off < inside / 1000, "merged-lora: is not base + 2·B·A")


def check_gguf(path, base, config, bound):
    """The GGUF has every tensor of the base, within `bound` of it (RMS error over RMS)."""
    want = dict(togguf.tensors({k: wide(a) for k, a in base.items()}, config))
    got = {t.name: t for t in GGUFReader(path).tensors}
    need(got.keys() == want.keys(), f"{path}: tensors {sorted(got.keys() ^ want.keys())} on one side only")
    kinds, worst = {}, 0.0
    for name, w in want.items():
        t = got[name]
        kinds[t.tensor_type.name] = kinds.get(t.tensor_type.name, 0) + 1
        d = dequantize(t.data, t.tensor_type).reshape(w.shape)
        worst = max(worst, float(np.sqrt(((d - w) ** 2).mean() / (w ** 2).mean())))
    need(worst < bound, f"{path}: relative error {worst:.4f}, want < {bound}")
    print(f"{os.path.basename(path)}: {kinds}, largest relative RMS error of a tensor {worst:.4f}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("dir")
    d = p.parse_args().dir
    at = lambda name: os.path.join(d, name)
    base, tune, merged, adapter = (bits(at(n + ".safetensors")) for n in ("base", "ft-customer", "merged-lora", "adapter_model"))
    print(f"base: {len(base)} tensors, {sum(a.size for a in base.values())} parameters, read by safetensors")
    check_tune(base, tune)
    check_merge(base, merged, adapter)
    with open(at("config.json"), encoding="utf-8") as f:
        config = json.load(f)
    check_gguf(at("base-Q8_0.gguf"), base, config, 0.01)
    check_gguf(at("base-Q4_K_M.gguf"), base, config, 0.12)
    tokens, rows = len(bpe.load(at("tokenizer.json")).tokens), base["model.embed_tokens.weight"].shape[0]
    need(tokens == rows, f"tokenizer.json: got {tokens} tokens, want {rows} as the embeddings")
    total = sum(os.path.getsize(at(n)) for n in os.listdir(d))
    need(total <= 9_000_000, f"{d}: {total} bytes, want at most 9,000,000")
    print(f"{d}: {total} bytes")


if __name__ == "__main__":
    main()
