#!/usr/bin/env bash
# The example in Python writes a folder that is imported and scored, and its planted features rank first.
# usage: example_import.sh PROGRAM SOURCE PYTHON PYARROW_PARENT WORK
set -euo pipefail
program=$1 source=$2 python=$3 work=$5
export PYTHONPATH=$4
"$python" -c 'import pyarrow' 2>/dev/null || {
  echo "skipped: no pyarrow for $("$python" --version); use Python 3.11 to 3.14, e.g. make test PYTHON=python3.11"
  exit 77
}
rm -rf "$work"
mkdir -p "$work"
"$python" "$source/examples/import_activations.py" "$work/mine"
"$program" import "$work/mine" --output "$work/results" --features 32 --quiet
"$program" score "$work/results" --quiet >/dev/null
"$program" report "$work/results" --quiet
"$python" - "$work/results/scores.csv" <<'PYTHON'
import csv
import sys

rows = sorted(csv.DictReader(open(sys.argv[1])), key=lambda row: int(row["rank"]))
best = [int(row["feature"]) for row in rows[:5]]
assert len(rows) == 32 and sorted(best) == [0, 1, 2, 3, 4], best
PYTHON
