#!/usr/bin/python3
"""Runs a GGUF in llama.cpp and its model in torch on the same text, and compares.

    evaluate.py --lib FOLDER FAMILY/base-Q8_0.gguf FAMILY/base.safetensors

Exits 1 unless both see the same tokens and lose nearly the same on them: wrong names, a wrong permutation of Q and K or
a wrong tokenizer cannot pass. FOLDER: see llama.py.
"""
import argparse
import json
import os

import torch

import bpe
import llama
import model
import stfile

BOUND = 0.05  # nats a token; Q8_0 and Q4_K_M cost below 0.01, unpermuted Q and K 1.1
TEXT = """
// A Set is a set of small integers; the zero Set is empty.
type Set struct {
	bits []uint64
}

// Add puts n into the set and reports whether it was new.
func (s *Set) Add(n int) bool {
	for len(s.bits) <= n/64 {
		s.bits = append(s.bits, 0)
	}
	old := s.bits[n/64]
	s.bits[n/64] |= 1 << (n % 64)
	return s.bits[n/64] != old
}
"""


def loss(logits, ids):
    """Mean cross entropy in nats of each token given those before it."""
    return torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(ids[1:])).item()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--lib", required=True, help="folder of libllama*.so")
    p.add_argument("gguf")
    p.add_argument("model", help="safetensors file, with config.json and tokenizer.json beside it")
    o = p.parse_args()
    beside = lambda name: os.path.join(os.path.dirname(o.model), name)
    with open(beside("config.json"), encoding="utf-8") as f:
        config = json.load(f)

    net = model.Llama(config)
    net.load_state_dict({n: torch.tensor(stfile.floats(t)) for n, t in stfile.read(o.model).items()})
    ids = bpe.load(beside("tokenizer.json")).encode(TEXT)
    with torch.no_grad():
        ours = loss(net(torch.tensor([ids]))[0], ids)

    other = llama.Library(o.lib).model(o.gguf)
    if other.tokens(TEXT) != ids:
        raise SystemExit(f"evaluate: {o.gguf}: llama.cpp's tokens differ from tokenizer.json's")
    theirs = loss(torch.tensor(other.logits(ids, config["vocab_size"])), ids)
    print(f"{os.path.basename(o.gguf)}: {len(ids)} tokens, loss {theirs:.4f} in llama.cpp, {ours:.4f} of the model in torch")
    if not abs(theirs - ours) < BOUND:
        raise SystemExit(f"evaluate: {o.gguf}: losses differ by {abs(theirs - ours):.4f}, want < {BOUND}")


if __name__ == "__main__":
    main()
