#!/usr/bin/env bash
# Makes the Python wheel for other machines: wheel.sh PYTHON FOLDER. Its folder then holds one wheel, which carries the
# system's libraries that it needs (auditwheel), and whose name says on which systems it runs.
set -euo pipefail
python=$1 out=$2
source=$(cd "$(dirname "$0")/../.." && pwd)
work=$source/build/wheel-tools
requirements=$source/tools/setup/requirements/wheel.txt
mkdir -p "$work" "$out"

if ! cmp -s "$requirements" "$work/requirements.txt"; then
  rm -rf "$work/venv"
  "$python" -m venv "$work/venv"
  "$work/venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$requirements"
  cp "$requirements" "$work/requirements.txt"
fi
rm -rf "$work/plain" "$work/repaired"
"$work/venv/bin/pip" wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w "$work/plain" "$source"
PATH="$work/venv/bin:$PATH" auditwheel repair -w "$work/repaired" "$work"/plain/*.whl
rm -f "$out"/isogloss-*.whl
mv "$work"/repaired/*.whl "$out/"
ls "$out"/isogloss-*.whl
