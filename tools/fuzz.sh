#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs each, or those named, for SECONDS_EACH (default 60).
# What they find interesting is kept in the cache, so that each run goes on from the last; for other machines,
# tools/keep_fuzz_inputs.sh packs it.
# An input that breaks a parser is left in build-fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset fuzz --log-level=WARNING
if [ $# -gt 0 ]; then
  names=("$@")
  cmake --build --preset fuzz --target "${names[@]/#/fuzz_}"
else
  cmake --build --preset fuzz --target fuzzers
  names=()
  for target in build-fuzz/bin/fuzz_*; do names+=("$(basename "$target" | sed s/^fuzz_//)"); done
fi
python3 tests/fuzz/make_seeds.py build-fuzz/seeds
cp -r tests/fuzz/seeds/. build-fuzz/seeds
tar -xJf tests/fuzz/found.tar.xz -C build-fuzz/seeds
corpora=${XDG_CACHE_HOME:-$HOME/.cache}/isogloss/fuzz
if [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi  # some parsers take a path
failed=()
for name in "${names[@]}"; do
  mkdir -p "$corpora/$name" "build-fuzz/seeds/$name"
  echo "== $name"
  "build-fuzz/bin/fuzz_$name" -max_total_time="${SECONDS_EACH:-60}" -rss_limit_mb=2048 -timeout=25 \
    -artifact_prefix="build-fuzz/$name-" "$corpora/$name" "build-fuzz/seeds/$name" 2>&1 | tail -n 2 ||
    failed+=("$name")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "broken by an input in build-fuzz: ${failed[*]}"
  exit 1
fi
