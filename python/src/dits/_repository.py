"""Repositories, revisions and files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ._program import Error, ask, fill
from ._tensor import Tensor

NO_REPOSITORY = 10  # the exit status of the program


def open(path: str | os.PathLike[str] = ".") -> Repository:
    """The repository that a folder is in."""
    here = Path(path).resolve()
    for folder in (here, *here.parents):
        if (folder / ".dits").exists():
            return Repository(folder)
    raise Error(f"{here}: no repository here, nor in a folder above", NO_REPOSITORY)


class Repository:
    """A working folder with its history."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def rev(self, name: str = "HEAD") -> Revision:
        """The commit that a branch, a tag or any other REV names now. It stays that one when the branch moves on."""
        if not name or name.startswith("-"):
            raise ValueError(f"revision {name!r}: want a branch, a tag or the id of a commit")
        return Revision(self, ask(self.root, "log", "--json", "-n", "1", name, "--")["id"])

    def __repr__(self) -> str:
        return f"dits.open({str(self.root)!r})"


class Revision(Mapping[str, "File"]):
    """The files of a commit, by their paths from the root of the repository."""

    def __init__(self, repository: Repository, id: str) -> None:
        self.repository = repository
        self.id = id
        self._files: dict[str, File] | None = None

    def _listed(self) -> dict[str, File]:
        if self._files is None:
            entries = ask(self.repository.root, "ls", "--json", "-r", self.id, ".")["entries"]
            self._files = {e["path"]: File(self, e["path"], e["size"]) for e in entries if e["type"] == "file"}
        return self._files

    def __getitem__(self, path: str) -> File:
        return self._listed()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed())

    def __len__(self) -> int:
        return len(self._listed())

    def __repr__(self) -> str:
        return f"{self.repository!r}.rev({self.id[:10]!r})"


class File(Mapping[str, Tensor]):
    """The tensors of a file, by their names, in the order of the file. None of them is read before it is asked for."""

    def __init__(self, revision: Revision, path: str, size: int) -> None:
        self.revision = revision
        self.path = path
        self.size = size
        self._answer: dict[str, Any] | None = None
        self._tensors: dict[str, Tensor] | None = None

    @property
    def format(self) -> str:
        """``safetensors``, ``gguf``, or ``opaque`` of a file without tensors."""
        return str(self._details()["format"])

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of the file, None if it is not known."""
        known = self._details()["sha256"]
        return None if known is None else str(known)

    @property
    def object(self) -> str:
        """``REV:PATH``, as commands take it."""
        return f"{self.revision.id}:{self.path}"

    @property
    def _root(self) -> Path:
        return self.revision.repository.root

    def _details(self) -> dict[str, Any]:
        if self._answer is None:
            self._answer = dict(ask(self._root, "ls", "--json", self.revision.id, "./" + self.path))
        return self._answer

    def _listed(self) -> dict[str, Tensor]:
        if self._tensors is None:
            swapped = self.format == "gguf" and self._is_big_endian()
            listed = self._details()["tensors"]
            self._tensors = {t["name"]: Tensor.listed(t, self._root, self.object, swapped) for t in listed}
        return self._tensors

    def _is_big_endian(self) -> bool:
        """A GGUF file tells by its version, a small number, in which order it has bytes."""
        version = bytearray(4)
        fill(version, self._root, "cat", "--range=4:8", self.object)
        return int.from_bytes(version, "little") > 0xFFFF

    def __getitem__(self, name: str) -> Tensor:
        return self._listed()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed())

    def __len__(self) -> int:
        return len(self._listed())

    def __repr__(self) -> str:
        return f"{self.revision!r}[{self.path!r}]"
