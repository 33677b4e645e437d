"""Dequantises with gguf-py, whose arithmetic is its own, in numpy.

Reads requests on standard input, one a line: the number of the type, the path of the
blocks, and the path for the values, raw little-endian float32.
"""

import sys

import gguf
import numpy as np

if __name__ == "__main__":
    for line in sys.stdin:
        kind, source, destination = line.split()
        with np.errstate(all="ignore"):
            values = gguf.dequantize(np.fromfile(source, np.uint8), gguf.GGMLQuantizationType(int(kind)))
        values.astype("<f4").tofile(destination)
