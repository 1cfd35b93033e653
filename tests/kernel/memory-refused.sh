#!/bin/sh
# A kernel that is locked down gives no physical memory, and one that forbids tracing to all no
# memory of a process: gaps with their errno, and a run that is complete all the same.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/kernel/rig
. "$TESTDIR/rig"

rig_guest guest
cat >guest/commands <<END
write /proc/sys/kernel/yama/ptrace_scope 3
run /exhibit-collect --quiet --profile logs --memory --process-memory 1,2 -o /out/a.tar.zst
END
RIG_APPEND='lockdown=confidentiality' rig_boot guest 256 out
rig_all_done guest out
"$EXHIBIT" list out/a.tar.zst --json --gap any >gaps
cat gaps

# $1: name, $2: gap, $3: what else the line says
gap() {
	grep -F "\"path\":\"live/memory/$1\"" gaps | grep -F "\"gap\":\"$2\"" | grep -qF "$3" ||
		fixture_fail "$1 is not $2 with $3"
}
gap physical.lime permission '"errname":"EPERM"'
gap process/1.lime permission '"errname":"EACCES"'
# a thread of the kernel
gap process/2.lime no-value '"category":"memory"'
"$EXHIBIT" cat out/a.tar.zst live/memory/physical.lime.json | grep -q '"gap":"permission","errno":1' ||
	fixture_fail "the JSON does not say why"
