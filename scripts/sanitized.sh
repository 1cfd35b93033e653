#!/bin/sh
# Collects this machine with programs made with SANITIZE=1, and verifies, lists and extracts it:
# no read or write out of bounds, no undefined behaviour, no leak.  Then the same for runs in
# which allocations fail, some of them, spread over the run.
#
#   sanitized.sh FOLDER        of the programs
#
# A reader or a recorder that a sanitizer ended has another exit code than any of ours. Readers
# have no descriptor of this terminal; then the archive says that they died.
set -eu
folder=$(cd "${1:?usage: sanitized.sh FOLDER}" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
export ASAN_OPTIONS=exitcode=99:detect_stack_use_after_return=1:strict_string_checks=1
export LSAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1

run() { # COMMAND...: 0 and 1 are what a machine that is alive gives
	code=0
	"$@" >"$scratch/out" 2>"$scratch/said" || code=$?
	if [ "$code" -gt 1 ] || grep -q -e Sanitizer -e 'runtime error' "$scratch/said"; then
		cat "$scratch/said" >&2
		echo "$* ended with $code" >&2
		exit 1
	fi
}

run "$folder/exhibit-collect" --quiet --exclude "$folder/**" -o "$scratch/archive"
run "$folder/exhibit" verify "$scratch/archive"
tail -n 1 "$scratch/out"
run "$folder/exhibit" list --json "$scratch/archive"
died=$(grep '"gap":"reader-died"' "$scratch/out") || :
[ -z "$died" ] || { echo "a reader ended: $died" >&2; exit 1; }
mkdir "$scratch/extracted"
run "$folder/exhibit" extract "$scratch/archive" -C "$scratch/extracted"
here=$(cd "$(dirname "$0")/.." && pwd)
export SANITIZED=1 EXHIBIT_COLLECT="$folder/exhibit-collect" EXHIBIT="$folder/exhibit"
cd "$scratch"
for what in tree read; do
	"$here/tests/faults/run.py" --only alloc --most "${MOST:-30}" "$what"
done
echo "nothing undefined was done, nothing was lost"
