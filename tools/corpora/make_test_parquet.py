"""Writes the Parquet files that tests/corpus reads: others' writers, in the schema of OPUS Books.

usage: make_test_parquet.py FOLDER

Needs datasets and pyarrow; not needed at test time.
"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset, Features, Translation, Value

PAIRS = [
    ("Call me Ishmael.", "Llamadme Ismael."),
    ("It was a dark night.", "Era una noche oscura."),
    ("She opened the door.", "Ella abrió la puerta."),
]


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"en": en, "es": es} for en, es in PAIRS]
    features = Features({"id": Value("string"), "translation": Translation(["en", "es"])})
    books = Dataset.from_dict({"id": ["10", "11", "12"], "translation": rows}, features=features)
    books.to_parquet(folder / "opus_books.parquet")

    # Large strings, integer ids, nulls at every level, several row groups.
    text = pa.struct([("es", pa.large_string()), ("en", pa.large_string())])
    table = pa.table(
        {
            "score": pa.array([0.5, 0.25, 1.0, 0.0]),
            "translation": pa.array([*rows[:2], {"en": "Alone.", "es": None}, None], text),
            "id": pa.array([7, None, 9, 10], pa.int64()),
        }
    )
    pq.write_table(table, folder / "large_strings.parquet", row_group_size=3)


if __name__ == "__main__":
    main(*sys.argv[1:])
