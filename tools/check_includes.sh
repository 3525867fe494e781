#!/usr/bin/env bash
# The folder tree is the architecture: a stage includes only core/ and earlier stages, llama.h stands
# in isogloss/model/llama_* alone, and third-party headers stay out of public ones.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
complain() { echo "$1"; failed=1; }

# rooms FOLDER NAME...: of the folders in FOLDER, none includes one that stands after it.
rooms() {
  local folder=$1 i j
  shift
  local names=("$@")
  for ((i = 0; i < ${#names[@]}; ++i)); do
    [ -d "$folder/${names[i]}" ] || complain "$folder/${names[i]} is not there"
    for ((j = i + 1; j < ${#names[@]}; ++j)); do
      if grep -rnE "#include \"$folder/${names[j]}/" "$folder/${names[i]}"; then
        complain "$folder/${names[i]} includes the later $folder/${names[j]}"
      fi
    done
  done
  for name in "$folder"/*/; do
    name=$(basename "$name")
    case " ${names[*]} " in *" $name "*) ;; *) complain "$folder/$name has no place here" ;; esac
  done
}
rooms isogloss core numeric corpus model sae store stats score results evidence page validation \
  pipeline
rooms isogloss/score columns strata cofiring agreement resampling artefacts bi_loss measures
# What joins the rooms of score/ stands above them.
if grep -rnE '#include "isogloss/score/[^/]*"' isogloss/score/*/; then
  complain "a room of isogloss/score includes what joins the rooms"
fi

# A header called _internal is its own folder's.
while IFS=: read -r user _ line; do
  header=$(sed -E 's/.*"([^"]*)".*/\1/' <<<"$line")
  [ "$(dirname "$header")" = "$(dirname "$user")" ] ||
    complain "$user includes $header, which is internal to another folder"
done < <(grep -rnE '#include "isogloss/.*_internal\.h"' isogloss cli)

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

public=$(find isogloss -name '*.h' ! -name '*_internal.h' ! -name '*_json.h' ! -path '*/core/parquet.h' ! -path '*/core/ggml_assertions.h')
if grep -nE '#include <(arrow|parquet|nlohmann|fmt|zip\.h|ggml|gguf|llama|tbb|boost|openssl|CLI|toml|utf8proc)' $public; then
  complain "a public header includes a third-party header"
fi
exit $failed
