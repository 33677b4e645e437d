"""What huggingface_hub gets of a model through a mirror.

Usage: mirror_client.py ENDPOINT FOLDER. Prints one JSON object: the commit, the paths of the tree, and the SHA-256 of all
files of main and of the tag v1.
"""

import hashlib
import json
import os
import sys

endpoint, folder = sys.argv[1:]
os.environ.update(HF_HOME=folder + "/home", HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_TELEMETRY="1", HF_ENDPOINT=endpoint)

from huggingface_hub import HfApi, snapshot_download  # noqa: E402, which reads the environment

MODEL = "local/llama"
api = HfApi(endpoint=endpoint)


def download(revision):
    """SHA-256 of each file of a revision."""
    top = snapshot_download(MODEL, revision=revision, endpoint=endpoint, cache_dir=f"{folder}/{revision}")
    found = {}
    for at, _, names in os.walk(top):
        for name in names:
            path = os.path.join(at, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, top).replace(os.sep, "/")] = hashlib.sha256(f.read()).hexdigest()
    return found


print(json.dumps({
    "sha": api.model_info(MODEL).sha,
    "tree": [e.path for e in api.list_repo_tree(MODEL, recursive=True)],
    "main": download("main"),
    "tag": download("v1"),
}))
