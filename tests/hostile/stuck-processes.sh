#!/bin/sh
# Processes whose command line, environment and maps never answer, more of them than it would
# take to use up all readers: each costs one deadline, what does not ask for its memory is
# taken, and so is everything that comes later.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
count=8
for n in $(seq "$count"); do
	fixture_hazards "$PWD/fuse$n"
	python3 "$SRCDIR/tests/support/stuck_process.py" "$PWD/fuse$n" &
done
# shellcheck disable=SC2317,SC2329  # called by name
all_stuck() { [ "$(wc -l <stuck)" -eq "$count" ]; }
fixture_until all_stuck
mkdir log
echo later >log/file
while read -r pid; do
	! timeout -s KILL 0.5 cat "/proc/$pid/environ" >/dev/null 2>&1 ||
		{ echo "this kernel does not let a process be stuck" >&2; exit 77; }
done <stuck

# nothing but /proc and this folder
set --
for top in /*; do
	case $PWD in "$top"/*) continue ;; esac
	[ "$top" = /proc ] || set -- "$@" --exclude "$top"
done
fixture_beside "$PWD" >beside
while IFS= read -r glob; do
	set -- "$@" --exclude "$glob"
done <beside
timeout 120 "$EXHIBIT_COLLECT" --progress none --item-deadline 1 "$@" --include "$PWD/log/*" -o x.tar.zst 2>log.err ||
	{ cat log.err >&2; fixture_fail "exit $?"; }
fixture_complete x.tar.zst
[ "$(grep -c 'does not answer' log.err)" -eq "$count" ] ||
	{ cat log.err >&2; fixture_fail "not one reader for each"; }
while read -r pid; do
	for name in cmdline environ smaps_rollup; do
		fixture_row x.tar.zst "/proc/$pid/$name" hung-mount
	done
	for name in stat status mountinfo; do
		grep "\"category\":\"process\",.*\"path\":\"/proc/$pid/$name\"" x.tar.zst.lines >/dev/null ||
			grep "\"path\":\"/proc/$pid/$name\",.*\"gap\":\"none\"" x.tar.zst.lines >/dev/null ||
			fixture_fail "$name of $pid was not taken"
	done
done <stuck
fixture_row x.tar.zst "$PWD/log/file" none
# and a process that is not stuck is read as ever
fixture_row x.tar.zst "/proc/$$/environ" none
