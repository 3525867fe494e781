#!/usr/bin/env bash
# The main job on the real demo model and four dozen real sentence pairs. Leaves the result folder in
# WORK/out for the tests of the dataset and of the page.
# usage: demo_run.sh PROGRAM MODEL SOURCE PYTHON WORK
set -euo pipefail
program=$1 model=$2 source=$3 python=$4 work=$5
[ -e "$model" ] || { echo "no demo model at $model: make demo-model fetches it"; exit 1; }
rm -rf "$work"
mkdir -p "$work"

"$program" run --model "$model" --sae "$source/data/demo-sae" --corpus "$source/data/demo.tsv" \
  --languages en,es --samples 48 --seed 42 --output "$work/out" --json >"$work/summary.json"
"$python" - "$work/summary.json" "$work/out/manifest.json" <<'PYTHON'
import json, sys
summary, manifest = (json.load(open(path)) for path in sys.argv[1:])
check = manifest["self_check"]
# Held-out text gave an L0 of 41 and 33 and an FVU of .21 and .20 (data/demo-sae/README.md).
assert 20 < check["l0"] < 60 and 0.1 < check["fvu"] < 0.35, check
assert summary["sentences"] == 48 and summary["alive"] > 800, summary
best = summary["best"][0]
assert best["agreement_stratified"] > 0.4 and best["q_cofire"] < 0.05, best
assert len(summary["best"]) == 10 and summary["passed_over"], summary["passed_over"]
for best in summary["best"]:
    for flag in ("shared_tokens", "length", "position", "punctuation", "dense", "support"):
        assert not best["flag_" + flag], (best["feature"], flag)
PYTHON
echo "the main job holds"
