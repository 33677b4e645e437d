"""Writes a safetensors file of scripts/bigmodel as GGUF in Q8_0, as llama.cpp's quantiser makes it.

Usage: q8.py FILE.safetensors FILE.gguf
"""

import json
import struct
import sys

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, quants

MODULES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}

source, target = sys.argv[1:]
with open(source, "rb") as f:
    (n,) = struct.unpack("<Q", f.read(8))
    header = json.loads(f.read(n))
content = np.memmap(source, dtype=np.uint8, mode="r")[8 + n :]
writer = GGUFWriter(target, "llama")
writer.add_block_count(16)
writer.add_embedding_length(4096)
for name, tensor in header.items():
    start, end = tensor["data_offsets"]
    values = (content[start:end].view(np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(tensor["shape"])
    to = "token_embd.weight"
    if name.startswith("model.layers."):
        parts = name.split(".")
        to = f"blk.{parts[2]}.{MODULES['.'.join(parts[3:5])]}.weight"
    writer.add_tensor(to, quants.quantize(values, GGMLQuantizationType.Q8_0), raw_dtype=GGMLQuantizationType.Q8_0)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
