#!/usr/bin/env bash
# Installs into a fresh prefix, moves it, and shows that the program, and the C++ program of the README,
# run from there without the build folder or the cache.
# usage: check_install.sh CMAKE BUILD_FOLDER SOURCE DEMO_MODEL
set -euo pipefail
cmake=$1 build=$2 source=$3 model=$4
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

# The README's C++ program, as it stands there.
mkdir "$work/readme"
cp "$source/tests/install/consumer/CMakeLists.txt" "$work/readme/"
sed -n '/^```cpp$/,/^```$/p' "$source/README.md" | sed '1d;$d' >"$work/readme/consumer.cpp"
[ -s "$work/readme/consumer.cpp" ] || { echo "the README shows no C++"; exit 1; }
"$cmake" -S "$work/readme" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
"$cmake" --build "$work/consumer" >/dev/null
head -n 41 "$work/prefix/share/isogloss/demo.tsv" | cut -f 1,2 >"$work/few.tsv"
cd "$work"
"$work/consumer/consumer" "$model" "$work/prefix/share/isogloss/demo-sae" "$work/few.tsv"
[ -s results/report.html ] || { echo "the README's program left no report"; exit 1; }
