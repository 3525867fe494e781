"""Rows drawn by Hugging Face datasets: Dataset.shuffle(seed=S).select(range(N)).

usage: hf_shuffle.py OUTPUT.json
"""

import sys

from datasets import Dataset, disable_caching

from golden_io import versions, write_compact_json

# 93,470 is about the size of OPUS Books en-es, from which the original drew 500 rows.
CASES = [
    *[(rows, seed, rows) for rows in (1, 2, 3, 7) for seed in (0, 1, 42, 12345)],
    *[(rows, seed, 40) for rows in (472, 1000) for seed in (0, 1, 42, 12345, 2**32 + 7)],
    (472, 42, 472),
    (93470, 42, 500),
    *[(93470, seed, 20) for seed in (0, 1, 12345, 2**32 + 7, 2**63 + 11)],
    *[(rows, 42, 20) for rows in (65535, 65536, 65537, 70000, 131073, 1_000_000, 3_000_001)],
]


def drawn(rows, seed, take):
    table = Dataset.from_dict({"row": range(rows)})
    return table.shuffle(seed=seed).select(range(take))["row"][:]


def main(output):
    disable_caching()
    cases = [
        {"rows": rows, "seed": seed, "take": take, "indices": drawn(rows, seed, take)}
        for rows, seed, take in CASES
    ]
    write_compact_json(output, {"versions": versions("datasets", "numpy"), "cases": cases})


if __name__ == "__main__":
    main(*sys.argv[1:])
