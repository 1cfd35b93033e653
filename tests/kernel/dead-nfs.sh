#!/bin/sh
# A mount of NFS whose server has died, hard mounted as by default: who looks at it hangs, and
# we do not. It is a gap, what lay under it and all else of the host is taken.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/kernel/rig
. "$TESTDIR/rig"

rig_guest guest
rig_compile nfs guest/nfs
rig_modules guest nfsv3
mkdir -p guest/var/log guest/home/dead
echo 'lies under the mount' >guest/home/dead/before
seq 1000 >guest/var/log/syslog
cat >guest/commands <<END
load /modules/list
start /nfs serve
run /nfs mount /home/dead
run /nfs stop
run /nfs ask /home/dead
run /exhibit-collect --quiet --exclude /out/** --exclude /sys/** --exclude /modules/** --include /home/** -o /out/a.tar.zst
run /nfs ask /home/dead
END
rig_boot guest 256 out
rig_all_done guest out
"$EXHIBIT" verify out/a.tar.zst >verdict || { cat verdict; fixture_fail "the archive does not verify"; }
grep '^COMPLETE' verdict
"$EXHIBIT" list --json out/a.tar.zst >all
grep '"path":"/home/dead"' all | grep -q '"gap":"network-filesystem"' || {
	grep /home all
	fixture_fail "the mount is no gap"
}
grep '"path":"/home/dead/before"' all | grep -q '"gap":"none"' ||
	fixture_fail "what lies under it is missing"
grep '"path":"/var/log/syslog"' all | grep -q '"gap":"none"' || fixture_fail "the log is missing"
! grep '"gap":"\(internal-error\|hung-mount\|no-answer\|reader-died\|time-limit\)"' all ||
	fixture_fail "something waited for the server"
