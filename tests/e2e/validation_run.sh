#!/usr/bin/env bash
# Two draws of the demo corpus and the validation of their scores, its page left in WORK/out.
# usage: validation_run.sh PROGRAM MODEL SOURCE WORK
set -euo pipefail
program=$1 model=$2 source=$3 work=$4
[ -e "$model" ] || { echo "no demo model at $model: make demo-model fetches it"; exit 1; }
rm -rf "$work"
mkdir -p "$work"

for seed in 42 43; do
  "$program" run --model "$model" --sae "$source/data/demo-sae" --corpus "$source/data/demo.tsv" \
    --languages en,es --samples 24 --seed $seed --permutations 0 --bootstrap 0 --output "$work/$seed"
done
"$program" validate "$work/42" "$work/43" --output "$work/out" --permutations 3 --halves 2
[ -s "$work/out/validation.html" ] || { echo "no page of the validation"; exit 1; }
