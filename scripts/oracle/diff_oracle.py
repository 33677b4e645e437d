"""Says in float64 how far the tensors of two files are apart: safetensors (floats) or GGUF, of llama's architecture.

Reads lines of two paths with a tab between on standard input; writes one JSON line for each:
{name in the first file: {"changed", "rel_l2", "max_abs", "cosine", "mean_shift", "rank"}}. Quants are read by the gguf
package. The rows of queries and keys in GGUF are put back in the order of safetensors. "rank" counts singular values by
numpy's full decomposition; it is null but for matrices in one dtype of BF16 that differ.
"""

import json
import struct
import sys

import gguf
import numpy as np

MODULES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
}
OUTSIDE = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight"}
TYPES = {"F16": np.float16, "F32": np.float32, "F64": np.float64}


def role(name):
    if name in OUTSIDE:
        return OUTSIDE[name]
    if name.startswith("model.layers."):
        _, _, layer, module, what = name.replace("self_attn.", "self_attn_").replace("mlp.", "mlp_").split(".")
        module = MODULES[module.replace("self_attn_", "self_attn.").replace("mlp_", "mlp.")]
        return f"blk.{layer}.{module}.{what}"
    return name


def read_safetensors(path):
    with open(path, "rb") as f:
        content = f.read()
    (n,) = struct.unpack("<Q", content[:8])
    out = {}
    for name, info in json.loads(content[8 : 8 + n]).items():
        if name == "__metadata__":
            continue
        start, end = info["data_offsets"]
        raw = content[8 + n + start : 8 + n + end]
        if info["dtype"] == "BF16":
            values = (np.frombuffer(raw, np.uint16).astype(np.uint32) << 16).view(np.float32)
        else:
            values = np.frombuffer(raw, TYPES[info["dtype"]])
        out[role(name)] = (name, info["dtype"], values.astype(np.float64).reshape(info["shape"]))
    return out


def unpermuted(w, heads):
    """The inverse of LlamaModel.permute of llama.cpp's convert_hf_to_gguf.py."""
    return w.reshape(heads, w.shape[0] // heads // 2, 2, w.shape[1]).swapaxes(1, 2).reshape(w.shape)


def read_gguf(path):
    r = gguf.GGUFReader(path)
    arch = r.fields["general.architecture"].contents()
    heads = r.fields[f"{arch}.attention.head_count"].contents()
    kv = r.fields.get(f"{arch}.attention.head_count_kv")
    heads_kv = kv.contents() if kv else heads
    out = {}
    for t in r.tensors:
        shape = [int(n) for n in reversed(t.shape)]
        values = gguf.quants.dequantize(t.data, t.tensor_type).astype(np.float64).reshape(shape)
        if t.name.endswith("attn_q.weight"):
            values = unpermuted(values, heads)
        elif t.name.endswith("attn_k.weight"):
            values = unpermuted(values, heads_kv)
        out[t.name] = (t.name, t.tensor_type.name, values)
    return out


def read(path):
    return read_gguf(path) if path.endswith(".gguf") else read_safetensors(path)


def bf16_step(x):
    _, e = np.frexp(np.abs(x))
    return np.where(x == 0, 0, np.ldexp(1.0, e - 8))


def rank(a, b):
    """Singular values above the noise of rounding to BF16, as docs/manual.md has it."""
    d = b - a
    noise = (bf16_step(b) ** 2 + 2 * bf16_step(d) ** 2) / 12
    floor = np.sqrt(noise.sum(axis=1).max()) + np.sqrt(noise.sum(axis=0).max())
    return int((np.linalg.svd(d, compute_uv=False) > floor).sum())


def compare(a, b, same, matrices):
    d = b - a
    norm = np.sqrt((a * a).sum())
    changed = int((a != b).sum())
    return {
        "changed": changed,
        "rel_l2": float(np.sqrt((d * d).sum()) / norm),
        "max_abs": float(np.abs(d).max()),
        "cosine": float((a * b).sum() / (norm * np.sqrt((b * b).sum()))),
        "mean_shift": float(d.mean()),
        "rank": rank(a, b) if matrices and same and changed and a.ndim == 2 and a.shape[0] <= 1024 else None,
    }


for line in sys.stdin:
    first, second = (read(p) for p in line.rstrip("\n").split("\t"))
    report = {}
    for r, (name, dtype, a) in first.items():
        _, other, b = second[r]
        report[name] = compare(a, b, dtype == other, dtype == "BF16")
    print(json.dumps(report), flush=True)
