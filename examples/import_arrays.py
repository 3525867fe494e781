"""Writes activations as arrays that `isogloss import` takes: padded tensors, one long array, a sparse matrix, or
lists in Parquet. Copy the function that fits what you hold.

    python import_arrays.py FOLDER padded|flat|sparse|lists

writes a small example of random activations: `padded` needs numpy and safetensors, `flat` numpy, `sparse` scipy,
and `lists` pyarrow. Then, in a shell:

    isogloss import FOLDER --output results --features 32 && isogloss score results && isogloss report results

A sentence is a dictionary: `id`, the same in every language; `tokens`, the strings of its tokens;
`special_tokens_mask`, with 1 for BOS and other tokens that are not to count; and, if you have them, `token_ids`,
`text` and `document`. With a tokenizer of Hugging Face:

    encoding = tokenizer(text, return_special_tokens_mask=True)
    sentence = {"id": i, "text": text, "token_ids": encoding["input_ids"],
                "tokens": tokenizer.convert_ids_to_tokens(encoding["input_ids"]),
                "special_tokens_mask": encoding["special_tokens_mask"]}
"""

import json
import sys
from pathlib import Path


def write_sentences(folder, language, sentences):
    """What stands beside arrays, one line for each sentence: FOLDER/en.jsonl."""
    with open(folder / f"{language}.jsonl", "w", encoding="utf-8") as file:
        for sentence in sentences:
            file.write(json.dumps(sentence, ensure_ascii=False) + "\n")


def write_padded(folder, language, sentences, activations):
    """A batch as SAELens, TransformerLens and nnsight give it: [n_sentences, n_positions, n_features], padded.

    With torch tensors, take save_file from safetensors.torch and the tokenizer's own attention_mask. Several
    batches go into a folder: FOLDER/en/000.safetensors, FOLDER/en/001.safetensors, …
    """
    import numpy as np
    from safetensors.numpy import save_file

    n_positions = max(len(rows) for rows in activations)
    padded = np.zeros((len(sentences), n_positions, len(activations[0][0])), dtype=np.float32)
    attention_mask = np.zeros((len(sentences), n_positions), dtype=np.int64)
    for i, rows in enumerate(activations):
        padded[i, :len(rows)] = rows
        attention_mask[i, :len(rows)] = 1
    write_sentences(folder, language, sentences)
    save_file({"activations": padded, "attention_mask": attention_mask}, folder / f"{language}.safetensors")


def write_flat(folder, language, sentences, activations):
    """The sentences one after the other: [n_tokens, n_features]."""
    import numpy as np

    write_sentences(folder, language, sentences)
    np.savez(folder / f"{language}.npz", activations=np.concatenate(
        [np.array(rows, dtype=np.float32) for rows in activations]))


def write_sparse(folder, language, sentences, activations):
    """The same as a sparse matrix, a hundredth of the size for most SAEs."""
    import numpy as np
    import scipy.sparse

    matrix = scipy.sparse.csr_matrix(np.concatenate([np.array(rows, dtype=np.float32) for rows in activations]))
    matrix.sum_duplicates()  # sorts the indices too
    write_sentences(folder, language, sentences)
    scipy.sparse.save_npz(folder / f"{language}.npz", matrix)


def write_lists(folder, language, sentences, activations):
    """Everything in one Parquet file, which pandas, DuckDB and `datasets` read as well: FOLDER/en.parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = []
    for sentence, tokens in zip(sentences, activations):
        features = [[f for f, value in enumerate(token) if value > 0] for token in tokens]
        values = [[value for value in token if value > 0] for token in tokens]
        rows.append({**sentence, "features": features, "values": values})
    pq.write_table(pa.Table.from_pylist(rows), folder / f"{language}.parquet")


WRITERS = {"padded": write_padded, "flat": write_flat, "sparse": write_sparse, "lists": write_lists}


def main(folder, layout, n_samples=60, n_features=32):
    import random

    random.seed(5)
    words = {"en": ["the", "sea", "stone", "name", "door"], "es": ["el", "mar", "piedra", "nombre", "puerta"]}
    chosen = [[random.randrange(5) for _ in range(random.randrange(4, 8))] for _ in range(n_samples)]
    folder = Path(folder)
    folder.mkdir(parents=True)
    for language in words:
        sentences, activations = [], []
        for i, of_sentence in enumerate(chosen):
            tokens = ["<bos>", *("▁" + words[language][word] for word in of_sentence)]
            sentences.append({"id": i, "tokens": tokens, "special_tokens_mask": [1] + [0] * len(of_sentence)})
            # Feature i fires on word i in both languages, and the others at random; all fire on BOS.
            rows = [[90.0] * n_features]
            for word in of_sentence:
                rows.append([(2.0 if f == word else 0.0) if f < 5 else (random.random() if random.random() < 0.1 else 0.0)
                             for f in range(n_features)])
            activations.append(rows)
        WRITERS[layout](folder, language, sentences, activations)


if __name__ == "__main__":
    main(*sys.argv[1:])
