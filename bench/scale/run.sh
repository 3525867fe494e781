#!/usr/bin/env bash
# Scoring at scale: makes result folders with made-up activations and measures `isogloss score` on
# them: seconds and peak memory. Prints Markdown tables.
#
# usage: bench/scale/run.sh WORK [SMALL]     with a build in build/ that has -DISOGLOSS_BUILD_BENCHMARKS=ON
#
# 100,000 sentences need 8 GB of disk. Any second word runs the small shapes only.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$1
mkdir -p "$work"

make_result() {  # sentences, languages, features, active features per token: sets folder
  folder=$work/$1-$2-$3-$4
  [ -e "$folder/manifest.json" ] || "$here/build/bin/isogloss_make_result" "$folder" "$1" "$2" "$3" "$4" 25
  rm -f "$folder"/{profile,agreement_controls,scores,pairs}.parquet "$folder"/statistics.json
}

measure() {  # name, then the program's words: prints seconds and peak MiB
  /usr/bin/time -f '%e %M' -o "$work/time" "$here/build/bin/isogloss" "$@" >/dev/null
  awk '{printf "%.1f s | %.0f MiB", $1, $2 / 1024}' "$work/time"
}

echo "| sentences × languages × features | active per token | first score, all measures | peak | other λ | peak | other null, no permutations | peak |"
echo "|---|---|---|---|---|---|---|---|"
shapes=("500 8 16384 41" "500 8 16384 70" "5000 8 16384 70" "100000 2 16384 70")
[ $# -lt 2 ] || shapes=("500 8 16384 41" "500 8 16384 70")
for shape in "${shapes[@]}"; do
  read -r sentences languages features active <<<"$shape"
  make_result "$sentences" "$languages" "$features" "$active"
  first=$(measure score "$folder" --quiet --measures all)
  again=$(measure score "$folder" --quiet --lambda 4)
  other=$(measure score "$folder" --quiet --null plain --permutations 0)
  echo "| $sentences × $languages × $features | $active | $first | $again | $other |"
done
[ $# -lt 2 ] || exit 0

echo
echo "| sentences × languages × features | active per token | first score | peak |"
echo "|---|---|---|---|"
for shape in "10000 2 16384 17" "10000 2 16384 35" "10000 2 16384 70" "10000 2 65536 35"; do
  read -r sentences languages features active <<<"$shape"
  make_result "$sentences" "$languages" "$features" "$active"
  echo "| $sentences × $languages × $features | $active | $(measure score "$folder" --quiet) |"
done
