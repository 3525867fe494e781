"""The same small activations in every layout that `isogloss import` takes, as numpy, scipy, safetensors and
pyarrow write them, and the largest of each feature by numpy.

usage: arrays.py FOLDER OUTPUT.json

FOLDER gets a folder per layout (8 sentences in en and es, 20 features). Values are quarters up to 31.75, which
every type of float holds exactly. OUTPUT.json has each feature's largest activation in each sentence and
language over the tokens that count, and the number of those above 0.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse
import torch
from safetensors.torch import save_file

from golden_io import versions, write_compact_json

LANGUAGES = ("en", "es")
N_SENTENCES, N_FEATURES = 8, 20


def make_sentences(random, language):
    """Each has its activations [n_tokens, n_features]; BOS fires strongly, a token in the middle is special too."""
    sentences = []
    for i in range(N_SENTENCES):
        n = int(random.integers(4, 9))
        ids = [2, *(int(token) for token in random.integers(5, 30, size=n - 1))]
        special = [1] + [0] * (n - 1)
        if i % 3 == 0:
            special[2] = 1
        fires = random.random((n, N_FEATURES)) < 0.3
        activations = np.where(fires, random.integers(1, 100, (n, N_FEATURES)) / 4, 0).astype(np.float32)
        activations[np.array(special) == 1] += 7
        activations[:, -1] = 0
        sentences.append({
            "id": f"s{i}", "text": f"{language} {i}", "document": f"d{i // 4}", "token_ids": ids,
            "tokens": ["<bos>", *(f"▁{language}{token}" for token in ids[1:])],
            "special_tokens_mask": special, "activations": activations})
    return sentences


def write_list(folder, language, sentences):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{language}.jsonl", "w", encoding="utf-8") as file:
        for sentence in sentences:
            print(json.dumps({k: v for k, v in sentence.items() if k != "activations"}, ensure_ascii=False), file=file)


def flat(sentences):
    return np.concatenate([sentence["activations"] for sentence in sentences])


def padded(sentences, left, dtype, mask_dtype):
    """Padding fires, and is NaN in places, so that reading it would show."""
    width = max(len(sentence["tokens"]) for sentence in sentences) + 1
    activations = torch.full((len(sentences), width, N_FEATURES), 30.0, dtype=dtype)
    activations[:, :, 3] = float("nan")
    mask = torch.zeros((len(sentences), width), dtype=mask_dtype)
    for i, sentence in enumerate(sentences):
        n = len(sentence["tokens"])
        where = slice(width - n, width) if left else slice(0, n)
        activations[i, where] = torch.tensor(sentence["activations"]).to(dtype)
        mask[i, where] = 1
    return {"activations": activations, "attention_mask": mask}


def list_table(sentences, sparse):
    rows = []
    for sentence in sentences:
        row = {k: v for k, v in sentence.items() if k != "activations"}
        acts = sentence["activations"]
        if sparse:
            row["features"] = [np.flatnonzero(a).tolist() for a in acts]
            row["values"] = [a[np.flatnonzero(a)].tolist() for a in acts]
        else:
            row["activations"] = acts.tolist()
        rows.append(row)
    return pa.Table.from_pylist(rows)  # lists of int64 and double


def write_layouts(folder, language, sentences):
    first, second = sentences[:5], sentences[5:]
    for layout in ("dense", "padded", "csr"):
        write_list(folder / layout, language, sentences)
    if language == "en":
        np.savez(folder / "dense" / "en.npz", activations=flat(sentences))
        parts = folder / "padded" / "en"
        parts.mkdir(exist_ok=True)
        save_file(padded(first, True, torch.bfloat16, torch.int64), parts / "0.safetensors")
        save_file(padded(second, False, torch.float16, torch.bool), parts / "1.safetensors")
        scipy.sparse.save_npz(folder / "csr" / "en.npz", scipy.sparse.csr_matrix(flat(sentences)))
        for name, sparse in (("lists", False), ("sparse_lists", True)):
            parts = folder / name / "en"
            parts.mkdir(parents=True, exist_ok=True)
            pq.write_table(list_table(first, sparse), parts / "0.parquet")
            pq.write_table(list_table(second, sparse), parts / "1.parquet")
        return
    save_file({"activations": torch.tensor(flat(sentences)).double()}, folder / "dense" / "es.safetensors")
    arrays = padded(sentences, True, torch.float32, torch.int32)
    np.savez_compressed(folder / "padded" / "es.npz", **{name: array.numpy() for name, array in arrays.items()})
    matrix = scipy.sparse.csr_array(flat(sentences))
    save_file({"data": torch.tensor(matrix.data).half(), "indices": torch.tensor(matrix.indices).long(),
               "indptr": torch.tensor(matrix.indptr), "shape": torch.tensor(matrix.shape)},
              folder / "csr" / "es.safetensors")
    pq.write_table(list_table(sentences, False), folder / "lists" / "es.parquet", compression="zstd")
    pq.write_table(list_table(sentences, True), folder / "sparse_lists" / "es.parquet")


def evaluate(sentences):
    """The largest activation over the tokens that count."""
    maxima, n = [], 0
    for sentence in sentences:
        counts = sentence["activations"][np.array(sentence["special_tokens_mask"]) == 0]
        maxima.append(counts.max(axis=0).tolist())
        n += int((counts > 0).sum())
    return maxima, n


def main(folder, output):
    random = np.random.default_rng(11)
    maxima, n_activations = {}, 0
    for language in LANGUAGES:
        sentences = make_sentences(random, language)
        write_layouts(Path(folder), language, sentences)
        maxima[language], n = evaluate(sentences)
        n_activations += n
    write_compact_json(output, {
        "versions": versions("numpy", "scipy", "torch", "safetensors", "pyarrow"), "n_features": N_FEATURES,
        "maxima": maxima, "n_activations": n_activations})


if __name__ == "__main__":
    main(*sys.argv[1:])
