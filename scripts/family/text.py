"""The text the family is trained on: source code that any machine with Go, Perl and Python has.

    read("go", goroot, 6_000_000)  ->  [document, ...]

Nothing is downloaded. The files differ between versions of Go, Perl and Python, and so do the weights.
"""
import glob
import os
import random
import sysconfig

HEAD = 40_000  # characters kept of a file, so that no generated table fills the corpus


def paths(kind, goroot):
    """All files of one kind ("go", "perl" or "python"), sorted."""
    patterns = {
        "go": [goroot + "/src/**/*.go"],
        "perl": ["/usr/share/perl/**/*.p[lm]", "/usr/share/perl/**/*.pod"],
        "python": [sysconfig.get_path("stdlib") + "/**/*.py"],
    }[kind]
    found = {os.path.realpath(p) for g in patterns for p in glob.glob(g, recursive=True)}
    return sorted(p for p in found if "/testdata/" not in p and "-packages/" not in p)


def read(kind, goroot, chars, seed=0):
    """Documents of one kind, shuffled, with about `chars` characters in total."""
    order = paths(kind, goroot)
    random.Random(seed).shuffle(order)
    docs, have = [], 0
    for path in order:
        if have >= chars:
            break
        with open(path, encoding="utf-8", errors="ignore") as f:
            docs.append(f.read(HEAD))
        have += len(docs[-1])
    if not docs:
        raise SystemExit(f"text: no {kind} files: got 0, want some (is {kind} installed?)")
    return docs


def split(docs):
    """(training documents, held-out documents): every tenth is held out."""
    return [d for i, d in enumerate(docs) if i % 10], docs[::10]
