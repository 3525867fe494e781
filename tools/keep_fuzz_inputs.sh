#!/usr/bin/env bash
# Packs what the fuzzers have found so far into tests/fuzz/found.tar.xz: for each target that is built (tools/fuzz.sh
# builds them), or those named, the fewest inputs that reach as much of the code. The inputs of other targets stay.
set -euo pipefail
cd "$(dirname "$0")/.."
corpora=${XDG_CACHE_HOME:-$HOME/.cache}/isogloss/fuzz
if [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi  # some parsers take a path
names=("$@")
if [ $# -eq 0 ]; then
  for target in build-fuzz/bin/fuzz_*; do names+=("$(basename "$target" | sed s/^fuzz_//)"); done
fi
found=build-fuzz/found
rm -rf "$found"
mkdir -p "$found"
if [ -e tests/fuzz/found.tar.xz ]; then tar -xJf tests/fuzz/found.tar.xz -C "$found"; fi
for name in "${names[@]}"; do
  mkdir -p "$found/$name.new" "$found/$name" "$corpora/$name"
  "build-fuzz/bin/fuzz_$name" -merge=1 -use_counters=0 "$found/$name.new" "$found/$name" "$corpora/$name" 2>&1 | tail -n 1
  rm -r "${found:?}/$name"
  mv "$found/$name.new" "$found/$name"
done
tar -C "$found" --sort=name --owner=0 --group=0 --numeric-owner --mtime='2026-01-01' -cJf tests/fuzz/found.tar.xz .
