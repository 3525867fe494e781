#!/usr/bin/env bash
# The folder tree is the architecture: a stage includes only core/ and earlier stages, llama.h stands
# in one source file, and third-party headers stay out of public ones.
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

users=$(grep -rlE '#include [<"]llama(-cpp)?\.h' isogloss cli | wc -l)
[ "$users" -eq 1 ] || complain "llama.h is included by $users files of the library, not by one"

public=$(find isogloss -name '*.h' ! -name '*_internal.h')
if grep -nE '#include <(arrow|parquet|nlohmann|fmt|zip\.h|ggml|gguf|llama|tbb|boost|openssl|CLI|toml)' $public; then
  complain "a public header includes a third-party header"
fi
exit $failed
