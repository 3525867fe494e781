#!/usr/bin/env bash
# The examples in Python write folders that are imported and scored, and their planted features rank first.
# One of them is exported again. Layouts whose packages are not here are left out, and said.
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

# check NAME: imports WORK/NAME.
check() {
  "$program" import "$work/$1" --output "$work/$1-results" --features 32 --quiet
  "$program" score "$work/$1-results" --quiet >/dev/null
  "$program" report "$work/$1-results" --quiet
  "$python" - "$work/$1-results/scores.csv" <<'PYTHON'
import csv
import sys

rows = sorted(csv.DictReader(open(sys.argv[1])), key=lambda row: int(row["rank"]))
best = [int(row["feature"]) for row in rows[:5]]
assert len(rows) == 32 and sorted(best) == [0, 1, 2, 3, 4], best
PYTHON
}

"$python" "$source/examples/import_activations.py" "$work/mine"
check mine
for need in lists:pyarrow flat:numpy sparse:scipy.sparse padded:safetensors.numpy; do
  layout=${need%:*} package=${need#*:}
  "$python" -c "import $package" 2>/dev/null || { echo "left out: $layout, for want of $package"; continue; }
  "$python" "$source/examples/import_arrays.py" "$work/$layout" "$layout"
  check "$layout"
  cmp "$work/lists-results/scores.parquet" "$work/$layout-results/scores.parquet"
done

"$program" export "$work/lists-results" --format hf --output "$work/exported" --quiet
"$program" import "$work/exported" --output "$work/again" --features 32 --quiet
cmp "$work/again/maxima/part-00000.parquet" "$work/lists-results/maxima/part-00000.parquet"
if "$python" -c 'import datasets' 2>/dev/null; then
  HF_HUB_OFFLINE=1 HF_HOME=$work/hf "$python" "$source/tools/check_hf_export.py" "$work/lists-results" "$work/exported"
else
  echo "left out: the check of the export, for want of datasets"
fi
