#!/usr/bin/env bash
# Makes sure the system packages are there that isogloss builds on; with the word `test`, also those
# that its tests need, and with `lint`, the linters. Installs what is missing when it may (root, or sudo
# without a password); otherwise prints the line to run and stops. Never prompts.
set -euo pipefail

debian=(
  ca-certificates cmake g++ ninja-build pkg-config python3-venv
  libboost-dev libboost-math-dev libcli11-dev libcurl4-openssl-dev libexpat1-dev libfmt-dev liblzma-dev libssl-dev
  libtbb-dev libtomlplusplus-dev libutf8proc-dev libzip-dev nlohmann-json3-dev
)
homebrew=(
  boost cli11 cmake curl expat fmt libzip ninja nlohmann-json openssl@3 pkg-config tbb tomlplusplus
  utf8proc xz
)
for need in "$@"; do
  case $need in
    test)
      debian+=(libgmock-dev libgtest-dev)
      homebrew+=(googletest)
      if command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null; then
        :
      elif grep -qx 'ID=debian' /etc/os-release 2>/dev/null; then
        debian+=(chromium)
      else  # Ubuntu's package of it needs snapd.
        echo "isogloss: no Chromium found: tests of pages will be skipped; install it or Google Chrome"
      fi
      ;;
    lint)
      debian+=(clang-format clang-tidy)
      homebrew+=(clang-format llvm)
      ;;
  esac
done

if [ "$(uname -s)" = Darwin ]; then
  command -v brew >/dev/null || { echo "isogloss: needs Homebrew to install its packages" >&2; exit 4; }
  have=$(brew list --formula -1)
  missing=()
  for package in "${homebrew[@]}"; do grep -qx "$package" <<<"$have" || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && exit 0
  echo "isogloss: missing packages; run this and then make again:" >&2
  echo "  brew install ${missing[*]}" >&2
  exit 4
fi

command -v dpkg-query >/dev/null || {
  echo "isogloss: not a Debian system: install the equivalents of ${debian[*]}" >&2
  echo "          and run make again with ISOGLOSS_SKIP_PACKAGES=1" >&2
  [ "${ISOGLOSS_SKIP_PACKAGES:-}" = 1 ] && exit 0
  exit 4
}

have=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${debian[@]}" 2>/dev/null || true)
missing=()
for package in "${debian[@]}"; do
  grep -qxF "installed $package" <<<"$have" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
  as_root=(env)
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n env)
else
  echo "isogloss: missing packages; run this and then make again:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
  exit 4
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "isogloss: installing ${#missing[@]} system packages (about a minute, once): ${missing[*]}" |
  fold -s -w 100
{
  "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends "${missing[@]}"
} >"$log" 2>&1 || {
  tail -n 15 "$log" >&2
  echo "isogloss: apt-get failed, see above" >&2
  exit 4
}
