"""Safetensors files as numpy arrays, without the safetensors library (Debian's Python has none).

    write("a.safetensors", {"w": ("BF16", array_of_uint16)});  read("a.safetensors")["w"]

Layout: u64 length of the header, JSON header padded with spaces to 8 bytes, then the tensors in order of name.
BF16 travels as uint16 bit patterns, since numpy has no such type.
"""
import json
import struct

import numpy as np

STORED = {"BF16": "<u2", "F16": "<f2", "F32": "<f4"}


def write(path, tensors):
    head, blobs, off = {"__metadata__": {"format": "pt"}}, [], 0
    for name in sorted(tensors):
        dtype, a = tensors[name]
        b = np.ascontiguousarray(a, STORED[dtype]).tobytes()
        head[name] = {"dtype": dtype, "shape": list(a.shape), "data_offsets": [off, off + len(b)]}
        blobs.append(b)
        off += len(b)
    h = json.dumps(head, separators=(",", ":")).encode()
    h += b" " * (-len(h) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h + b"".join(blobs))


def read(path):
    """{name: (dtype, array)} of a file."""
    with open(path, "rb") as f:
        head = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        body = f.read()
    head.pop("__metadata__", None)
    out = {}
    for name, t in head.items():
        lo, hi = t["data_offsets"]
        out[name] = t["dtype"], np.frombuffer(body[lo:hi], STORED[t["dtype"]]).reshape(t["shape"])
    return out


def floats(tensor):
    """A tensor of read as float32: exact for all three types."""
    dtype, a = tensor
    if dtype == "BF16":
        return (a.astype(np.uint32) << 16).view(np.float32)
    return a.astype(np.float32)
