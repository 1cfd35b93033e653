#!/bin/sh
# Collects this machine, but for this checkout, with programs made with SANITIZE=1; verifies, lists
# and extracts it; makes a case of it and asks that for everything: no read or write out of bounds,
# no undefined behaviour, no leak.  Then the same for every command line of tests/cli, and for runs
# in which allocations fail, some of them, spread over the run.
#
#   sanitized.sh FOLDER [OPTION...]     FOLDER of the programs; options of exhibit-collect, for less
#
# A program that a sanitizer ended has another exit code than any of ours, and leaves a report.
# Readers can write none, since nothing can be written where they are; then the archive says that
# they died.
set -eu
folder=$(cd "${1:?usage: sanitized.sh FOLDER [OPTION...]}" && pwd)
shift
here=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
cleanup() {
	chmod -R u+rwX "$scratch" 2>/dev/null || :
	rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
mkdir "$scratch/reports" "$scratch/tmp"
options=exitcode=99:log_path=$scratch/reports/of
export ASAN_OPTIONS="$options:detect_stack_use_after_return=1:strict_string_checks=1"
export LSAN_OPTIONS="$options" UBSAN_OPTIONS="$options:print_stacktrace=1"
export EXHIBIT_COLLECT="$folder/exhibit-collect" EXHIBIT="$folder/exhibit" TMPDIR="$scratch/tmp"

fail() { # WORDS...
	cat "$scratch"/reports/* "$scratch/said" >&2 2>/dev/null || :
	echo "$*" >&2
	exit 1
}

no_reports() { # WHAT
	for _report in "$scratch"/reports/*; do
		[ ! -e "$_report" ] || fail "$1: a sanitizer ended it"
	done
}

run() { # COMMAND...: 0 and 1 are what a machine that is alive gives
	code=0
	"$@" >"$scratch/out" 2>"$scratch/said" || code=$?
	[ "$code" -le 1 ] || fail "$* ended with $code"
	no_reports "$*"
}

cd "$scratch"
run "$EXHIBIT_COLLECT" --quiet --exclude "$here/**" --exclude "$scratch/**" -o archive "$@"
run "$EXHIBIT" verify archive
tail -n 1 out
run "$EXHIBIT" list --json archive
died=$(grep '"gap":"reader-died"' out) || :
[ -z "$died" ] || fail "a reader ended: $died"
mkdir extracted
run "$EXHIBIT" extract archive -C extracted
rm -rf extracted

# The case of it, every question, and all that is made of one.
run "$EXHIBIT" load -o case.db archive
tail -n 1 out
asked=0
for verb in $("$EXHIBIT" show --help | sed -n 's/^  \([a-z-]*\)  .*/\1/p'); do
	[ "$verb" != strings ] || continue # of a member of an archive
	run "$EXHIBIT" show "$verb" --limit 10000 case.db
	run "$EXHIBIT" show "$verb" --json --limit 10000 case.db
	asked=$((asked + 1))
done
[ "$asked" -gt 30 ] || fail "only $asked verbs of show were asked"
run "$EXHIBIT" show strings archive '*passwd'
run "$EXHIBIT" report -o report.html case.db
for form in bodyfile timesketch csv case stix; do
	run "$EXHIBIT" export --$form -o "$form" case.db
done
run "$EXHIBIT" export --jsonl -o jsonl case.db
rm -rf case.db jsonl archive
echo "$asked verbs of show, a report and 6 exports of it"

# Custody, receipts, encryption and all else that is typed, on small archives.
set --
for test in "$here"/tests/cli/*.sh; do
	name=$(basename "$test" .sh)
	# limits its addresses, of which the runtime takes terabytes
	[ "$name" = verify-constant-memory ] || set -- "$@" "$name"
done
TEST_TIMEOUT=1800 "$here/tests/cli/run" "$here/tests/cli" "$@" >out 2>said || {
	cat out
	fail "tests/cli failed"
}
tail -n 1 out
no_reports "tests/cli"

export SANITIZED=1
for what in tree read; do
	"$here/tests/faults/run.py" --only alloc --most "${MOST:-30}" "$what"
done
no_reports "runs without memory"
echo "nothing undefined was done, nothing was lost"
