"""Quantises and dequantises with libgguf, which has ggml's own C code compiled.

Reads requests on standard input, one JSON object a line:
{"op": "quantise" or "dequantise", "type": number, "columns": values a row,
 "src": path, "weights": path or "", "dst": path}.
Floats are raw little-endian float32. Writes the result to dst, and one JSON object
for each request on standard output: {"error"}, empty if all went well.
"""

import json
import sys

import libgguf
import numpy as np

F16, BF16 = 1, 30  # enum ggml_type; libgguf stores these but does not read them


def quantise(request):
    rows = np.fromfile(request["src"], "<f4").reshape(-1, request["columns"])
    weights = np.fromfile(request["weights"], "<f4") if request["weights"] else None
    return libgguf.quantize_rows(rows, request["type"], weights)


def dequantise(request):
    blocks = np.fromfile(request["src"], np.uint8)
    if request["type"] == F16:
        return blocks.view("<f2").astype("<f4")
    if request["type"] == BF16:
        return (blocks.view("<u2").astype("<u4") << 16).view("<f4")
    row = libgguf.row_size(request["type"], request["columns"])
    return libgguf.dequantize_rows(blocks.reshape(-1, row), request["type"], request["columns"]).astype("<f4")


def main():
    for line in sys.stdin:
        request = json.loads(line)
        error = ""
        try:
            result = {"quantise": quantise, "dequantise": dequantise}[request["op"]](request)
            result.tofile(request["dst"])
        except (ValueError, RuntimeError, KeyError) as e:
            error = f"{type(e).__name__}: {e}"
        print(json.dumps({"error": error}), flush=True)


if __name__ == "__main__":
    main()
