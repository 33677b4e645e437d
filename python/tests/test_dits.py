"""The module against the bytes of testdata/family, through the program that it finds."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np

import dits

FAMILY = Path(os.environ.get("DITS_TESTDATA", Path(__file__).parents[2] / "testdata")) / "family"

try:
    import ml_dtypes
except ImportError:
    ml_dtypes = None

try:
    import torch
except ImportError:
    torch = None


def run(root: Path, *args: str) -> None:
    author = ["--author", "Ada <ada@example.org>"] if args[0] == "commit" else []
    subprocess.run([dits.program(), "-q", "-C", str(root), *args, *author], check=True, stdout=subprocess.DEVNULL)


def header(file: Path) -> tuple[dict, bytes]:
    """The header of a safetensors file and what follows it."""
    content = file.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    listed = json.loads(content[8 : 8 + length])
    listed.pop("__metadata__", None)
    return listed, content[8 + length :]


def safetensors(**tensors: tuple[str, list[int], bytes]) -> bytes:
    """A file of tensors: name to dtype, shape and bytes."""
    listed, data = {}, b""
    for name, (dtype, shape, content) in tensors.items():
        listed[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(listed).encode()
    return struct.pack("<Q", len(text)) + text + data


def big_endian_gguf(values: np.ndarray) -> bytes:
    """A GGUF file of one F32 vector "v", most significant bytes first."""
    head = b"GGUF" + struct.pack(">IQQ", 3, 1, 0) + struct.pack(">Q", 1) + b"v"
    head += struct.pack(">IQIQ", 1, len(values), 0, 0)
    return head + b"\0" * (-len(head) % 32) + values.astype(">f4").tobytes()


class Family(unittest.TestCase):
    """A repository with the base on main and a fine-tune on ft, and no file in the working folder."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.root = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.root)
        run(cls.root, "init")
        for branch, file in ("main", "base.safetensors"), ("ft", "ft-customer.safetensors"):
            if branch != "main":
                run(cls.root, "switch", "-c", branch)
            shutil.copy(FAMILY / file, cls.root / "model.safetensors")
            shutil.copy(FAMILY / "base-Q4_K_M.gguf", cls.root / "quant.gguf")
            run(cls.root, "add", ".")
            run(cls.root, "commit", "-m", branch)
        for file in "model.safetensors", "quant.gguf":
            (cls.root / file).unlink()
        cls.repository = dits.open(cls.root)

    def test_every_tensor_of_every_revision(self) -> None:
        for branch, file in ("main", "base.safetensors"), ("ft", "ft-customer.safetensors"):
            model, (listed, data) = self.repository.rev(branch)["model.safetensors"], header(FAMILY / file)
            self.assertEqual(sorted(model), sorted(listed))
            self.assertEqual(model.format, "safetensors")
            for name, want in listed.items():
                tensor, (start, stop) = model[name], want["data_offsets"]
                self.assertEqual((tensor.dtype, list(tensor.shape)), (want["dtype"], want["shape"]))
                self.assertEqual(tensor.bytes(), data[start:stop])

    def test_mappings(self) -> None:
        revision = self.repository.rev("main")
        self.assertEqual(list(revision), ["model.safetensors", "quant.gguf"])
        self.assertEqual(len(revision["model.safetensors"]), 20)
        self.assertNotIn("other.safetensors", revision)
        self.assertNotIn("other", revision["model.safetensors"])

    def test_bits_and_ranges(self) -> None:
        tensor = self.repository.rev("main")["model.safetensors"]["model.embed_tokens.weight"]
        bits = np.frombuffer(tensor.bytes(), "<u2").reshape(512, 256)
        np.testing.assert_array_equal(tensor.bits(), bits)
        self.assertEqual(tensor.bytes(10, 20), tensor.bytes()[10:20])
        self.assertEqual(tensor.bytes(5, 5), b"")
        for start, stop in (-1, 5), (6, 5), (0, tensor.size + 1):
            with self.assertRaises(IndexError):
                tensor.bytes(start, stop)

    @unittest.skipIf(ml_dtypes is None, "no ml_dtypes")
    def test_bfloat16(self) -> None:
        tensor = self.repository.rev("main")["model.safetensors"]["model.embed_tokens.weight"]
        want = (tensor.bits().astype("<u4") << 16).view("<f4")
        array = tensor.numpy()
        self.assertEqual(array.dtype, ml_dtypes.bfloat16)
        np.testing.assert_array_equal(array.astype("f4"), want)
        np.testing.assert_array_equal(np.asarray(tensor, dtype="f4"), want)
        np.testing.assert_array_equal(tensor.rows(3, 7).astype("f4"), want[3:7])
        array[0, 0] = 1  # the caller's own
        with self.assertRaises(IndexError):
            tensor.rows(0, 513)

    def test_bfloat16_without_ml_dtypes(self) -> None:
        tensor = self.repository.rev("main")["model.safetensors"]["model.norm.weight"]
        with mock.patch.dict(sys.modules, ml_dtypes=None), self.assertRaisesRegex(ImportError, r"BF16.*bits\(\)"):
            tensor.numpy()

    @unittest.skipIf(torch is None, "no torch")
    def test_torch(self) -> None:
        tensor = self.repository.rev("ft")["model.safetensors"]["model.embed_tokens.weight"]
        got = tensor.torch()
        self.assertEqual((got.dtype, tuple(got.shape)), (torch.bfloat16, (512, 256)))
        np.testing.assert_array_equal(got.float().numpy(), (tensor.bits().astype("<u4") << 16).view("<f4"))

    def test_quants(self) -> None:
        model, content = self.repository.rev("main")["quant.gguf"], (FAMILY / "base-Q4_K_M.gguf").read_bytes()
        self.assertEqual(model.format, "gguf")
        for tensor in model.values():
            self.assertEqual(tensor.bytes(), content[tensor.offset : tensor.offset + tensor.size])
        norm = self.repository.rev("main")["model.safetensors"]["model.norm.weight"]
        want = (norm.bits().astype("<u4") << 16).view("<f4")
        np.testing.assert_array_equal(model["output_norm.weight"].numpy(), want)
        with self.assertRaisesRegex(TypeError, r"Q6_K.*bytes\(\)"):
            model["token_embd.weight"].numpy()

    def test_errors(self) -> None:
        with self.assertRaisesRegex(dits.Error, "nowhere") as unknown:
            self.repository.rev("nowhere")
        self.assertEqual(unknown.exception.status, 3)
        with self.assertRaises(ValueError):
            self.repository.rev("--all")
        with tempfile.TemporaryDirectory() as empty, self.assertRaises(dits.Error) as none:
            dits.open(empty)
        self.assertEqual(none.exception.status, 10)


