"""Residual rows of the demo model after layer 12 by transformers in float32.

usage: residual.py MODEL.gguf UDHR.tsv LIGHTHOUSE.tsv OUTPUT.safetensors

OUTPUT: rows [n_rows, 640] float32, where [n_rows, 2] int32 (sentence, position; BOS is position 0 and has
no row), ids [n_ids] int32 of all sentences one after the other, offsets [n_sentences + 1] int32 into ids;
metadata "golden": JSON with texts, languages, hook and versions.
"""

import csv
import json
import sys

import numpy as np
from safetensors.numpy import save_file

import demo_model
import spm
from golden_io import versions

LAYER = 12
LANGUAGES = ("en", "es", "de", "ru", "zh")
SHORT = [("en", "Yes"), ("es", "el agua"), ("de", "Hund"), ("ru", "да, конечно"), ("zh", "水"), ("en", "2")]
ROWS_A_SENTENCE = 5
LONG_ROWS = 12


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def sentences(udhr, lighthouse):
    """(language, text): very short ones, single rows of both files, and joined rows for long contexts."""
    chosen = list(SHORT)
    for i, language in enumerate(LANGUAGES):
        chosen += [(language, udhr[7 * j + i][language]) for j in range(3)]
        chosen += [(language, lighthouse[60 * j + 11 * i][language]) for j in range(2)]
    chosen += [(language, udhr[20][language]) for language in ("ar", "hi", "ja", "fr")]
    for language, count in (("en", 8), ("es", 8), ("de", 6), ("zh", 9), ("ru", 7)):
        chosen.append((language, " ".join(row[language] for row in udhr[6 : 6 + count])))
    # Longer than the sliding window of 512 tokens.
    chosen.append(("en", " ".join(row["en"] for row in udhr[:22])))
    return chosen


def positions(n_tokens, rng):
    """First and last content token and random ones between; more for long texts."""
    wanted = min(n_tokens - 1, LONG_ROWS if n_tokens > 150 else ROWS_A_SENTENCE)
    between = np.arange(2, n_tokens - 1)
    drawn = rng.choice(between, max(0, min(len(between), wanted - 2)), replace=False)
    return sorted({1, n_tokens - 1, *drawn.tolist()})


def main(model_path, udhr_path, lighthouse_path, output):
    rng = np.random.default_rng(5)
    chosen = sentences(read(udhr_path), read(lighthouse_path))
    processor = spm.processor(*spm.vocabulary_of(model_path))
    model = demo_model.load(model_path)
    all_ids, offsets, where, rows = [], [0], [], []
    for i, (_, text) in enumerate(chosen):
        ids = spm.encode(processor, text)
        residual = demo_model.resid_post(model, ids, LAYER).numpy()
        for position in positions(len(ids), rng):
            where.append((i, position))
            rows.append(residual[position])
        all_ids += ids
        offsets.append(len(all_ids))
    rows = np.stack(rows)
    norms = np.linalg.norm(rows, axis=1)
    print(f"{len(chosen)} sentences, {len(rows)} rows, norms {norms.min():.0f} to {norms.max():.0f}")
    print("median norm", np.median(norms), "longest", max(np.diff(offsets)))
    record = {
        "hook": f"blocks.{LAYER}.hook_resid_post",
        "languages": [language for language, _ in chosen],
        "texts": [text for _, text in chosen],
        "versions": versions("torch", "transformers", "gguf", "sentencepiece"),
    }
    arrays = {"rows": rows, "where": np.array(where, np.int32)}
    arrays |= {"ids": np.array(all_ids, np.int32), "offsets": np.array(offsets, np.int32)}
    save_file(arrays, output, {"golden": json.dumps(record, ensure_ascii=False)})


if __name__ == "__main__":
    main(*sys.argv[1:])
