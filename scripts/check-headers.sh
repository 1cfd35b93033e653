#!/bin/sh
# Every header compiles alone, and headers are where the contracts are written:
# at least 45 of 100 lines that are not blank carry a comment.
#
# CC, CPPFLAGS and CFLAGS come from the makefile.
set -eu
LC_ALL=C
export LC_ALL
cd "${TREE:-$(dirname "$0")/..}"
share=45
status=0

headers=$(find lib collector workstation -name '*.h' 2>/dev/null | sort)
[ -n "$headers" ] || { echo "no headers yet"; exit 0; }

for header in $headers; do
	# shellcheck disable=SC2086  # lists of options
	if ! printf '#include "%s"\n' "$header" |
		${CC:-cc-musl} ${CPPFLAGS:--I.} ${CFLAGS:-} -fsyntax-only -x c -; then
		echo "$header: does not compile alone"
		status=1
	fi
done

# shellcheck disable=SC2086  # a list of files
awk -v share="$share" '
	FNR == 1 { inside = 0 }
	/^[ \t]*$/ { next }
	{
		lines++
		comment = inside
		rest = $0
		while (rest != "") {
			if (inside) {
				at = index(rest, "*/")
				if (!at) break
				rest = substr(rest, at + 2)
				inside = 0
			} else {
				at = index(rest, "/*")
				if (!at) break
				rest = substr(rest, at + 2)
				inside = comment = 1
			}
		}
		comments += comment
	}
	END {
		have = 100 * comments / lines
		printf "headers: %d lines, %.0f %% with a comment (at least %d %%)\n", lines, have, share
		exit have < share
	}
' $headers || status=1
exit "$status"
