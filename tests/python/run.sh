#!/usr/bin/env bash
# Makes the wheel, puts it into a fresh environment, and tests it there: run.sh SOURCE PYTHON WORK. What has not changed
# since the last time is not made again.
set -euo pipefail
source=$1 python=$2 work=$(realpath -m "$3")
mkdir -p "$work"

"$source/tools/setup/wheel.sh" "$python" "$work/dist" >"$work/wheel.log" 2>&1 || { tail -n 30 "$work/wheel.log"; exit 1; }
wheel=$(ls "$work"/dist/*.whl)
state=$(cat "$wheel" "$source/tests/python/requirements.txt" | sha256sum)
if [ "$(cat "$work/state" 2>/dev/null)" != "$state" ]; then
  rm -rf "$work/venv" "$work/state"
  "$python" -m venv "$work/venv"
  "$work/venv/bin/pip" install -q --disable-pip-version-check -r "$source/tests/python/requirements.txt" "$wheel"
  echo "$state" >"$work/state"
fi
cd "$work"
XDG_CACHE_HOME=$work/cache venv/bin/python -m pytest -q -p no:cacheprovider "$source/tests/python"
venv/bin/mypy --config-file "$source/pyproject.toml" --cache-dir "$work/mypy" -p isogloss
