#!/bin/sh
# Sourced by scenario tests: trees to collect, and short names for the programs.

# A tree with everything that an archive can get wrong, below $1.
fixture_tree() {
	mkdir -p "$1/etc" "$1/var/log" "$1/tmp/.hidden dir" "$1/home/alice"
	printf 'root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n' >"$1/etc/passwd"
	printf 'wget http://192.0.2.7/x\n' >"$1/home/alice/.bash_history"
	seq 1 20000 >"$1/var/log/syslog"
	ln "$1/var/log/syslog" "$1/tmp/hard link"
	ln -s ../../etc/passwd "$1/tmp/link out"
	ln -s /nonexistent/target "$1/tmp/dangling"
	printf 'newline' >"$1/tmp/new
line"
	printf 'escape' >"$1/tmp/$(printf 'esc\033[31m')"
	printf 'latin' >"$1/tmp/$(printf 'latin\377\376')"
	printf 'back' >"$1/tmp/back\\slash"
	printf 'dash' >"$1/tmp/-dash"
	printf 'space' >"$1/tmp/ space "
	printf 'utf' >"$1/tmp/naïve-ő"
	: >"$1/tmp/empty"
	mkdir "$1/tmp/empty-dir"
	mkfifo "$1/tmp/fifo"
	truncate -s 1T "$1/tmp/sparse" 2>/dev/null || truncate -s 8G "$1/tmp/sparse"
	printf 'in the middle' | dd of="$1/tmp/sparse" bs=1 seek=1048576 conv=notrunc 2>/dev/null
	truncate -s 4M "$1/tmp/small-sparse"
	printf 'tail' >>"$1/tmp/small-sparse"
	touch -d '2001-02-03 04:05:06.123456789 UTC' "$1/tmp/empty"
	touch -d '1965-01-01 00:00:00.25 UTC' "$1/tmp/back\\slash"
	touch -d '2100-01-01 00:00:00.000000001 UTC' "$1/tmp/ space "
	chmod 4755 "$1/tmp/-dash"
}

# A file whose path is longer than PATH_MAX below $1, made with relative steps: no
# shell can follow them.
fixture_long_path() {
	perl -e 'chdir $ARGV[0] or die; my $n = "d" x 200;
		for (1 .. 25) { mkdir $n and chdir $n or die "$!" }
		open my $f, ">", "bottom" or die; print $f "deep"' "$1"
}

# Collect tree $1 into archive $2; further arguments go to exhibit-collect.
fixture_collect() {
	tree=$1
	archive=$2
	shift 2
	"$EXHIBIT_COLLECT" --quiet --root "$tree" --profile logs --include '/**' -o "$archive" "$@"
}

