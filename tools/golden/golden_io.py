"""What every golden script shares: versions, and writing JSON and safetensors the same way."""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file


def versions(*packages):
    """{"package": "version"} of the installed packages a golden file was made with."""
    return {name: version(name) for name in packages}


def write_json(path, value):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_compact_json(path, value):
    """As write_json, one line an entry of the top level: for long lists."""
    body = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items())
    Path(path).write_text("{" + body + "}\n", encoding="utf-8")


def metadata(*packages):
    """The versions as safetensors metadata: one key, since safetensors writes several in random order."""
    return {"versions": json.dumps(versions(*packages))}


def write_arrays(path, arrays, *packages):
    """arrays: name -> numpy array. The packages' versions go into the file's metadata."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, path, metadata(*packages))
