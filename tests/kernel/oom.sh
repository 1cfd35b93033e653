#!/bin/sh
# The OOM killer, in a guest with little memory. By its own doing the collection is no cause of
# it: in 96 MiB, of which the kernel and the tree take half, it is complete and nothing was
# killed. Chosen by it, a reader costs an object; the process that makes readers ends the run
# early, sealed; and what the recorder has sealed is proven.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/kernel/rig
. "$TESTDIR/rig"

rig_guest guest
rig_compile oom guest/oom
mkdir -p guest/var/log
for n in $(seq 64); do head -c 131072 /dev/urandom >"guest/var/log/f$n"; done
select='--compress none --quiet --profile logs --exclude /out/** --exclude /sys/** --item-deadline 60 --include /var/log/**'
cat >guest/commands <<END
run /exhibit-collect $select -o /out/alone.tar
copy /proc/vmstat /out/vmstat
run /oom reader 0 /out/reader.tar /exhibit-collect $select -o -
run /oom nursery 1 /out/nursery.tar /exhibit-collect $select -o -
run /oom recorder killed /out/recorder.tar /exhibit-collect $select -o -
END
rig_boot guest 96 out
rig_all_done guest out
fixture_complete out/alone.tar
grep -qx 'oom_kill 0' out/vmstat || { grep oom out/vmstat; fixture_fail "the collection made the kernel kill"; }
fixture_complete out/reader.tar
"$EXHIBIT" list --json --gap any out/reader.tar >gaps
[ "$(grep -c '"gap":"reader-died"' gaps || :)" -le 1 ] || fixture_fail "a reader cost more than one object"
fixture_complete out/nursery.tar
"$EXHIBIT" verify out/nursery.tar | grep -q '^Plan  *NOT COMPLETED' || fixture_fail "nothing says that it ended early"
code=0
"$EXHIBIT" verify out/recorder.tar >verdict || code=$?
[ "$code" -eq 1 ] || { cat verdict; fixture_fail "without its recorder: verdict $code, not TRUNCATED"; }