class Odd(unittest.TestCase):
    """What is small, strange or large."""

    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        run(self.root, "init")

    def commit(self, path: str, content: bytes) -> dits.File:
        (self.root / path).parent.mkdir(exist_ok=True)
        (self.root / path).write_bytes(content)
        run(self.root, "add", "./" + path)
        run(self.root, "commit", "-m", path)
        return dits.open(self.root / path).rev()[path]

    def test_names(self) -> None:
        ones = struct.pack("<2f", 1, 1)
        model = self.commit(
            "-in ä/--x.safetensors", safetensors(**{"--all": ("F32", [2], ones), "": ("F32", [2], ones)})
        )
        for tensor in model.values():
            np.testing.assert_array_equal(tensor.numpy(), [1, 1])

    def test_shapes(self) -> None:
        two = ("I64", [], struct.pack("<q", 2))
        model = self.commit(
            "m.safetensors", safetensors(scalar=two, none=("F16", [0, 4], b""), b=("BOOL", [2], b"\1\0"))
        )
        self.assertEqual(model["scalar"].numpy(), 2)
        self.assertEqual(model["none"].numpy().shape, (0, 4))
        self.assertEqual(model["b"].numpy().tolist(), [True, False])

    def test_big_endian(self) -> None:
        values = np.arange(64, dtype="f4") / 3
        model = self.commit("big.gguf", big_endian_gguf(values))
        np.testing.assert_array_equal(model["v"].numpy(), values)
        np.testing.assert_array_equal(model["v"].rows(2, 5), values[2:5])
        if torch is not None:
            np.testing.assert_array_equal(model["v"].torch().numpy(), values)

    def test_text(self) -> None:
        text = self.commit("config.json", b"{}\n")
        self.assertEqual((text.format, len(text), text.size), ("opaque", 0, 3))

    def test_a_revision_stays(self) -> None:
        self.commit("config.json", b"{}\n")
        before = dits.open(self.root).rev("main")
        self.commit("config.json", b"{ }\n")
        self.assertEqual((before["config.json"].size, dits.open(self.root).rev("main")["config.json"].size), (3, 4))


class Program(unittest.TestCase):
    def test_module_is_the_program(self) -> None:
        said = subprocess.run([sys.executable, "-m", "dits", "version"], capture_output=True, text=True, check=True)
        self.assertTrue(said.stdout.startswith("dits "), said.stdout)
        wrong = subprocess.run([sys.executable, "-m", "dits", "no-such"], capture_output=True, check=False)
        self.assertEqual(wrong.returncode, 2)


if __name__ == "__main__":
    unittest.main()
