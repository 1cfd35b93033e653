#!/bin/sh
# Length of functions and files. Nesting, parameters and complexity are
# clang-tidy's (.clang-tidy); this half needs no compiler.
#
# A function runs from its opening brace in the first column to the closing one.
set -eu
LC_ALL=C
export LC_ALL
cd "${TREE:-$(dirname "$0")/..}"
file_max=600
function_max=80
median_max=20

files=$(find lib collector workstation tests -type f \( -name '*.c' -o -name '*.h' \) 2>/dev/null | sort)
[ -n "$files" ] || { echo "nothing to measure yet"; exit 0; }
# shellcheck disable=SC2086  # a list of files
awk -v file_max="$file_max" -v function_max="$function_max" -v median_max="$median_max" '
	function end_of_file() {
		if (name != "" && lines > file_max) {
			printf "%s: %d lines, at most %d\n", name, lines, file_max
			bad = 1
		}
	}
	FNR == 1 { end_of_file(); name = FILENAME; open = 0 }
	{ lines = FNR }
	/^[a-zA-Z_].*\(/ { title = $0; first = FNR }
	/^\{/ { open = 1 }
	/^\}/ && open {
		open = 0
		length_of = FNR - first + 1
		# The median is about the product; a table test would only flatter it.
		if (FILENAME !~ /^tests\//)
			all[++count] = length_of
		if (length_of > function_max) {
			printf "%s:%d: %d lines, at most %d: %s\n", FILENAME, first, length_of, function_max, title
			bad = 1
		}
	}
	END {
		end_of_file()
		if (count == 0) {
			print "no functions yet"
			exit bad
		}
		for (i = 2; i <= count; i++)
			for (j = i; j > 1 && all[j - 1] > all[j]; j--) {
				t = all[j]; all[j] = all[j - 1]; all[j - 1] = t
			}
		median = all[int((count + 1) / 2)]
		if (median >= median_max) {
			printf "the median function has %d lines, must be under %d\n", median, median_max
			bad = 1
		}
		printf "%d functions: median %d, 95 %% up to %d, longest %d lines\n", \
			count, median, all[int(count * 0.95 + 0.5)], all[count]
		exit bad
	}
' $files
