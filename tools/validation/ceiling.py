"""Agreement between two translations into one language, beside that between languages: the ceiling of
docs/validation.md. Over features found in RUN that no flag explains and that TRANSLATIONS fires in five
sentences or more.

usage: tools/validation/ceiling.py RUN TRANSLATIONS      needs pyarrow
"""

import pathlib
import statistics
import sys

import pyarrow.parquet as pq

import tables

FEWEST = 5


def kappas(run: tables.Run) -> dict:
    """κ within strata by pair of languages, then by feature."""
    pairs = pq.read_table(run.folder / "pairs.parquet").to_pylist()
    result = {}
    for pair in pairs:
        if pair["agreement_stratified_raw"] is not None:
            of_pair = result.setdefault(f"{pair['language_a']}–{pair['language_b']}", {})
            of_pair[pair["feature"]] = pair["agreement_stratified_raw"]
    return result


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    run, translations = map(tables.Run, sys.argv[1:])
    counts = [name for name in translations.scores[0] if name.startswith("active_")]
    enough = {row["feature"] for row in translations.live
              if min(row[name] for name in counts) >= FEWEST and row["agreement_stratified_raw"] is not None}
    chosen = sorted((row for row in run.found("q_agreement")
                     if not run.explained(row) and row["feature"] in enough), key=lambda row: row["rank"])
    groups = {f"best {min(100, len(chosen))}": chosen[:100], f"all {len(chosen)}": chosen}
    rows = []
    for languages, of_pair in (kappas(translations) | kappas(run)).items():
        means = [statistics.mean(of_pair[row["feature"]] for row in group if row["feature"] in of_pair)
                 for group in groups.values()]
        rows.append([languages, *means])
    rows.sort(key=lambda row: -row[1])
    tables.table(["languages", *groups], [[row[0], *(tables.number(mean, 2) for mean in row[1:])] for row in rows])


if __name__ == "__main__":
    main()
