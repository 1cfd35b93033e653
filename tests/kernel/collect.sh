#!/bin/sh
# The static binary is the only tool of a guest: it collects, and outside the archive
# verifies, names the kernel of the guest, and has the processes and the files that were there.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/kernel/rig
. "$TESTDIR/rig"

rig_guest guest
rig_compile planted guest/planted
mkdir -p guest/var/log guest/root guest/etc
echo 'wget http://192.0.2.7/x' >guest/root/.bash_history
seq 1000 >guest/var/log/syslog
echo 'root:x:0:0::/root:/bin/sh' >guest/etc/passwd
cat >guest/commands <<END
start /planted planted-here argument
copy /proc/sys/kernel/osrelease /out/release
run /exhibit-collect --quiet --process-memory suspicious --exclude /out/** -o /out/a.tar.zst
END
rig_boot guest 256 out
rig_all_done guest out
"$EXHIBIT" verify out/a.tar.zst >verdict || { cat verdict; fixture_fail "the archive does not verify"; }
grep '^COMPLETE' verdict
"$EXHIBIT" extract out/a.tar.zst -C taken >/dev/null
release=$(cat out/release)
grep "^host-kernel: .*$release" taken/CUSTODY/session.txt || fixture_fail "the session names another kernel"
grep '^glass:\|^unenforced:' taken/CUSTODY/session.txt || :
cmp "taken/[root]/root/.bash_history" guest/root/.bash_history || fixture_fail "the history is another"
cmp "taken/[root]/var/log/syslog" guest/var/log/syslog || fixture_fail "the log is another"
grep -l planted-here taken/\[root\]/proc/*/cmdline || fixture_fail "the planted process is missing"
grep -qa planted-here taken/live/task/* || fixture_fail "it is not in the first pass"
cat taken/CUSTODY/segments/*/manifest.jsonl | sed -n 's/.*"gap":"\([a-z-]*\)".*/\1/p' | sort | uniq -c | sort -rn
! grep '"gap":"\(internal\|hung\|reader-died\|time-limit\)"' taken/CUSTODY/segments/*/manifest.jsonl ||
	fixture_fail "something did not answer, or is our fault"
