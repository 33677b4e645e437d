"""A tensor, and what its bytes are as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._program import fill

if TYPE_CHECKING:
    import numpy as np
    import torch as pt

# Element types that numpy has; files are little-endian.
PLAIN = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8", "I64": "<i8",
    "F16": "<f2", "F32": "<f4", "F64": "<f8", "C64": "<c8",
}  # fmt: skip

# Those that ml_dtypes adds to numpy, and the unsigned integers that hold their bits.
NARROW = {
    "BF16": ("bfloat16", "<u2"),
    "F8_E4M3": ("float8_e4m3fn", "u1"),
    "F8_E5M2": ("float8_e5m2", "u1"),
    "F8_E8M0": ("float8_e8m0fnu", "u1"),
    "F8_E4M3FNUZ": ("float8_e4m3fnuz", "u1"),
    "F8_E5M2FNUZ": ("float8_e5m2fnuz", "u1"),
}

TORCH = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "U16": "uint16", "I16": "int16", "U32": "uint32", "I32": "int32",
    "U64": "uint64", "I64": "int64", "F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64",
    "C64": "complex64", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu",
    "F8_E4M3FNUZ": "float8_e4m3fnuz", "F8_E5M2FNUZ": "float8_e5m2fnuz",
}  # fmt: skip


@dataclass(frozen=True)
class Tensor:
    """A tensor of a file in a revision. Its bytes are read each time that they are asked for, and are the caller's own."""

    name: str
    dtype: str  #: as dits writes it: BF16, F32, Q4_K
    shape: tuple[int, ...]  #: rows first, in GGUF too
    offset: int  #: in bytes from the start of the file
    size: int  #: in bytes
    digest: str  #: BLAKE3 of its bytes: equal tensors have equal digests
    _root: Path = field(repr=False, compare=False)
    _object: str = field(repr=False, compare=False)
    _swapped: bool = field(repr=False, compare=False)  # the file is big-endian

    @classmethod
    def listed(cls, t: dict[str, Any], root: Path, object: str, swapped: bool) -> Tensor:
        """The tensor that a line of ``dits ls --json`` is about."""
        shape = tuple(t["shape"])
        return cls(t["name"], t["dtype"], shape, t["offset"], t["size"], t["digest"], root, object, swapped)

    def bytes(self, start: int = 0, stop: int | None = None) -> bytearray:
        """Its bytes as they are in the file, or those from start up to and without stop. Only what these touch is decoded."""
        stop = self.size if stop is None else stop
        if not 0 <= start <= stop <= self.size:
            raise IndexError(f"{self.name}: bytes {start} to {stop}, want some of {self.size}")
        buffer = bytearray(stop - start)
        if buffer:
            fill(buffer, self._root, "cat", f"--range={self.offset + start}:{self.offset + stop}", self._object)
        return buffer

    def bits(self) -> np.ndarray[Any, Any]:
        """BF16 and FP8 as unsigned integers, which numpy has of its own; other types as they are."""
        return self._array(NARROW[self.dtype][1] if self.dtype in NARROW else PLAIN.get(self.dtype))

    def numpy(self) -> np.ndarray[Any, Any]:
        """The tensor as an array. BF16 and FP8 need ml_dtypes."""
        return self._array(self._numpy_type())

    def rows(self, start: int, stop: int) -> np.ndarray[Any, Any]:
        """Rows from start up to and without stop, along the first axis; the others are not read."""
        return self._array(self._numpy_type(), start, stop)

    def torch(self) -> pt.Tensor:
        """The tensor in torch, on the processor."""
        import torch

        dtype = getattr(torch, TORCH.get(self.dtype, ""), None)
        if dtype is None:
            raise TypeError(f"{self.name}: this torch has no {self.dtype}; bytes() has it as it is stored")
        if self.size == 0:
            return torch.empty(self.shape, dtype=dtype)
        return torch.frombuffer(self._little(0, self.size), dtype=dtype).reshape(self.shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        if copy is False:
            raise ValueError(f"{self.name}: is read from the store, which is a copy")
        array = self.numpy()
        return array if dtype is None else array.astype(dtype, copy=False)

    def _numpy_type(self) -> Any:
        if self.dtype not in NARROW:
            return PLAIN.get(self.dtype)
        try:
            import ml_dtypes
        except ImportError:
            text = f"{self.name}: numpy has no {self.dtype}: pip install ml_dtypes, or take bits()"
            raise ImportError(text) from None
        return getattr(ml_dtypes, NARROW[self.dtype][0])

    def _array(self, dtype: Any, start: int = 0, stop: int | None = None) -> np.ndarray[Any, Any]:
        import numpy

        if dtype is None:
            raise TypeError(f"{self.name}: {self.dtype} packs several weights: bytes() has them as they are stored")
        shape, last = self.shape, self.size
        if stop is not None:
            if not shape or not 0 <= start <= stop <= shape[0]:
                raise IndexError(f"{self.name}: rows {start} to {stop}, want some of {shape[0] if shape else 0}")
            row = self.size // max(shape[0], 1)
            shape, start, last = (stop - start, *shape[1:]), start * row, stop * row
        return numpy.frombuffer(self._little(start, last), dtype=dtype).reshape(shape)

    def _little(self, start: int, stop: int) -> bytearray:
        """Bytes of elements in the order that numpy and torch want."""
        buffer = self.bytes(start, stop)
        if not self._swapped:
            return buffer
        width = self.size // max(prod(self.shape), 1)
        swapped = bytearray(len(buffer))
        for i in range(width):
            swapped[i::width] = buffer[width - 1 - i :: width]
        return swapped
