#!/usr/bin/env bash
# Two layers of the demo model in one pass, and the page that compares them, left in WORK/out.
# usage: layers_run.sh PROGRAM MODEL SOURCE WORK
set -euo pipefail
program=$1 model=$2 source=$3 work=$4
[ -e "$model" ] || { echo "no demo model at $model: make demo-model fetches it"; exit 1; }
rm -rf "$work"
mkdir -p "$work"

# The demo's SAE reads layer 12 and does badly, but soundly, a layer before.
"$program" run --model "$model" --sae "$source/data/demo-sae" \
  --hook blocks.11.hook_resid_post,blocks.12.hook_resid_post --corpus "$source/data/demo.tsv" \
  --languages en,es --samples 24 --seed 42 --output "$work/out"
[ -s "$work/out/layers.html" ] || { echo "no page that compares the layers"; exit 1; }
