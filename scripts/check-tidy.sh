#!/bin/sh
# clang-tidy over our own code, as many files at once as there are processors. A
# file that passed is not looked at again until it, a header, or the rules change.
#
#   check-tidy.sh CACHE [FILE...]
#
# CPPFLAGS and EXHIBIT_DEPS come from the makefile.
set -eu
LC_ALL=C
export LC_ALL
cache=${1:?usage: check-tidy.sh CACHE [FILE...]}
shift
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
cd "${TREE:-$(dirname "$0")/..}"
mkdir -p "$cache"
[ $# -gt 0 ] || {
	# shellcheck disable=SC2046  # file names without blanks
	set -- $(find lib collector workstation -name '*.c' 2>/dev/null | sort)
}
[ $# -gt 0 ] || { echo "nothing to check yet"; exit 0; }

flags="-std=c11 --target=$(gcc -dumpmachine | sed 's/-gnu$/-musl/') -nostdlibinc -isystem ${EXHIBIT_DEPS:?run by make}/include ${CPPFLAGS:--I.} -Wall -Wextra"
rules=$({ cat .clang-tidy; clang-tidy --version; echo "$flags"; find . \( -name '*.h' -o -name '*.def' \) \
	! -path './build/*' -type f | sort | xargs cat; } | sha256sum | cut -c1-64)

# shellcheck disable=SC2016  # the inner shell expands these
printf '%s\n' "$@" | xargs -P "${EXHIBIT_JOBS:-$(nproc)}" -I '{}' sh -c '
	key=$({ echo "$1 $3"; cat "$3"; } | sha256sum | cut -c1-64)
	[ ! -e "$2/$key" ] || exit 0
	if clang-tidy --quiet --warnings-as-errors="*" "$3" -- $4 >"$2/$key.log" 2>/dev/null; then
		mv "$2/$key.log" "$2/$key"
	else
		# The way to a finding can be a hundred lines; it stays in the log.
		grep -E "(warning|error): " "$2/$key.log" || cat "$2/$key.log"
		name=$(echo "$3" | tr / -)
		mv "$2/$key.log" "$2/$name.log"
		echo "    see $2/$name.log"
		exit 1
	fi
' - "$rules" "$cache" '{}' "$flags"
echo "$# files without a finding"
