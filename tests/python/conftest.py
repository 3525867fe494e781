"""Runs that several tests look at: of a tiny model, and of planted activations."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import isogloss

SOURCE = Path(__file__).resolve().parents[2]
TINY_MODEL = SOURCE / "tests/golden/tiny-gemma2.gguf"
WIDTH = 64  # the tiny model's
HOOK = "blocks.1.hook_resid_post"
THRESHOLD = 0.01


def write_sae(folder: Path) -> Path:
    """Each feature is one direction of the residual stream, or its opposite."""
    eye = np.eye(WIDTH, dtype="<f4")
    tensors = {
        "W_enc": np.hstack([eye, -eye]), "W_dec": np.vstack([eye, -eye]), "b_enc": np.zeros(2 * WIDTH, "<f4"),
        "b_dec": np.zeros(WIDTH, "<f4"), "threshold": np.full(2 * WIDTH, THRESHOLD, "<f4")}
    header, data = {}, b""
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [len(data), len(data) + tensor.nbytes]}
        data += np.ascontiguousarray(tensor).tobytes()
    text = json.dumps(header).encode()
    folder.mkdir()
    (folder / "sae_weights.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + data)
    (folder / "cfg.json").write_text(json.dumps({
        "architecture": "jumprelu", "d_in": WIDTH, "d_sae": 2 * WIDTH, "dtype": "float32", "device": "cpu",
        "apply_b_dec_to_input": False, "normalize_activations": "none", "metadata": {"hook_name": HOOK}}))
    return folder


def write_corpus(file: Path) -> Path:
    """The demo corpus, cut into fourteen documents."""
    shutil.copy(SOURCE / "data/demo-en-es.tsv", file)
    ids = [f"{row}\tpart {row // 40}" for row in range(560)]
    file.with_suffix(".ids").write_text("\n".join(["id\tdocument", *ids]) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def tiny_inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("inputs")
    return {"model": TINY_MODEL, "sae": write_sae(folder / "sae"), "corpus": write_corpus(folder / "corpus.tsv"),
            "permutations": 2000}


@pytest.fixture(scope="session")
def tiny_run(tiny_inputs: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> isogloss.Run:
    return isogloss.run(**tiny_inputs, output=tmp_path_factory.mktemp("tiny") / "results", progress=False)