# What dies with the host, into archive $1: kernel, processes, /run and /tmp of this machine,
# none of the rest, so that it takes seconds. Further arguments go to exhibit-collect.
fixture_volatile() {
	archive=$1
	shift
	for top in /*; do
		case $top in
		/proc | /sys | /dev | /tmp | /run) ;;
		*) set -- "$@" --exclude "$top/**" ;;
		esac
	done
	"$EXHIBIT_COLLECT" --quiet "$@" -o "$archive"
}

# Change the byte of file $1 at offset $2. One that is written over with a letter may have been
# that letter: of what is encrypted, once in 256 times.
fixture_flip() {
	perl -e 'open my $f, "+<", $ARGV[0] or die "$!"; binmode $f;
		seek $f, $ARGV[1], 0 or die "$!"; read($f, my $byte, 1) == 1 or die "no byte there";
		seek $f, $ARGV[1], 0 or die "$!"; print $f chr(ord($byte) ^ 0xff) or die "$!";
		close $f or die "$!"' "$1" "$2"
}

# Take the first bytes that come through pipe $1 into file $2, and the rest when there is a file
# named go: meanwhile who writes is at work, and cannot end.
fixture_hold_back() {
	{
		head -c 512
		until [ -e go ]; do sleep 0.05; done
		cat
	} <"$1" >"$2"
}

# Wait until a command succeeds: a minute at most, for a busy machine is no failure.
fixture_until() {
	for _ in $(seq 1200); do
		"$@" 2>/dev/null && return 0
		sleep 0.05
	done
	fixture_fail "never came true: $*"
}

# Globs of all that stands beside the way to $1, from its second component on, to be excluded.
fixture_beside() {
	rest=${1#/*/}
	way=${1%"/$rest"}
	while [ -n "$rest" ]; do
		name=${rest%%/*}
		begin=
		while [ -n "$name" ]; do
			tail=${name#?}
			letter=${name%"$tail"}
			echo "$way/${begin}[!$letter]*"
			begin=$begin$letter
			name=$tail
		done
		echo "$way/$begin?*"
		way=$way/$begin
		case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
	done
}

# Process $1 has become the program $2, as /proc names it.
fixture_runs() { [ "$(readlink "/proc/$1/exe")" = "$2" ]; }

fixture_fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# emulator_lacks of tests/support/emulator.h for a whole script: it is skipped for lack of $1.
fixture_emulator_lacks() {
	[ -n "${EMULATOR:-}" ] || return 0
	echo "$EMULATOR lacks $1" >&2
	exit 77
}

# Go on in a network namespace of our own, with nothing in it but a loopback, if we may: what
# others did to that of the machine is none of our business. Call it first: the script starts anew.
fixture_own_network() {
	[ -z "${FIXTURE_OWN_NETWORK:-}" ] || return 0
	[ "$(id -u)" -eq 0 ] || return 0
	unshare -n true 2>/dev/null || return 0
	FIXTURE_OWN_NETWORK=1 exec unshare -n python3 -c '
import fcntl, os, socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
s.close()
os.execvp("sh", ["sh"] + sys.argv[1:])' "$0"
}

# Run the calling script once more, $0, in namespaces of processes and mounts that end with it,
# however it ends: every process of it and every mount.  Returns there; outside it never does.
fixture_alone() {
	[ "${FIXTURE_ALONE:-}" != yes ] || return 0
	[ "$(id -u)" -eq 0 ] || { echo "needs root for namespaces" >&2; exit 77; }
	unshare -m true 2>/dev/null || { echo "needs mount namespaces" >&2; exit 77; }
	code=0
	FIXTURE_ALONE=yes unshare -m -p --fork --kill-child --mount-proc --propagation private \
		sh "$0" || code=$?
	exit "$code"
}

# Serve hazards at folder $1; $2 is the delay of each answer, if any.  Sets hazard_fs, its pid.
fixture_hazards() {
	[ -c /dev/fuse ] || { echo "needs /dev/fuse" >&2; exit 77; }
	mkdir -p "$1"
	python3 "$SRCDIR/tests/support/hazard_fs.py" "$1" ${2:+"$2"} 2>hazard_fs.err &
	hazard_fs=$!
	for _ in $(seq 1200); do
		[ ! -e "ready.${1##*/}" ] || return 0
		kill -0 "$hazard_fs" 2>/dev/null ||
			{ echo "needs FUSE in the kernel: $(cat hazard_fs.err)" >&2; exit 77; }
		sleep 0.05
	done
	fixture_fail "no FUSE server"
}

# Let somebody watch: the arguments of support/watchers.py.  Sets watcher, its pid.
fixture_watch() {
	rm -f "ready.$1"
	python3 "$SRCDIR/tests/support/watchers.py" "$@" 2>watch.err &
	watcher=$!
	for _ in $(seq 1200); do
		[ ! -e "ready.$1" ] || return 0
		kill -0 "$watcher" 2>/dev/null || break
		sleep 0.05
	done
	echo "cannot watch ($1) here: $(cat watch.err)" >&2
	exit 77
}

# Archive $1 is COMPLETE.
fixture_complete() {
	"$EXHIBIT" verify "$1" >verdict || { cat verdict >&2; fixture_fail "$1 does not verify"; }
	tail -n 1 verdict | grep -q COMPLETE || { cat verdict >&2; fixture_fail "$1 is not COMPLETE"; }
}

# The manifest's line of path $2 in archive $1 has gap $3 and, if given, matches $4 too; it is
# the only one of that path.
fixture_row() {
	[ -e "$1.lines" ] || "$EXHIBIT" list --json "$1" >"$1.lines"
	grep -F "\"path\":\"$2\"," "$1.lines" >row || fixture_fail "no row for $2"
	[ "$(wc -l <row)" -eq 1 ] || { cat row >&2; fixture_fail "more than one row for $2"; }
	grep -q "\"gap\":\"$3\"" row || { cat row >&2; fixture_fail "$2 is not $3"; }
	[ -z "${4:-}" ] || grep -q -e "$4" row || { cat row >&2; fixture_fail "$2: no $4"; }
}
