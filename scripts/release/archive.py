"""archive.py NAME FOLDER...: an archive of what is in the folders, below a folder of its own; a zip of a program for
Windows, else a tar.gz. The same content gives the same bytes: the time is SOURCE_DATE_EPOCH, the owner root."""

import gzip
import io
import os
import sys
import tarfile
import time
import zipfile
from pathlib import Path

EPOCH = int(os.environ["SOURCE_DATE_EPOCH"])


def entries(top: str, folders: list[Path]) -> dict[str, Path]:
    """The files by their names in the archive."""
    found = {f"{top}/{file.relative_to(f).as_posix()}": file for f in folders for file in f.rglob("*") if file.is_file()}
    return dict(sorted(found.items()))


def mode(file: Path) -> int:
    return 0o755 if file.name in ("dits", "dits.exe") else 0o644


def write_zip(name: Path, files: dict[str, Path]) -> None:
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, file in files.items():
            info = zipfile.ZipInfo(path, time.gmtime(EPOCH)[:6])
            info.external_attr, info.compress_type = (0o100000 | mode(file)) << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, file.read_bytes())


def write_tar(name: Path, files: dict[str, Path]) -> None:
    with open(name, "wb") as out, gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path, file in files.items():
                info, content = tarfile.TarInfo(path), file.read_bytes()
                info.size, info.mtime, info.mode, info.uname, info.gname = len(content), EPOCH, mode(file), "root", "root"
                archive.addfile(info, io.BytesIO(content))


def main(name: str, *folders: str) -> None:
    files = entries(Path(name).name, [Path(f) for f in folders])
    if any(path.endswith("dits.exe") for path in files):
        write_zip(Path(name + ".zip"), files)
    else:
        write_tar(Path(name + ".tar.gz"), files)


if __name__ == "__main__":
    main(*sys.argv[1:])
