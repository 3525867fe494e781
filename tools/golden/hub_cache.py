#!/usr/bin/env python3
"""The cache that huggingface_hub itself writes, for tests/hub/cache_test.cpp: every file, link and
content of it, as JSON. Downloads from tests/hub/fake_hub.py on this machine.

    hub_cache.py tests/golden/hub_cache.json
"""

import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FILES = {
    "models/some/model/config.json": b'{"d_model": 2}\n',
    "models/some/model/weights/a b.gguf": bytes(i * 7 % 251 for i in range(2000)),
    "models/some/model/weights/other.gguf": bytes(i * 5 % 241 for i in range(1500)),
    "datasets/some/corpus/en-es/train.tsv": b"en\tes\none\tuno\n",
}


def described(folder: pathlib.Path):
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield {"path": name, "link": os.readlink(path)}
        elif path.is_file():
            yield {"path": name, "content": list(path.read_bytes())}


def main(output: pathlib.Path):
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary) / "root"
        for name, content in FILES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        hub = subprocess.Popen(
            [sys.executable, REPOSITORY / "tests/hub/fake_hub.py", root], stdout=subprocess.PIPE, text=True
        )
        try:
            os.environ["HF_ENDPOINT"] = hub.stdout.readline().strip()
            os.environ["HF_HOME"] = f"{temporary}/home"
            import huggingface_hub

            huggingface_hub.hf_hub_download("some/model", "weights/a b.gguf")
            huggingface_hub.snapshot_download("some/model", allow_patterns=["config.json"])
            huggingface_hub.hf_hub_download("some/corpus", "en-es/train.tsv", repo_type="dataset", revision="v1")
            try:
                huggingface_hub.hf_hub_download("some/model", "absent.json")
            except huggingface_hub.errors.EntryNotFoundError:
                pass
        finally:
            hub.kill()
        golden = {
            "huggingface_hub": importlib.metadata.version("huggingface_hub"),
            "served": [{"path": name, "content": list(content)} for name, content in FILES.items()],
            "cache": list(described(pathlib.Path(temporary) / "home" / "hub")),
        }
        output.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
