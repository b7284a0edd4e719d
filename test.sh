#!/bin/sh
# test.sh - installs what is missing, builds the release preset and runs every test; ends with ctest's summary.
#
# Works on a fresh Debian 12, as root or with sudo. Arguments go to ctest: ./test.sh -L unit, ./test.sh -R chaos
set -eu
cd "$(dirname "$0")"

cmake/install_packages.sh tests

mkdir -p build
quietly() {
  "$@" >build/log.txt 2>&1 || { cat build/log.txt >&2; exit 1; }
}
echo "Building build/release"
quietly cmake --preset release
quietly cmake --build --preset release -j "$(nproc)"

# The broker's jars, before the clock of a test runs. Without them the tests that want a broker say so and are skipped.
python3 tests/services/kafka.py fetch || true

# Servers share the cores with the tests themselves: two tests at a time is what two cores bear.
ctest --test-dir build/release --output-on-failure --no-tests=error -j 2 "$@"
