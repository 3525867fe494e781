"""A small dataset in the schema of Gómez 2024's, and its evaluation by torch: padded tensors, as published.

usage: gomez_dataset.py FOLDER OUTPUT.json

FOLDER gets two Parquet files as `datasets` writes them (12 pairs, 40 features), and FOLDER/no-bos one without BOS. OUTPUT.json has, once with
padding masked and once with padding counted as in the published analysis (`activation_tensor[:, :, 1:, :]`),
the largest activation of each feature in each sentence and language, the mean threshold, and the BI loss in
the code's form.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from datasets import Dataset, Features, Sequence, Value

from bi import code_form, spread
from golden_io import versions, write_compact_json

torch.set_num_threads(1)  # sums depend on it in the last bit
LANGUAGES = ("es", "en")  # the order of the first axis
N_PAIRS, N_FEATURES, BOS, PAD = 12, 40, 2, 0


def pair(random, i):
    """One row; sentences have 4 to 9 tokens and are padded to the longer one. Padding fires too."""
    lengths = random.integers(4, 10, size=2)
    width = int(lengths.max())
    tokens = np.full((2, width), PAD)
    features = np.zeros((2, width, N_FEATURES), dtype=np.float32)
    names = {}
    for l, length in enumerate(lengths):
        tokens[l, :length] = [BOS, *random.integers(5, 99, size=length - 1)]
        fires = random.random((width, N_FEATURES)) < 0.25
        features[l] = np.where(fires, random.gamma(2.0, 3.0, (width, N_FEATURES)), 0)
        features[l, 0] *= 50  # BOS fires strongly, as in the original
        features[l, length:, :5] += 30  # so that counting padding changes what the largest are
        names[LANGUAGES[l]] = ["<bos>", *(f"▁{LANGUAGES[l]}{t}" for t in tokens[l, 1:length])]
    features[..., -1] = 0  # a dead feature
    return {
        "id": str(100 + i),
        "translation": {"en": f"sentence {i}", "es": f"frase {i}"},
        "tokens": tokens.tolist(),
        "str_tokens": names,
        "len_tokens": width,
        "sae_features": features.tolist(),
    }


def write_dataset(folder, rows):
    strings = Sequence(Value("string"))
    features = Features({
        "id": Value("string"),
        "translation": {"en": Value("string"), "es": Value("string")},
        "tokens": Sequence(Sequence(Value("int64"))),
        "str_tokens": {"es": strings, "en": strings},
        "len_tokens": Value("int64"),
        "sae_features": Sequence(Sequence(Sequence(Value("float32")))),
    })
    folder.mkdir(parents=True, exist_ok=True)
    for part, some in enumerate(filter(None, (rows[:7], rows[7:]))):
        dataset = Dataset.from_list(some, features=features)
        dataset.to_parquet(str(folder / f"train-{part:05d}-of-00002.parquet"))


def evaluate(rows, count_padding):
    nested = torch.nested.nested_tensor([torch.tensor(row["sae_features"]) for row in rows])
    activations = nested.to_padded_tensor(0.0)
    if not count_padding:
        for i, row in enumerate(rows):
            for l, ids in enumerate(row["tokens"]):
                real = len(row["str_tokens"][LANGUAGES[l]])
                assert all(token == PAD for token in ids[real:])
                activations[i, l, real:] = 0
    content = activations[:, :, 1:, :]  # without BOS
    maxima = content.amax(dim=2)
    alive, jsd, beta, loss = code_form(maxima.numpy())
    firing = content[content > 0]
    return {
        "maxima": {code: maxima[:, l].tolist() for l, code in enumerate(LANGUAGES)},
        "n_activations": len(firing),
        "mean": firing.double().mean().item(),
        "beta": beta,
        "bi_loss": spread(alive, loss),
    }


def main(folder, output):
    random = np.random.default_rng(7)
    rows = [pair(random, i) for i in range(N_PAIRS)]
    write_dataset(Path(folder), rows)
    for row in (without := [pair(random, i) for i in range(2)]):
        row["tokens"] = [ids[1:] for ids in row["tokens"]]
        row["sae_features"] = [tokens[1:] for tokens in row["sae_features"]]
        row["str_tokens"] = {language: names[1:] for language, names in row["str_tokens"].items()}
    write_dataset(Path(folder) / "no-bos", without)
    masked, padded = evaluate(rows, False), evaluate(rows, True)
    assert masked["maxima"] != padded["maxima"]
    write_compact_json(output, {"versions": versions("torch", "datasets", "numpy"), "n_features": N_FEATURES,
                                "masked": masked, "padded": padded})


if __name__ == "__main__":
    main(*sys.argv[1:])
