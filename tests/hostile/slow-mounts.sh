#!/bin/sh
# File systems that the kernel calls local and that are late, stall, or never answer: who is
# late is read whole; who stalled is read in the end, all but the objects that were waited for;
# who never answers is left out, costs five readers at most, and then the run does not say that
# its plan was completed.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
fixture_hazards "$PWD/fuse"
mkdir empty
# Collects one hazard with files beside it, before it and behind it in their directory.
collect() { # EXIT-CODE NAME DEADLINE
	mkdir -p "tree.$2/$2"
	for n in 1 2 3 4 5; do echo beside >"tree.$2/beside$n"; done
	mount -t overlay -o "ro,lowerdir=$PWD/fuse/$2:$PWD/empty" overlay "tree.$2/$2" 2>/dev/null ||
		{ echo "needs overlayfs over FUSE" >&2; exit 77; }
	code=0
	timeout 120 "$EXHIBIT_COLLECT" --progress none --root "tree.$2" --profile logs --include '/**' \
		--item-deadline "$3" -o "$2.tar" --compress none 2>log || code=$?
	[ "$code" -eq "$1" ] || { cat log >&2; fixture_fail "$2: exit $code, not $1"; }
	fixture_complete "$2.tar"
	for n in 1 2 3 4 5; do fixture_row "$2.tar" "/beside$n" none; done
	tar --warning=no-unknown-keyword -xOf "$2.tar" CUSTODY/actions.jsonl >"$2.actions"
	tar --warning=no-unknown-keyword -xOf "$2.tar" CUSTODY/summary.txt >"$2.summary"
	grep "\"path\":\"/$2/[0-9]\"," "$2.tar.lines" >rows
}
files_with() { grep -c "\"gap\":\"$1\"" rows; }
readers() { grep -c 'does not answer' log || :; }

collect 0 late 10
[ "$(files_with none)" -eq 10 ] || { cat rows >&2; fixture_fail "not all that is late was read"; }
[ "$(readers)" -eq 0 ] || fixture_fail "somebody was not waited for"

collect 0 stall 1
[ "$(files_with none)" -eq 8 ] || { cat rows >&2; fixture_fail "what answers again was left out"; }
[ "$(files_with 'time-limit\|no-answer')" -eq 2 ] || { cat rows >&2; fixture_fail "not two were lost"; }
[ "$(wc -l <rows)" -eq 10 ] || { cat rows >&2; fixture_fail "something is told twice"; }
grep -q '"path":"/stall",.*"gap":"hung-mount"' stall.tar.lines || fixture_fail "nothing says that it stalled"
grep -q '"act":"mount-given-up".*/stall' stall.actions || fixture_fail "no act when it was left out"
grep -q '"act":"mount-again".*/stall' stall.actions || fixture_fail "no act when it answered"
grep -q 'complete: everything' stall.summary || { head -20 stall.summary >&2; fixture_fail "the plan was completed"; }

collect 1 never 1
[ "$(files_with none)" -eq 0 ] || fixture_fail "nothing was tested"
grep -q '"path":"/never",.*"gap":"hung-mount"' never.tar.lines || fixture_fail "nothing says what was left out"
case $(readers) in [2-5]) ;; *) cat log >&2; fixture_fail "$(readers) readers" ;; esac
grep -q '"act":"mount-given-up".*/never' never.actions || fixture_fail "no act says that it was left out"
! grep -q '"act":"mount-again"' never.actions || fixture_fail "it did not answer"
grep -q 'stopped answering' never.summary || { head -20 never.summary >&2; fixture_fail "the summary does not say it"; }
grep -q 'stopped answering' log || fixture_fail "nobody who looks on was told"
"$EXHIBIT" verify never.tar | grep -q '^Plan  *NOT COMPLETED' || fixture_fail "the verifier does not say it"

# One whose own directory is all that is ever known of it: it does not answer who lists it.  Who
# took it up again behind that had taken nothing of it, and said that it answers.
mkdir -p closed/var/log closed/etc
echo beside >closed/etc/beside
mount -t overlay -o "ro,lowerdir=$PWD/fuse/readdir/x:$PWD/empty" overlay closed/var/log
code=0
timeout 120 "$EXHIBIT_COLLECT" --progress none --root closed --profile logs --include '/**' \
	--item-deadline 1 -o closed.tar --compress none 2>log || code=$?
umount closed/var/log
[ "$code" -eq 1 ] || { cat log >&2; fixture_fail "what is never listed: exit $code, not 1"; }
fixture_complete closed.tar
fixture_row closed.tar /etc/beside none
tar --warning=no-unknown-keyword -xOf closed.tar CUSTODY/actions.jsonl >closed.actions
grep -q '"act":"mount-given-up".*/var/log' closed.actions || { cat closed.actions >&2; fixture_fail "it was not given up"; }
! grep -q '"act":"mount-again"' closed.actions || { cat closed.actions >&2; fixture_fail "nothing of it was taken"; }
"$EXHIBIT" verify closed.tar | grep -q '^Plan  *NOT COMPLETED: what stopped answering was left out' ||
	fixture_fail "the verifier does not say that it was left out"
"$EXHIBIT" load -qo closed.db closed.tar | grep -q 'plan NOT COMPLETED: what stopped answering' || fixture_fail "nor does load"
"$EXHIBIT" show hosts --json closed.db | grep -q '"stopped":"what stopped answering' || fixture_fail "nor does show hosts"
"$EXHIBIT" report -q -o closed.html closed.db >/dev/null || [ $? = 1 ]
grep -q 'PLAN NOT COMPLETED</strong> what stopped answering was left out' closed.html || fixture_fail "nor does the report"
grep -A 3 'Not entered' closed.html | grep -q '/var/log' || fixture_fail "nor which it was"

# Mounts in each other.  One that never answers behind one that stalls: that the way to it is
# free again is no answer of its own.  A healthy one behind one that stalls is taken with it.
mkdir nested nested/stall empty/inner
mount -t overlay -o "ro,lowerdir=$PWD/fuse/stall:$PWD/empty" overlay nested/stall
mount -t overlay -o "ro,lowerdir=$PWD/fuse/never:$PWD/empty" overlay nested/stall/inner
code=0
timeout 120 "$EXHIBIT_COLLECT" --progress none --root nested --profile logs --include '/**' \
	--item-deadline 1 -o nested.tar --compress none 2>log || code=$?
[ "$code" -eq 1 ] || { cat log >&2; fixture_fail "behind another: exit $code"; }
! grep -q 'answers again.*/stall/inner' log || { cat log >&2; fixture_fail "it did not answer"; }
umount nested/stall/inner nested/stall
mount -t overlay -o "ro,lowerdir=$PWD/empty:$PWD/fuse/stall" overlay nested/stall
mount -t tmpfs none nested/stall/inner
echo evidence >nested/stall/inner/file
timeout 120 "$EXHIBIT_COLLECT" --progress none --root nested --profile logs --include '/**' \
	--item-deadline 1 -o healthy.tar --compress none 2>log || { cat log >&2; fixture_fail "healthy: exit $?"; }
grep -q 'answers again.*/stall/' log || { cat log >&2; fixture_fail "nothing stalled: nothing was tested"; }
fixture_complete healthy.tar
fixture_row healthy.tar /stall/inner/file none
