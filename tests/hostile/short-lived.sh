#!/bin/sh
# Ten thousand processes that live for milliseconds, with numbers that are given again and
# again: what is told under one number is of one process, what ended before it was read says
# so, and the run ends as ever.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
[ -w /proc/sys/kernel/ns_last_pid ] || { echo "needs ns_last_pid" >&2; exit 77; }
cat >churn.pl <<'P'
use Time::HiRes "usleep";
my ($n, $low, @alive) = (0, $$ + 300);
sub put { my ($path, $what) = @_; open my $out, ">", $path or die; print $out $what; close $out }
for (;;) {
	$n++;
	my $pid = fork;
	die unless defined $pid;
	if ($pid == 0) {
		$0 = "n$n";		# its name for the kernel, too
		usleep(3000 * (1 + $n % 5));
		kill "KILL", $$;	# without what perl does at its end
	}
	if ($n % 100 == 0) {
		put("/proc/sys/kernel/ns_last_pid", $low);	# the same hundred numbers again
		put("new", "$n\n");
		rename "new", "count";
	}
	push @alive, $pid;
	waitpid shift @alive, 0 if @alive > 30;
}
P
perl churn.pl &
fixture_until test -s count
set --
for top in /*; do
	[ "$top" = /proc ] || set -- "$@" --exclude "$top"
done
runs=0
read -r before <count
while [ "$runs" -lt 3 ] || [ "$(cat count)" -lt $((before + 10000)) ]; do
	runs=$((runs + 1))
	[ "$runs" -lt 40 ] || fixture_fail "ten thousand processes took too long"
	timeout 60 "$EXHIBIT_COLLECT" --quiet "$@" -o "x$runs.tar" --compress none 2>log ||
		{ cat log >&2; fixture_fail "exit $?"; }
	fixture_complete "x$runs.tar"
	"$EXHIBIT" list --json "x$runs.tar" >lines
	grep '"path":"/proc/[0-9]' lines | sed -n 's/.*"gap":"\([a-z-]*\)".*/\1 &/p' >rows
	cut -d ' ' -f 1 rows | sort -u >>all
	! grep '^incomplete ' rows | grep -v '"errname":"ESRCH"' >&2 || fixture_fail "a part of a living process"
	! grep -vE '^(none|vanished|no-value|permission|special-file|unsupported|pseudo-file-blocking|other-filesystem|spool-limit|replaced|incomplete) ' rows >&2 ||
		fixture_fail "a gap that says something else"
	rm -rf x
	mkdir x
	tar --warning=no-unknown-keyword -xf "x$runs.tar" -C x --wildcards '*/proc/*/stat' '*/proc/*/status' 2>/dev/null || :
	for stat in x/*/proc/[0-9]*/stat; do
		if [ ! -s "$stat" ] || [ ! -s "${stat}us" ]; then continue; fi
		name=$(sed 's/^[0-9]* (\(.*\)) .*/\1/' "$stat")
		grep -qxF "Name:	$name" "${stat}us" || fixture_fail "$stat: $name, but its status is another's"
		case $name in n[0-9]*) echo "$name" >>named ;; esac
	done
	rm "x$runs.tar"
done
[ "$(sort -u named | wc -l)" -ge 20 ] || fixture_fail "few of them were met"
grep -qx vanished all || grep -qx no-value all || fixture_fail "nobody ended while he was read"
