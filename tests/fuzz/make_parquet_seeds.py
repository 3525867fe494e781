#!/usr/bin/env python3
"""Writes the seeds that are Parquet into tests/fuzz/seeds: a few rows of golden files and of a result folder's
files, without compression and checksums, so that what a fuzzer changes in them reaches our checks.

Usage: make_parquet_seeds.py RESULT_FOLDER    (needs pyarrow; the seeds are kept in the repository)
The result folder must have the 12 sentences in es and en and the 40 features of result_file_fuzz.cpp.
"""
import io
import pathlib
import struct
import sys

import pyarrow as pa
import pyarrow.parquet as pq

SEEDS = pathlib.Path(__file__).resolve().parent / "seeds"
GOLDEN = SEEDS.parents[1] / "golden"
# The first byte of a seed of result_file, its file, and how many rows are kept.
RESULT_FILES = {
    "activations": (b"a", "activations/part-00000.parquet", 6), "maxima": (b"m", "maxima/part-00000.parquet", 12),
    "sequences": (b"q", "sequences.parquet", 4), "profile": (b"f", "profile.parquet", None),
    "agreement_controls": (b"c", "agreement_controls.parquet", None), "scores": (b"s", "scores.parquet", 3),
    "pairs": (b"p", "pairs.parquet", 3), "vocabulary": (b"v", "vocabulary.parquet", 2),
    "explanations": (b"e", "explanations.parquet", 2),
}


def plain(table, **options):
    file = io.BytesIO()
    defaults = {"use_dictionary": False, "write_statistics": False, "store_schema": False}
    with pq.ParquetWriter(file, table.schema, compression="none", **defaults | options) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(table.schema.metadata or {})
    return file.getvalue()


def write(target, name, content):
    (SEEDS / target).mkdir(exist_ok=True)
    (SEEDS / target / name).write_bytes(content)


def result_files(folder):
    for name, (letter, file, n_rows) in RESULT_FILES.items():
        table = pq.read_table(folder / file)
        # Maxima are looked for by the statistics of their features.
        write("result_file", name, letter + plain(table.slice(0, n_rows), write_statistics=name == "maxima"))


def corpora():
    translation = pa.struct([("en", pa.string()), ("es", pa.string())])
    wide = pa.table({"id": pa.array(["a", "b", None]),
                     "translation": pa.array([{"en": "x", "es": "y"}, {"en": None, "es": "z"}, None], translation)})
    long = pa.table({"id": pa.array([1, 1, 2, 2], pa.int32()), "iso_639_3": ["eng", "spa", "eng", "spa"],
                     "iso_15924": ["Latn"] * 4, "text": ["x", "y", "z", "w"]})
    columns = pa.table({"en": pa.array(["x", "y"], pa.dictionary(pa.int32(), pa.string())),
                        "es": pa.array(["z", None], pa.large_string()), "fr": pa.array(["v", "w"], pa.string_view())})
    write("parquet", "translation", plain(wide))
    write("parquet", "dictionary", plain(wide, use_dictionary=True))
    write("parquet", "long", plain(long))
    write("parquet", "columns", plain(columns))
    write("parquet", "types", plain(columns, store_schema=True, use_dictionary=True))


def sized(*files):
    """As sized_files.h takes it apart."""
    return b"".join(struct.pack("<I", len(file)) + file for file in files[:-1]) + files[-1]


def sentence_pairs():
    """Two rows in the schema of Gómez 2024's dataset, with three features."""
    matrix = pa.list_(pa.list_(pa.list_(pa.float32())))
    words = pa.struct([("es", pa.list_(pa.string())), ("en", pa.list_(pa.string()))])
    texts = pa.struct([("en", pa.string()), ("es", pa.string())])
    features = [[0.0] * 3, [0.0, 1.5, 0.0], [2.0, 0.0, 0.5]]
    return pa.table({
        "id": ["7", "8"], "translation": pa.array([{"en": "a b", "es": "c"}, {"en": "a", "es": "c"}], texts),
        "tokens": pa.array([[[2, 4, 0], [2, 5, 6]], [[2, 4], [2, 5]]], pa.list_(pa.list_(pa.int64()))),
        "str_tokens": pa.array([{"es": ["<bos>", "c"], "en": ["<bos>", "a", "b"]},
                                {"es": ["<bos>", "c"], "en": ["<bos>", "a"]}], words),
        "len_tokens": pa.array([3, 2], pa.int64()),
        "sae_features": pa.array([[features, features], [features[:2], features[:2]]], matrix)})


def sequences_and_activations():
    """The contract's own form: two sentences in two languages."""
    tokens = [["<s>", "a"], ["<s>", "b", "c"], ["<s>", "d"], ["<s>", "e"]]
    sequences = pa.table({
        "sample": pa.array([0, 0, 1, 1], pa.int32()), "language": ["en", "es"] * 2, "source": ["1", "1", "2", "2"],
        "document": pa.array([None, None, "d", "d"]), "text": ["a", "b c", "d", "e"],
        "token_ids": pa.array([list(range(len(t))) for t in tokens], pa.list_(pa.int32())),
        "tokens": pa.array(tokens)})
    activations = pa.table({
        "sample": pa.array([0, 0, 0, 1, 1], pa.int32()), "language": ["en", "es", "es", "en", "es"],
        "position": pa.array([1, 1, 2, 1, 1], pa.int32()),
        "features": pa.array([[1], [0, 2], [], [1], [2]], pa.list_(pa.int32())),
        "values": pa.array([[1.5], [0.5, 2.0], [], [3.0], [1.0]], pa.list_(pa.float32()))})
    return sequences, activations


def maxima():
    """Of these activations."""
    return pa.table({
        "feature": pa.array([0, 1, 1, 2, 2], pa.int32()), "language": ["es", "en", "en", "es", "es"],
        "sample": pa.array([0, 0, 1, 0, 1], pa.int32()), "value": pa.array([0.5, 1.5, 3.0, 2.0, 1.0], pa.float32()),
        "position": pa.array([1, 1, 1, 1, 1], pa.int32())})


def sentences():
    """An import by language: one sentence, its activations dense and sparse."""
    common = {"id": ["1"], "text": ["a"], "document": ["d"], "token_ids": pa.array([[1, 2]], pa.list_(pa.int64())),
              "tokens": [["<s>", "a"]], "special_tokens_mask": pa.array([[1, 0]], pa.list_(pa.int64()))}
    dense = pa.table(common | {"activations": pa.array([[[0.0, 0.0], [1.5, 0.0]]], pa.list_(pa.list_(pa.float32())))})
    sparse = pa.table(common | {"features": pa.array([[[], [0, 3]]], pa.list_(pa.list_(pa.int64()))),
                                "values": pa.array([[[], [1.5, 2.0]]], pa.list_(pa.list_(pa.float64())))})
    return {"dense": dense, "sparse": sparse}


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    result_files(pathlib.Path(arguments[0]))
    corpora()
    rows = sentence_pairs()
    write("import_gomez2024", "two_shards", sized(plain(rows.slice(0, 1)), plain(rows.slice(1, 1))))
    write("import_gomez2024", "dictionary", sized(plain(rows, use_dictionary=True), plain(rows)))
    run = [plain(table) for table in sequences_and_activations()]
    write("import_result_folder", "two_samples", sized(*run))
    write("run_folder", "two_samples", sized(*run, plain(maxima(), write_statistics=True)))
    for name, table in sentences().items():
        write("import_parquet", name, plain(table))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
