"""Importance matrices: the mean squared activation of each input column of each matrix.

    read("base.imatrix")  ->  {"blk.0.attn_q.weight": float32 array}

The file is the .dat that llama-imatrix wrote until 2025, little endian: i32 entries; each: i32 length and name, i32 calls,
i32 columns, float32 values (a mean times calls); i32 chunks; i32 length and name of the text.
"""
import ctypes
import struct

import numpy as np

import llama


def read(path):
    """{name: means} of a file."""
    with open(path, "rb") as f:
        number = lambda: struct.unpack("<i", f.read(4))[0]
        out = {}
        for _ in range(number()):
            name = f.read(number()).decode()
            calls, columns = number(), number()
            out[name] = np.frombuffer(f.read(4 * columns), "<f4") / np.float32(max(calls, 1))
        return out


def write(path, means, calls=1, text=b"calibration.txt"):
    with open(path, "wb") as f:
        f.write(struct.pack("<i", len(means)))
        for name, values in means.items():
            b = (values * np.float32(calls)).astype("<f4")
            f.write(struct.pack("<i", len(name)) + name.encode() + struct.pack("<ii", calls, b.size) + b.tobytes())
        f.write(struct.pack("<ii", calls, len(text)) + text)


def as_array(means):
    """What llama_model_quantize takes; it keeps the values alive."""
    out = (llama.Importance * (len(means) + 1))()
    out.kept = [np.ascontiguousarray(values, np.float32) for values in means.values()]
    for entry, name, values in zip(out, means, out.kept):
        entry.name, entry.size = name.encode(), values.size
        entry.data = values.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    return out
