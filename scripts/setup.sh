#!/bin/sh
# Installs what a fresh Debian lacks for building, for building and checking, or for both
# on other machines as well.
#
#   setup.sh build|check|cross
#
# Installs only what is missing; when nothing is, it needs no rights.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case ${1:-} in
build) lists="$here/packages.build" ;;
check) lists="$here/packages.build $here/packages.check" ;;
cross) lists="$here/packages.build $here/packages.check $here/packages.cross" ;;
*) echo "usage: setup.sh build|check|cross" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "setup: this is no Debian; install by hand what $lists name" >&2
	exit 0
fi
missing=
# shellcheck disable=SC2086  # a list of files
packages=$(grep -hv '^#' $lists)
for package in $packages; do
	# shellcheck disable=SC2016  # dpkg-query expands the format
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || :
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "setup: missing packages:$missing" >&2
		echo "setup: run this script as root, or install sudo" >&2
		exit 1
	fi
	as_root="sudo"
fi
echo "setup: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq </dev/null >&2
# shellcheck disable=SC2086  # a list of packages
$as_root apt-get install -y -qq --no-install-recommends $missing </dev/null >&2
