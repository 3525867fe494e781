#!/usr/bin/env bash
# The folder tree is the architecture: a room includes only rooms before it, llama.h stands in
# isogloss/model/llama_* alone, and other people's headers stay out of those that are installed.
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
rooms isogloss core hub numeric corpus quantized model sae published inputs store imports stats score results evidence exports \
  page validation pipeline
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

# What is installed is isogloss.h and all it includes, and none of that shows other people's types.
installed=$(sed -n '/^set(public_headers/,/^)/p' cmake/install.cmake | sed -E '1d;$d;s#^ +#isogloss/#' | sort)
reached=isogloss/isogloss.h
while :; do
  more=$(grep -hoE '#include "isogloss/[^"]+"' $reached | sed -E 's/.*"(.*)"/\1/' | cat - <(printf '%s\n' $reached) | sort -u)
  [ "$more" = "$(printf '%s\n' $reached | sort -u)" ] && break
  reached=$more
done
if [ "$installed" != "$more" ]; then
  diff <(echo "$installed") <(echo "$more") || true
  complain "cmake/install.cmake (<) does not list what isogloss/isogloss.h includes (>)"
fi
if grep -nE '#include <(arrow|parquet|nlohmann|fmt|zip\.h|ggml|gguf|llama|tbb|boost|openssl|CLI|toml|utf8proc|lzma|expat|curl)' $installed; then
  complain "an installed header includes a third-party header"
fi
exit $failed
