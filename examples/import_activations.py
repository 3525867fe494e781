"""Writes activations that your own code computed as a folder that `isogloss import` takes. Needs pyarrow.

In your program, with SAELens' HookedSAETransformer, nnsight, transformers or anything else:

    writer = ActivationWriter("mine", ["en", "es"])
    for sample, pair in enumerate(pairs):
        for language, text in zip(("en", "es"), pair):
            ids = tokenizer(text)["input_ids"]
            acts = encode(ids)                     # [n_tokens, n_features], numpy or torch on the CPU
            writer.add(sample, language, text, ids, tokenizer.convert_ids_to_tokens(ids), acts, first=1)
    writer.close()

and then in a shell:

    isogloss import mine --output results --features 16384 && isogloss score results && isogloss report results

Run as a program, `import_activations.py FOLDER` writes a small example of random activations.
"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

INT_LIST, FLOAT_LIST = pa.list_(pa.int32()), pa.list_(pa.float32())
SEQUENCES = pa.schema([
    ("sample", pa.int32()), ("language", pa.string()), ("source", pa.string()), ("document", pa.string()),
    ("text", pa.string()), ("token_ids", INT_LIST), ("tokens", pa.list_(pa.string()))])
ACTIVATIONS = pa.schema([
    ("sample", pa.int32()), ("language", pa.string()), ("position", pa.int32()), ("features", INT_LIST),
    ("values", FLOAT_LIST)])
TOKENS_PER_ROW_GROUP = 4096


class ActivationWriter:
    """Sentences come by ascending sample; each comes once in every language, always in the same order."""

    def __init__(self, folder, languages):
        folder = Path(folder)
        (folder / "activations").mkdir(parents=True)
        self.languages = list(languages)
        self.sequences = pq.ParquetWriter(folder / "sequences.parquet", SEQUENCES)
        self.activations = pq.ParquetWriter(folder / "activations" / "part-00000.parquet", ACTIVATIONS)
        self.texts, self.tokens, self.n_added = [], [], 0

    def add(self, sample, language, text, token_ids, tokens, activations, first=0, source=None, document=None):
        """activations: [n_tokens, n_features], >= 0. Tokens before `first` do not count: 1 leaves out BOS."""
        expected = self.languages[self.n_added % len(self.languages)]
        if language != expected:
            raise ValueError(f"sample {sample}: {language} comes where {expected} is next")
        self.n_added += 1
        self.texts.append({
            "sample": sample, "language": language, "source": str(sample if source is None else source),
            "document": document, "text": text, "token_ids": list(token_ids), "tokens": list(tokens)})
        for position in range(first, len(self.texts[-1]["token_ids"])):
            row = activations[position]
            features = row.nonzero()  # numpy: a tuple of arrays; torch: [n, 1]
            features = features[0].tolist() if isinstance(features, tuple) else features.flatten().tolist()
            self.tokens.append({
                "sample": sample, "language": language, "position": position, "features": features,
                "values": [float(row[feature]) for feature in features]})
        if len(self.tokens) >= TOKENS_PER_ROW_GROUP:
            self._write()

    def _write(self):
        self.sequences.write_table(pa.Table.from_pylist(self.texts, SEQUENCES))
        self.activations.write_table(pa.Table.from_pylist(self.tokens, ACTIVATIONS))
        self.texts, self.tokens = [], []

    def close(self):
        if self.texts:
            self._write()
        self.sequences.close()
        self.activations.close()


class RandomRow(list):
    """A row of activations without numpy, so that the example needs pyarrow only."""

    def nonzero(self):
        return (RandomRow(i for i, value in enumerate(self) if value),)

    def tolist(self):
        return list(self)


def main(folder, n_samples=60, n_features=32):
    import random

    random.seed(5)
    words = {"en": ["the", "sea", "stone", "name", "door"], "es": ["el", "mar", "piedra", "nombre", "puerta"]}
    writer = ActivationWriter(folder, ["en", "es"])
    for sample in range(n_samples):
        chosen = [random.randrange(5) for _ in range(6)]
        for language in ("en", "es"):
            tokens = ["<bos>", *("▁" + words[language][i] for i in chosen)]
            # Feature i fires on word i in both languages, and the others at random.
            rows = [RandomRow([90.0] * n_features)]
            for i in chosen:
                rows.append(RandomRow(
                    (2.0 if f == i else 0.0) if f < 5 else (random.random() if random.random() < 0.1 else 0.0)
                    for f in range(n_features)))
            text = " ".join(words[language][i] for i in chosen)
            writer.add(sample, language, text, range(len(tokens)), tokens, rows, first=1)
    writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
