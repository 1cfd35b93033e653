#!/bin/sh
# A process whose mappings are locked for ever costs one deadline: it becomes a gap, those
# before and behind it come whole, and the run ends by itself.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/kernel/rig
. "$TESTDIR/rig"

rig_guest guest
rig_compile stuck guest/stuck
rig_compile planted guest/planted
cat >guest/commands <<END
start /planted before tnemugra
run /stuck /mnt/file
start /planted behind tnemugra
run /exhibit-collect --quiet --profile logs --item-deadline 2 --process-memory suspicious -o /out/a.tar.zst
END
RIG_SECOND=64M rig_boot guest 256 out
rig_all_done guest out
"$EXHIBIT" list out/a.tar.zst --json >all
grep -F '"path":"live/memory/process/' all | grep -o '"path":"[^"]*"\|"gap":"[^"]*"' | paste - -

# the number of the process at each place: 1 is init
# shellcheck disable=SC2046  # numbers
set -- $(grep -oE '"path":"live/memory/process/[0-9]+' all | grep -oE '[0-9]+$' | sort -nu)
[ $# -ge 4 ] || fixture_fail "not all processes are there"
whole() {
	grep -F "\"path\":\"live/memory/process/$1.lime\"" all | grep -qF '"gap":"none"' ||
		fixture_fail "$2 is not whole"
}
whole "$2" "the process before"
grep -F "\"path\":\"live/memory/process/$3\"" all | grep -qF '"gap":"no-answer"' ||
	fixture_fail "the stuck process is no gap"
whole "$4" "the process behind"
"$EXHIBIT" verify out/a.tar.zst | grep -q '^COMPLETE' || fixture_fail "the archive does not verify"
