"""The program: where it is, and what it answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any


class Error(Exception):
    """What the program says when it cannot do something. ``status`` is its exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def program() -> str:
    """The path of the program: that of the wheel, else the one in PATH."""
    name = "dits.exe" if os.name == "nt" else "dits"
    for folder in _folders():
        path = Path(folder, name)
        if path.is_file():
            return str(path)
    found = shutil.which("dits")
    if found is None:
        raise FileNotFoundError(f"{name} is neither beside this Python nor in PATH")
    return found


def _folders() -> list[str]:
    """Where pip may have put the program: for all, for this user, or below ``--target``."""
    user = "nt_user" if os.name == "nt" else "posix_user"
    target = Path(__file__).parent.parent / "bin"
    return [sysconfig.get_path("scripts"), str(target), sysconfig.get_path("scripts", user)]


def start(root: Path, *args: str) -> subprocess.Popen[bytes]:
    """The program, at work in a folder; its output is read from a pipe."""
    return subprocess.Popen(
        [program(), "--quiet", "-C", str(root), *args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ask(root: Path, *args: str) -> Any:
    """The JSON that a command prints."""
    process = start(root, *args)
    out, err = process.communicate()
    check(process, err)
    return json.loads(out)


def fill(buffer: bytearray, root: Path, *args: str) -> None:
    """Reads what a command writes into a buffer, which it has to fill."""
    with start(root, *args) as process:
        assert process.stdout is not None and process.stderr is not None
        into, filled = memoryview(buffer), 0
        while filled < len(into):
            n = process.stdout.readinto(into[filled:])  # type: ignore[attr-defined]
            if not n:
                break
            filled += n
        more = process.stdout.read(1)
        err = process.stderr.read()
    check(process, err)
    if more or filled < len(buffer):
        raise Error(f"{' '.join(args)}: {'more than ' if more else ''}{filled} bytes, want {len(buffer)}", 3)


def check(process: subprocess.Popen[bytes], err: bytes) -> None:
    """An Error if the program ended with one."""
    if process.returncode != 0:
        text = err.decode("utf-8", "replace").strip()
        raise Error(text.removeprefix("dits: "), process.returncode)
