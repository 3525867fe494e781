#!/usr/bin/env bash
# Scoring at scale: makes result folders with made-up activations and measures `isogloss score` on
# them: seconds, peak memory, and files' size.
#
# usage: bench/scale/run.sh WORK [SMALL]     with a build in build/ that has -DISOGLOSS_BUILD_BENCHMARKS=ON
#
# Prints a Markdown table. 100,000 sentences need 6 GB of disk. Any second word runs the small shapes only.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$1
mkdir -p "$work"

measure() {  # name, then the program's words: prints seconds and peak MiB
  /usr/bin/time -f '%e %M' -o "$work/time" "$here/build/bin/isogloss" "$@" >/dev/null
  awk '{printf "%.1f s | %.0f MiB", $1, $2 / 1024}' "$work/time"
}

echo "| sentences × languages × features | first score | peak | score again, other λ | peak | another null, no permutations | peak |"
echo "|---|---|---|---|---|---|---|"
shapes=("500 8" "5000 8" "100000 2")
[ $# -lt 2 ] || shapes=("500 8")
for shape in "${shapes[@]}"; do
  read -r sentences languages <<<"$shape"
  folder=$work/$sentences-$languages
  [ -e "$folder/manifest.json" ] ||
    "$here/build/bin/isogloss_make_result" "$folder" "$sentences" "$languages" 16384 70 25
  rm -f "$folder"/{profile,part_scores,scores,pairs}.parquet "$folder"/statistics.json
  first=$(measure score "$folder" --quiet)
  again=$(measure score "$folder" --quiet --lambda 4)
  without=$(measure score "$folder" --quiet --null length --permutations 0)
  echo "| $sentences × $languages × 16,384 | $first | $again | $without |"
done
