"""Writes formats/ggml/iq_grids.bin, or compares it with --check.

The grids are those of ggml-common.h (ggml, MIT), as the gguf package has them. A
point is two bytes, little endian: the levels of its eight coordinates in two bits
each, or of four in three bits each, the first in the lowest bits. The file has
IQ2_XXS (256 points), IQ2_XS (512), IQ2_S (1024), IQ1_S (2048, also IQ1_M), then
with four coordinates IQ3_XXS (256) and IQ3_S (512): 9216 bytes.
"""

import pathlib
import sys

import numpy as np
from gguf import quants

FILE = pathlib.Path(__file__).parents[2] / "formats" / "ggml" / "iq_grids.bin"
NAMES = "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ1_S", "IQ3_XXS", "IQ3_S"


def packed(name):
    kind = getattr(quants, name)
    kind.init_grid()
    points = kind.grid.reshape(kind.grid_shape)
    bits = 16 // 8 if points.shape[1] == 8 else 12 // 4
    levels = np.searchsorted(np.array(kind.grid_map), points)
    shifts = np.arange(points.shape[1]) * bits
    return (levels << shifts).sum(axis=1).astype("<u2").tobytes()


if __name__ == "__main__":
    content = b"".join(packed(name) for name in NAMES)
    if sys.argv[1:] == ["--check"]:
        sys.exit(FILE.read_bytes() != content)
    FILE.write_bytes(content)
