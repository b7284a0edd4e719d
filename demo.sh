#!/bin/sh
# demo.sh - installs what is missing, builds weir and runs the product_view pipeline on embedded parts: no service is needed.
#
# Works on a fresh Debian 12, as root or with sudo. Arguments go to `weir demo`: ./demo.sh --count 1000000
set -eu
cd "$(dirname "$0")"

cmake/install_packages.sh build

mkdir -p build
quietly() {
  "$@" >build/log.txt 2>&1 || { cat build/log.txt >&2; exit 1; }
}
echo "Building build/release/weir (some minutes the first time)"
quietly cmake --preset release
quietly cmake --build --preset release --target weir -j "$(nproc)"

exec build/release/weir demo "$@"
