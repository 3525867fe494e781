#!/usr/bin/env python3
"""Converts a model that is there only as safetensors to GGUF, with llama.cpp's own converter.

usage: tools/setup/convert_model.py                    makes the environment, once
       tools/setup/convert_model.py SNAPSHOT OUTPUT    and converts a folder on disk

The environment, with torch and transformers, takes some 6 GB in isogloss's cache on Linux (most of it is
the CUDA that PyPI's torch comes with), 1 GB elsewhere. `isogloss run --model hf:OWNER/NAME` converts by
itself once it is there. The weights keep their type: a model with any matrix in float32 becomes float32, one
in float16 float16, all others bfloat16; --outtype says otherwise.

Only weights, settings and tokenizers are given to the converter, never a repository's code, and it is kept
offline.
"""

import argparse
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

NEEDED = ("config.json",)
TAKEN = (
    "added_tokens.json", "chat_template.jinja", "config.json", "generation_config.json", "merges.txt",
    "model.safetensors.index.json", "special_tokens_map.json", "spiece.model", "tokenizer.json",
    "tokenizer.model", "tokenizer_config.json", "vocab.json", "vocab.txt",
)


class Refused(Exception):
    """The folder is not what it must be; the message says why and what to do."""


def is_weights(name: str) -> bool:
    # Mistral's own form of the same weights lies beside that of transformers.
    return name.endswith(".safetensors") and not name.startswith("consolidated")


def types_of(weights: pathlib.Path) -> set:
    """The types of a file's matrices."""
    with weights.open("rb") as file:
        head = file.read(8)
        length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
        if not 0 < length < 100_000_000:
            raise Refused(f"{weights}: not a safetensors file; fetch it again")
        header = json.loads(file.read(length))
    return {tensor["dtype"] for name, tensor in header.items()
            if name != "__metadata__" and len(tensor["shape"]) > 1}


def kept_type(files: list) -> str:
    types = set().union(*(types_of(file) for file in files))
    if "F32" in types or "F64" in types:
        return "f32"
    return "f16" if types == {"F16"} else "bf16"


def convert(snapshot: pathlib.Path, output: pathlib.Path, outtype: str) -> None:
    names = sorted(entry.name for entry in snapshot.iterdir())
    weights = [snapshot / name for name in names if is_weights(name)]
    for name in NEEDED:
        if name not in names:
            raise Refused(f"{snapshot}: has no {name}; give a folder as transformers saves it")
    if not weights:
        raise Refused(f"{snapshot}: has no *.safetensors; pickles are not read, since reading one can run code")
    converter = pathlib.Path(sys.prefix) / "converter" / "convert_hf_to_gguf.py"
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent) as work:
        # The converter names the model after its folder.
        view = pathlib.Path(work) / output.stem
        view.mkdir()
        for name in names:
            if name in TAKEN or is_weights(name):
                (view / name).symlink_to((snapshot / name).resolve())
        part = pathlib.Path(work) / "model.gguf"
        environment = dict(os.environ, HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HOME=f"{work}/home")
        for secret in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH"):
            environment.pop(secret, None)
        subprocess.run(
            [sys.executable, converter, view, "--outfile", part, "--outtype", outtype or kept_type(weights)],
            check=True, env=environment)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(output)


def environment() -> pathlib.Path:
    """The environment's Python; made if it is not there."""
    import cache
    import prepare

    requirements = cache.HERE / "requirements" / "converter.txt"
    target = cache.folder() / "converter"
    key = cache.key(sys.version, requirements.read_text(), prepare.requirement("llama"),
                    pathlib.Path(__file__).read_text())
    complete = target / "complete"
    python = target / "bin" / "python"
    if complete.exists() and complete.read_text() == key:
        return python
    with cache.lock():
        cache.say("making the environment of llama.cpp's converter (torch, some GB; ten minutes, once)")
        log = cache.log_file("converter")
        cache.run([sys.executable, "-m", "venv", "--clear", target], log)
        cache.run([python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
                   "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", requirements], log)
        prepare.unpack_llama(target / "sdist", lambda name: name.startswith(
            ("convert_hf_to_gguf.py", "conversion/", "gguf-py/gguf/", "LICENSE")))
        (target / "sdist").rename(target / "converter")
        shutil.copyfile(__file__, target / "convert_model.py")
        complete.write_text(key)
    return python


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("snapshot", nargs="?", type=pathlib.Path)
    parser.add_argument("output", nargs="?", type=pathlib.Path)
    parser.add_argument("--outtype", choices=("f32", "f16", "bf16", "q8_0"))
    arguments = parser.parse_args()
    inside = (pathlib.Path(sys.prefix) / "converter" / "convert_hf_to_gguf.py").exists()
    try:
        if inside:
            convert(arguments.snapshot, arguments.output, arguments.outtype)
            return
        python = environment()
        if arguments.snapshot is not None:
            if arguments.output is None:
                parser.error("give SNAPSHOT and OUTPUT")
            subprocess.run([python, python.parent.parent / "convert_model.py", *sys.argv[1:]], check=True)
    except Refused as refusal:
        sys.exit(f"isogloss: {refusal}")
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)


if __name__ == "__main__":
    main()
