#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs each for SECONDS_EACH (default 60).
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset fuzz --log-level=WARNING
cmake --build --preset fuzz --target fuzzers
python3 tests/fuzz/make_seeds.py build-fuzz/seeds
cp -r tests/fuzz/seeds/. build-fuzz/seeds
if [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi  # some parsers take a path
for target in build-fuzz/bin/fuzz_*; do
  name=$(basename "$target")
  name=${name#fuzz_}
  mkdir -p "build-fuzz/corpus/$name"
  echo "== $name"
  "$target" -max_total_time="${SECONDS_EACH:-60}" -max_len=4096 -rss_limit_mb=2048 \
    -artifact_prefix="build-fuzz/$name-" "build-fuzz/corpus/$name" "build-fuzz/seeds/$name" 2>&1 | tail -n 2
done
