#!/usr/bin/env python3
"""Opens what `isogloss export --format hf` wrote as Hugging Face's `datasets` does, and compares every table with
the Parquet files of the result folder it was made of.

    python tools/check_hf_export.py RESULTS EXPORTED

Needs datasets. Prints a line for each table and exits 1 at the first difference.
"""

import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import get_dataset_config_names, load_dataset
from huggingface_hub import DatasetCard


def table_of(path):
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    return pa.concat_tables(pq.read_table(file) for file in files)


def main(results, exported):
    results, exported = Path(results), Path(exported)
    card = DatasetCard.load(exported / "README.md")
    configs = {config["config_name"]: config["data_files"] for config in card.data.to_dict()["configs"]}
    assert list(configs) == get_dataset_config_names(str(exported)), "the card names other tables than datasets"
    assert card.data.language and all(isinstance(code, str) for code in card.data.language)
    with tempfile.TemporaryDirectory() as cache:
        for name, pattern in configs.items():
            loaded = load_dataset(str(exported), name, split="train", cache_dir=cache)
            original = table_of(results / pattern.split("/*")[0])
            assert loaded.column_names == original.column_names, f"{name}: other columns"
            assert loaded.num_rows == original.num_rows, f"{name}: another number of rows"
            assert loaded.with_format("arrow")[:].to_pylist() == original.to_pylist(), f"{name}: other values"
            print(f"{name}: {loaded.num_rows} rows, {len(loaded.column_names)} columns")
        default = load_dataset(str(exported), split="train", cache_dir=cache)
        assert default.column_names == table_of(results / "scores.parquet").column_names
    print(f"languages: {card.data.language}")


if __name__ == "__main__":
    main(*sys.argv[1:])
