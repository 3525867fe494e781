#!/usr/bin/env bash
# Installs into a fresh prefix, moves it, and shows that the program and a small program of a user
# run from there without the build folder or the cache.
# usage: check_install.sh CMAKE BUILD_FOLDER CONSUMER_SOURCE
set -euo pipefail
cmake=$1 build=$2 consumer=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/no-cache

DESTDIR='' "$cmake" --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/prefix"  # nothing may depend on where it was installed

for file in "$work"/prefix/bin/isogloss "$work"/prefix/lib*/libisogloss.so \
            "$work"/prefix/lib*/*/libisogloss.so; do
  [ -e "$file" ] || continue
  paths=$(readelf -d "$file" | grep -E 'R(UN)?PATH' || true)
  if grep -qF "$build" <<<"$paths" || grep -q '\.cache' <<<"$paths"; then
    echo "$file still looks into the build or cache folder: $paths"
    exit 1
  fi
done
if ldd "$work/prefix/bin/isogloss" | grep -E "not found|$build|\.cache/isogloss"; then
  echo "the installed program needs something outside its prefix"
  exit 1
fi
"$work/prefix/bin/isogloss" --version
"$work/prefix/bin/isogloss" inspect "$work"/prefix/share/isogloss/demo-sae

"$cmake" -S "$consumer" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
"$cmake" --build "$work/consumer" >/dev/null
"$work/consumer/consumer" "$work/prefix/share/isogloss/demo.tsv"
