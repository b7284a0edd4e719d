#!/bin/sh
# install_packages.sh build|tests - installs what packages.txt lists and this machine lacks, as root or through sudo.
#
# build: what it takes to build and run Weir. tests: that and what the tests need.
set -eu

case "${1:-}" in
  build | tests) wanted=$1 ;;
  *) echo "usage: install_packages.sh build|tests" >&2; exit 2 ;;
esac
list=$(dirname "$0")/packages.txt

missing=
section=
while read -r line; do
  case $line in
    '# build:'*) section=build; continue ;;
    '# tests:'*) section=tests; continue ;;
    '#'* | '') continue ;;
  esac
  [ "$section" = build ] || [ "$wanted" = tests ] || continue
  dpkg-query -W -f '${db:Status-Status}' "$line" 2>/dev/null | grep -qx installed || missing="$missing $line"
done < "$list"
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "These packages are missing, and neither root nor sudo is at hand:$missing" >&2; exit 1; }
  as_root=sudo
fi

# Debian's package makes and starts a database on port 5432. The tests start their own elsewhere, so it is told not to.
no_database=/etc/postgresql-common/createcluster.d/weir-no-database.conf
apt() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 "$@"; }
log=$(mktemp)
cleanup() {
  $as_root rm -f "$no_database" "$log"
  $as_root rmdir "$(dirname "$no_database")" 2>/dev/null || true
}
trap cleanup EXIT
case $missing in
  *postgresql*)
    $as_root mkdir -p "$(dirname "$no_database")"
    echo 'create_main_cluster = false' | $as_root tee "$no_database" >/dev/null
    ;;
esac

echo "Installing$missing"
if ! { apt update && apt install --no-install-recommends $missing; } >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  exit 1
fi
