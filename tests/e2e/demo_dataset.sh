#!/usr/bin/env bash
# The demo run's folder is held to the dataset's contract, by another program than ours.
# usage: demo_dataset.sh SOURCE PYTHON PYARROW_PARENT FOLDER
set -euo pipefail
source=$1 python=$2 folder=$4
export PYTHONPATH=$3
"$python" -c 'import pyarrow' 2>/dev/null || {
  echo "skipped: no pyarrow for $("$python" --version); use Python 3.11 to 3.14, e.g. make test PYTHON=python3.11"
  exit 77
}
"$python" "$source/tools/check_dataset.py" "$folder"
