#!/usr/bin/python3
"""Writes the base model as an F16 GGUF, the way llama.cpp's converter does for LlamaForCausalLM.

    togguf.py FAMILY/base.safetensors base-F16.gguf      # config.json and tokenizer.json lie beside the input

GGUF names; the rows of Q and K permuted, since llama.cpp rotates neighbouring channels and not halves;
norms in F32, the rest in F16; no output.weight, because the embeddings are tied. Format: ggml's docs/gguf.md.
"""
import argparse
import json
import os
import struct

import numpy as np

import bpe
import stfile

ALIGN = 32
F32, F16 = 0, 1  # ggml_type
MOSTLY_F16 = 1  # llama_ftype
LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def string(s):
    b = s.encode()
    return struct.pack("<Q", len(b)) + b


def u32(key, v):
    return string(key) + struct.pack("<II", 4, v)


def f32(key, v):
    return string(key) + struct.pack("<If", 6, v)


def boolean(key, v):
    return string(key) + struct.pack("<IB", 7, v)


def text(key, v):
    return string(key) + struct.pack("<I", 8) + string(v)


def strings(key, v):
    return string(key) + struct.pack("<IIQ", 9, 8, len(v)) + b"".join(map(string, v))


def i32s(key, v):
    return string(key) + struct.pack("<IIQ", 9, 5, len(v)) + np.array(v, "<i4").tobytes()


def permute(w, heads):
    """Rows of each head from halves (0..d/2, d/2..d) to pairs (0, d/2, 1, d/2+1, ...)."""
    return w.reshape(heads, 2, -1, w.shape[1]).swapaxes(1, 2).reshape(w.shape)


def metadata(name, c, tok):
    heads = c["num_attention_heads"]
    return [
        text("general.architecture", "llama"),
        text("general.type", "model"),
        text("general.name", name),
        text("general.license", "apache-2.0"),
        u32("llama.block_count", c["num_hidden_layers"]),
        u32("llama.context_length", c["max_position_embeddings"]),
        u32("llama.embedding_length", c["hidden_size"]),
        u32("llama.feed_forward_length", c["intermediate_size"]),
        u32("llama.attention.head_count", heads),
        u32("llama.attention.head_count_kv", c["num_key_value_heads"]),
        f32("llama.rope.freq_base", c["rope_theta"]),
        f32("llama.attention.layer_norm_rms_epsilon", c["rms_norm_eps"]),
        u32("general.file_type", MOSTLY_F16),
        u32("llama.vocab_size", c["vocab_size"]),
        u32("llama.rope.dimension_count", c["hidden_size"] // heads),
        u32("general.quantization_version", 2),
        text("tokenizer.ggml.model", "gpt2"),
        text("tokenizer.ggml.pre", "gpt-2"),
        strings("tokenizer.ggml.tokens", tok.tokens),
        i32s("tokenizer.ggml.token_type", [3] + [1] * (len(tok.tokens) - 1)),  # 3: control, 1: normal
        strings("tokenizer.ggml.merges", [" ".join(m) for m in tok.merges]),
        u32("tokenizer.ggml.bos_token_id", c["bos_token_id"]),
        u32("tokenizer.ggml.eos_token_id", c["eos_token_id"]),
        boolean("tokenizer.ggml.add_bos_token", False),
    ]


def tensors(weights, c):
    """(GGUF name, float32 array) in the order of llama.cpp's files."""
    out = [("token_embd.weight", weights["model.embed_tokens.weight"])]
    for i in range(c["num_hidden_layers"]):
        for short, long in LAYER.items():
            w = weights[f"model.layers.{i}.{long}.weight"]
            if short in ("attn_q", "attn_k"):
                w = permute(w, c["num_attention_heads"])
            out.append((f"blk.{i}.{short}.weight", w))
    return [*out, ("output_norm.weight", weights["model.norm.weight"])]


def write(path, meta, arrays):
    infos, blobs, off = [], [], 0
    for name, a in arrays:
        kind, b = (F32, a.astype("<f4").tobytes()) if a.ndim == 1 else (F16, a.astype("<f2").tobytes())
        dims = a.shape[::-1]  # GGUF counts the row length first
        infos.append(string(name) + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind, off))
        b += bytes(-len(b) % ALIGN)
        blobs.append(b)
        off += len(b)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(arrays), len(meta)) + b"".join(meta) + b"".join(infos)
    with open(path, "wb") as f:
        f.write(head + bytes(-len(head) % ALIGN) + b"".join(blobs))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", help="safetensors file")
    p.add_argument("out", help="GGUF file to write")
    p.add_argument("--layers", type=int, help="write only so many layers, from the first")
    o = p.parse_args()
    beside = lambda name: os.path.join(os.path.dirname(o.model), name)
    with open(beside("config.json"), encoding="utf-8") as f:
        c = json.load(f)
    c["num_hidden_layers"] = o.layers or c["num_hidden_layers"]
    weights = {n: stfile.floats(t) for n, t in stfile.read(o.model).items()}
    name = os.path.splitext(os.path.basename(o.model))[0]
    write(o.out, metadata(name, c, bpe.load(beside("tokenizer.json"))), tensors(weights, c))


if __name__ == "__main__":
    main()
