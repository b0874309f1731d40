#!/bin/bash
# Installs the Debian packages that Tonoscope builds and runs on; does nothing if all are there.
set -euo pipefail

packages=(
  libpng-dev libopenblas-dev libfftw3-dev libsndfile1-dev libhdf5-dev libcairo2-dev libzip-dev
  libsoxr-dev libebur128-dev libssl-dev libarchive-dev pkg-config
  fonts-dejavu-core
)

installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian: install the counterparts of ${packages[*]} by hand." >&2
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  installed "$package" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "Missing packages: ${missing[*]}. There is neither root nor sudo to install them:" \
      "run 'apt-get install ${missing[*]}' as root, then this again." >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing the missing Debian packages: ${missing[*]}"
"${as_root[@]}" apt-get update --quiet
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --no-install-recommends "${missing[@]}"
