"""Loads models as programs do, through mmap: safetensors' safe_open and gguf-py's GGUFReader.

Reads paths on standard input, one a line; writes one JSON line for each: the SHA-256 of each tensor's bytes, by name.
"""

import hashlib
import json
import sys

from gguf import GGUFReader
from safetensors import safe_open


def tensors(path):
    if path.endswith(".gguf"):
        for tensor in GGUFReader(path).tensors:
            yield tensor.name, tensor.data
        return
    with safe_open(path, framework="np") as file:
        for name in file.keys():
            yield name, file.get_tensor(name)


if __name__ == "__main__":
    for line in sys.stdin:
        digests = {name: hashlib.sha256(data.tobytes()).hexdigest() for name, data in tensors(line.rstrip("\n"))}
        print(json.dumps(digests), flush=True)
