#!/usr/bin/env bash
# Two draws of the demo corpus, the validation of their scores, and its page opened in a browser.
# usage: validation_page.sh PROGRAM MODEL SOURCE PYTHON
set -euo pipefail
program=$1 model=$2 source=$3 python=$4
[ -e "$model" ] || { echo "no demo model at $model: make demo-model fetches it"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for seed in 42 43; do
  "$program" run --model "$model" --sae "$source/data/demo-sae" --corpus "$source/data/demo.tsv" \
    --languages en,es --samples 24 --seed $seed --permutations 0 --bootstrap 0 --output "$work/$seed"
done
"$program" validate "$work/42" "$work/43" --output "$work/out" --permutations 3 --halves 2
"$python" "$source/tests/web/check_validation.py" "$work/out/validation.html"
