"""What huggingface_hub makes of a server: downloads, lists and asks for what is not there.

Usage: hub_client.py ENDPOINT CUTTING GUARDED FOLDER, three addresses of one server: as it is, through a proxy that cuts
connections, and with the token "secret". FOLDER is for what is downloaded. Prints one JSON object; files are told by
their SHA-256.
"""

import hashlib
import json
import os
import sys

endpoint, cutting, guarded, folder = sys.argv[1:]
os.environ.update(HF_HOME=folder + "/home", HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_TELEMETRY="1", HF_ENDPOINT=endpoint)
os.environ.pop("HF_TOKEN", None)

import huggingface_hub  # noqa: E402, which reads the environment
from huggingface_hub import HfApi, HfFileSystem, hf_hub_download, snapshot_download  # noqa: E402
from safetensors import safe_open  # noqa: E402

# The client keeps nothing of a download that ends within its first chunk, which is 10 MB.
huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE = 1 << 16
MODEL = "local/llama"
api = HfApi(endpoint=endpoint)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def sums(top):
    """SHA-256 of each file below a folder."""
    found = {}
    for at, dirs, names in os.walk(top):
        dirs[:] = [d for d in dirs if not d.startswith(".")]
        for name in names:
            path = os.path.join(at, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, top).replace(os.sep, "/")] = sha256(f.read())
    return found


def error(ask):
    """The name of the error that asking ends with."""
    try:
        ask()
    except Exception as e:  # noqa: BLE001, its type is what is asked for
        return type(e).__name__
    return ""


def ranges():
    """What a file system of the client reads, in pieces and out of order."""
    fs = HfFileSystem(endpoint=endpoint, block_size=1 << 16)
    with fs.open(MODEL + "/model.safetensors") as f:
        f.seek(1_000_000)
        middle = f.read(100_000)
        f.seek(-1000, 2)
        end = f.read()
        f.seek(0)
        start = f.read(5000)
    return {
        "ls": sorted(os.path.basename(p) for p in fs.ls(MODEL, detail=False)),
        "glob": sorted(fs.glob(MODEL + "/**/*.gguf")),
        "middle": sha256(middle), "end": sha256(end), "start": sha256(start),
        "whole": sha256(fs.cat_file(MODEL + "/config.json")),
    }


def tensors(path):
    """Tensors of a file that is read lazily: the first and the last."""
    with safe_open(path, framework="np") as f:
        names = sorted(f.keys())
        return {name: list(f.get_slice(name).get_shape()) for name in (names[0], names[-1])}


def download(revision):
    return sums(snapshot_download(MODEL, revision=revision, endpoint=endpoint, local_dir=f"{folder}/{revision.replace('/', '-')}"))


info = api.model_info(MODEL, files_metadata=True)
refs = api.list_repo_refs(MODEL)
cached = snapshot_download(MODEL, endpoint=endpoint)
cut = hf_hub_download(MODEL, "model.safetensors", revision="ft/customer", endpoint=cutting, cache_dir=folder + "/cut")
with open(cut, "rb") as f:
    cut_sum = sha256(f.read())
print(json.dumps({
    "version": huggingface_hub.__version__,
    "models": [m.id for m in api.list_models(search="LLAMA", author="local", limit=5)],
    "none": [m.id for m in api.list_models(search="none")],
    "info": {s.rfilename: [s.size, s.lfs.sha256] for s in info.siblings},
    "sha": info.sha,
    "branches": {b.name: b.target_commit for b in refs.branches},
    "tags": {t.name: t.target_commit for t in refs.tags},
    "commits": [c.title for c in api.list_repo_commits(MODEL, revision="ft/customer")],
    "tree": [e.path for e in api.list_repo_tree(MODEL, recursive=True)],
    "files": sorted(api.list_repo_files(MODEL, revision="v1")),
    "paths": [e.path for e in api.get_paths_info(MODEL, ["config.json", "none", "quants"])],
    "exists": [api.file_exists(MODEL, "config.json"), api.file_exists(MODEL, "none"), api.repo_exists("local/none"),
               api.revision_exists(MODEL, "v1"), api.revision_exists(MODEL, "none")],
    "main": sums(cached), "branch": download("ft/customer"), "tag": download("v1"), "commit": download(info.sha),
    "cut": cut_sum,
    "lazy": tensors(cached + "/model.safetensors"),
    "ranges": ranges(),
    "errors": {
        "repository": error(lambda: api.model_info("local/none")),
        "revision": error(lambda: hf_hub_download(MODEL, "config.json", revision="none", endpoint=endpoint)),
        "entry": error(lambda: hf_hub_download(MODEL, "none.bin", endpoint=endpoint)),
        "token": error(lambda: hf_hub_download(MODEL, "config.json", endpoint=guarded, token=False, cache_dir=folder + "/n")),
        "other token": error(lambda: HfApi(endpoint=guarded, token="other").model_info(MODEL)),
    },
    "with token": sha256(open(hf_hub_download(MODEL, "config.json", endpoint=guarded, token="secret", cache_dir=folder + "/t"), "rb").read()),
}))
