#!/usr/bin/env bash
# The folder tree is the architecture: a stage includes only core/ and earlier stages, llama.h stands
# in isogloss/model/llama_* alone, and third-party headers stay out of public ones.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
complain() { echo "$1"; failed=1; }

stages=(core corpus model sae store stats score report validation)
for ((i = 0; i < ${#stages[@]}; ++i)); do
  for ((j = i + 1; j < ${#stages[@]}; ++j)); do
    if grep -rnE "#include \"isogloss/${stages[j]}/" "isogloss/${stages[i]}"; then
      complain "isogloss/${stages[i]} includes the later stage ${stages[j]}"
    fi
  done
done

for user in $(grep -rlE '#include [<"]llama(-cpp)?\.h' isogloss cli); do
  case $user in
    isogloss/model/llama_*.cpp | isogloss/model/llama_*_internal.h) ;;
    *) complain "$user includes llama.h, which is for isogloss/model/llama_* alone" ;;
  esac
done
if grep -rnE '#include "isogloss/model/llama_.*_internal\.h"' isogloss cli |
  grep -v '^isogloss/model/llama_'; then
  complain "a file beyond isogloss/model/llama_* includes their internals"
fi

public=$(find isogloss -name '*.h' ! -name '*_internal.h')
if grep -nE '#include <(arrow|parquet|nlohmann|fmt|zip\.h|ggml|gguf|llama|tbb|boost|openssl|CLI|toml|utf8proc)' $public; then
  complain "a public header includes a third-party header"
fi
exit $failed
