"""Says what gguf-py's GGUFReader makes of files.

Reads paths on standard input, one a line; writes one JSON line for each:
{"path", "accepted", "error",
 "pairs": [{"key", "type", "offset", "bytes", "value"}],
 "tensors": [{"name", "dtype", "shape", "offset", "bytes", "sha256"}]}.
Offsets count from the start of the file, shapes are outermost first. A value is
text: integers in decimal, floats as the hexadecimal bits of a double, booleans as
true or false, strings as hexadecimal bytes, arrays with commas; null for nested arrays.
"""

import hashlib
import json
import os
import signal
import struct
import sys

import numpy as np
from gguf import GGUFReader
from gguf.constants import GGUFValueType

SMALL = 1 << 20  # bytes; a file of fewer is read at once, or never
SECONDS = 0.5, 120  # of CPU time, for small files and others: a claim of 2^62 elements keeps the reader busy for ever


class Timeout(Exception):
    pass


def alarm(_signum, _frame):
    raise Timeout("no answer in time")


def text(kind, part):
    if kind == GGUFValueType.STRING:
        return part.tobytes().hex()
    value = part.tolist()[0]
    if kind in (GGUFValueType.FLOAT32, GGUFValueType.FLOAT64):
        return struct.pack(">d", value).hex()
    return str(value).lower()


def value(field):
    if field.types.count(GGUFValueType.ARRAY) > 1:
        return None
    kind = field.types[-1]
    if field.types[0] == GGUFValueType.ARRAY:
        return ",".join(text(kind, field.parts[i]) for i in field.data)
    return text(kind, field.parts[-1])


def pairs(reader):
    return [
        {
            "key": f.name,
            "type": int(f.types[0]),
            "offset": int(f.offset),
            "bytes": sum(int(p.nbytes) for p in f.parts),
            "value": value(f),
        }
        for f in reader.fields.values()
        if not f.name.startswith("GGUF.")
    ]


def tensors(reader):
    return [
        {
            "name": t.name,
            "dtype": t.tensor_type.name,
            "shape": [int(n) for n in reversed(t.shape.tolist())],
            "offset": int(t.data_offset),
            "bytes": int(t.n_bytes),
            "sha256": hashlib.sha256(np.ascontiguousarray(t.data).tobytes()).hexdigest(),
        }
        for t in reader.tensors
    ]


def judge(path):
    signal.setitimer(signal.ITIMER_PROF, SECONDS[os.path.getsize(path) >= SMALL])
    try:
        reader = GGUFReader(path)
        described = {"pairs": pairs(reader), "tensors": tensors(reader)}
    except Exception as e:  # the reader has no error type of its own
        return {"path": path, "accepted": False, "error": f"{type(e).__name__}: {e}", "pairs": [], "tensors": []}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {"path": path, "accepted": True, "error": "", **described}


if __name__ == "__main__":
    signal.signal(signal.SIGPROF, alarm)
    for line in sys.stdin:
        print(json.dumps(judge(line.rstrip("\n"))), flush=True)
