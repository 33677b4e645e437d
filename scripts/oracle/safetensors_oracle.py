"""Says what the safetensors package makes of files.

Reads paths on standard input, one a line; writes one JSON line for each:
{"path", "accepted", "error", "tensors": [{"name", "dtype", "shape", "offset", "bytes", "sha256"}]}.
Offsets count from the start of the file. The package does not report them, so
they come from the header that it accepted.
"""

import hashlib
import json
import struct
import sys

import safetensors


def data_offsets(content):
    """Start of each tensor's data, by name."""
    (n,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + n])
    starts = {}
    for name, info in header.items():
        if name != "__metadata__":
            pair = info["data_offsets"] if isinstance(info, dict) else info[2]
            starts[name] = 8 + n + pair[0]
    return starts


def judge(path):
    with open(path, "rb") as f:
        content = f.read()
    try:
        tensors = safetensors.deserialize(content)
    except safetensors.SafetensorError as e:
        return {"path": path, "accepted": False, "error": str(e), "tensors": []}
    starts = data_offsets(content)
    described = [
        {
            "name": name,
            "dtype": t["dtype"],
            "shape": list(t["shape"]),
            "offset": starts[name],
            "bytes": len(t["data"]),
            "sha256": hashlib.sha256(t["data"]).hexdigest(),
        }
        for name, t in tensors
    ]
    return {"path": path, "accepted": True, "error": "", "tensors": described}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(judge(line.rstrip("\n"))), flush=True)
