#!/bin/sh
# The least descriptors, memory, processes, stack and file size, of limits and of control
# groups, and the OOM killer: every run ends soon, with a code that says what happened; what
# it left verifies; what could not be read for want of something of ours is no statement
# about the host.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
if [ "${FIXTURE_ALONE:-}" != yes ]; then
	# a control group does not end with its processes
	group_name=exhibit-test-$$
	export group_name
	# shellcheck disable=SC2317,SC2329  # called by the trap
	end_groups() {
		for place in /sys/fs/cgroup/memory /sys/fs/cgroup/pids /sys/fs/cgroup; do
			for _ in $(seq 50); do
				[ -d "$place/$group_name" ] || break
				rmdir "$place/$group_name" 2>/dev/null || sleep 0.1
			done
		done
	}
	trap end_groups EXIT
	trap 'exit 1' HUP INT TERM
	(fixture_alone) || exit $?
	exit 0
fi
# where another user finds it
mount --bind "$PWD" /mnt
cd /mnt
chmod 755 .
cp "$EXHIBIT_COLLECT" collect
mkdir tree out
for n in 0 1 2 3; do head -c 1000000 /dev/urandom >"tree/f$n"; done
mkdir -p tree/a/b/c/d/e/f/g/h
chmod 1777 out
echo x >tree/a/b/c/d/e/f/g/h/file

run() { # WHAT COMMAND...
	what=$1
	shift
	rm -f out/x.tar
	# through a pipe: a limit on files would hold for the log, too
	{
		code=0
		timeout -k 5 60 "$@" ./collect --quiet --root tree --profile logs --include '/**' \
			--item-deadline 5 -o out/x.tar 2>&1 || code=$?
		echo "exit $code"
	} | cat >log
	code=$(sed -n 's/^exit //p' log)
	sed -i '/^exit [0-9]*$/d' log
	case $code in
	0 | 1) fixture_complete out/x.tar ;;
	2) [ ! -s out/x.tar ] || fixture_fail "$what: refused, but something is there" ;;
	3)
		[ -s log ] || fixture_fail "$what: nothing was said"
		verdict=0
		[ ! -s out/x.tar ] || "$EXHIBIT" verify --quiet out/x.tar || verdict=$?
		[ "$verdict" -le 1 ] || fixture_fail "$what: what was left is ALTERED ($verdict)"
		;;
	127 | 126 | 134 | 137 | 139) tolerated "$what" ;;
	*) cat log >&2; fixture_fail "$what: exit $code" ;;
	esac
	echo "$code $what" >>codes
	if [ "$code" -eq 0 ] || [ "$code" -eq 1 ]; then
		"$EXHIBIT" list --json out/x.tar | sed -n 's/.*"gap":"\([a-z-]*\)".*/\1/p' | sort -u >gaps
		! grep -vxE 'none|internal-error|reader-died|permission' gaps || fixture_fail "$what: said of the host"
	fi
}
# The kernel could not even start it: so little memory is no run.
tolerated() {
	case $1 in as* | data* | stack* | memory*) ;; *) cat log >&2; fixture_fail "$1: exit $code" ;; esac
	case $code in 134 | 139) cat log >&2; fixture_fail "$1: crashed ($code)" ;; esac
}
for n in 3 4 5 6 7 8 9 10 11 12 14 16 20 32; do run "nofile $n" prlimit "--nofile=$n:$n"; done
grep -q '^0 nofile 32' codes || { cat codes >&2; fixture_fail "32 descriptors are not enough"; }
for n in 8 16 32 64 90 100 128 192 256; do run "as ${n}M" prlimit "--as=$((n << 20)):$((n << 20))"; done
# Below the size of its own data, a little more than 1 MiB, the kernel ends what it has just started.
for n in 2 4 16 64; do run "data ${n}M" prlimit "--data=$((n << 20)):$((n << 20))"; done
for n in 256 1024; do run "stack ${n}K" prlimit "--stack=$((n << 10)):$((n << 10))"; done
for n in 0 1 65536 1000000; do
	run "fsize $n" setpriv --reuid 65533 --clear-groups prlimit "--fsize=$n:$n"
	[ "$code" -eq 3 ] || { cat codes >&2; fixture_fail "a file of $n bytes: exit $code, not 3"; }
done
run "memlock 0" prlimit --memlock=0:0
[ "$code" -eq 0 ] || fixture_fail "without locked memory: exit $code"
for n in 1 2 3 4; do
	run "nproc $n" setpriv --reuid 65533 --clear-groups prlimit "--nproc=$n:$n"
done

# control groups, of whichever version
place=
for version in /sys/fs/cgroup/pids /sys/fs/cgroup; do
	[ ! -w "$version/cgroup.procs" ] || { place=$version; break; }
done
in_group() { # FOLDER FILE VALUE
	mkdir -p "$1" 2>/dev/null && [ -w "$1/$2" ] && echo "$3" >"$1/$2" 2>/dev/null
}
# shellcheck disable=SC2016  # expanded in there
enter='echo $$ >"$0/cgroup.procs" && exec "$@"'
for n in 1 2 3 4 5; do
	in_group "$place/$group_name" pids.max "$n" || { echo "no control group of processes here"; break; }
	run "pids $n" sh -c "$enter" "$place/$group_name"
done
[ ! -d "$place/$group_name" ] || rmdir "$place/$group_name" 2>/dev/null || :

for version in /sys/fs/cgroup/memory:memory.limit_in_bytes /sys/fs/cgroup:memory.max; do
	place=${version%:*}
	file=${version#*:}
	for n in 2 4 8 12 16 24 32; do
		in_group "$place/$group_name" "$file" "$((n << 20))" || break
		run "memory ${n}M" sh -c "$enter" "$place/$group_name"
		if [ "$code" -eq 137 ] && [ -s out/x.tar ]; then
			verdict=0
			"$EXHIBIT" verify --quiet out/x.tar || verdict=$?
			[ "$verdict" -le 1 ] || fixture_fail "killed for want of memory: ALTERED ($verdict)"
		fi
	done
done
cat codes
