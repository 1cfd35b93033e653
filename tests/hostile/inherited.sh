#!/bin/sh
# What the host gives its processes on the way has no effect on what is collected: a run from a
# hostile start takes what a run from a plain one takes, object by object; the session says what
# was found.  And how we run ourselves: low priority, no core, little locked, output for us alone.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
mkdir tree
fixture_tree tree

cat >spoil.py <<'EOF2'
"""Start a program from a process that was spoilt: spoil.py KIND PROGRAM ARGUMENTS..."""
import ctypes, fcntl, os, resource, signal, sys
kind, program = sys.argv[1], sys.argv[2:]
libc = ctypes.CDLL(None, use_errno=True)
env = dict(os.environ)

def limit(which, soft, hard=None):
    had = resource.getrlimit(which)
    resource.setrlimit(which, (soft, had[1] if hard is None else hard))

def environment():
    for name in ("LD_PRELOAD", "LD_LIBRARY_PATH", "OPENSSL_CONF", "OPENSSL_MODULES", "TZ", "TZDIR", "TMPDIR", "HOME",
                 "PATH", "IFS", "LANG", "LC_ALL", "MALLOC_PERTURB_", "GCONV_PATH", "RES_OPTIONS", "SOURCE_DATE_EPOCH"):
        env[name] = "/nonexistent/:evil"
    env.update({"X%d" % i: "y" * 100 for i in range(2000)})

def descriptors():
    pipe = os.pipe()
    for fd in range(3, 101):
        if fd not in pipe:
            os.dup2(pipe[fd % 2], fd)
        os.set_inheritable(fd, True)

def soft_limits():
    for name, soft in (("NOFILE", 4), ("FSIZE", 1000), ("STACK", 1 << 17), ("NPROC", 1), ("MEMLOCK", 0), ("CPU", 1),
                       ("SIGPENDING", 0), ("MSGQUEUE", 0)):
        which = getattr(resource, "RLIMIT_" + name, None)
        if which is not None:
            limit(which, soft)

def hard_limits():
    limit(resource.RLIMIT_NPROC, 1, 1)
    limit(resource.RLIMIT_MEMLOCK, 0, 0)
    limit(resource.RLIMIT_NOFILE, 200, 200)

def signals():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 5)                 # it has to run when we begin
    signal.setitimer(signal.ITIMER_PROF, 0.01)

def scheduling():
    os.nice(19)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    if os.uname().machine == "x86_64":
        libc.syscall(251, 1, 0, 3 << 13)                    # ioprio_set: idle
    libc.prctl(29, 10 ** 10)                                # PR_SET_TIMERSLACK
    libc.prctl(1, signal.SIGKILL)                           # PR_SET_PDEATHSIG

def umask_all():
    os.umask(0o777)

def umask_none():
    os.umask(0)

def standard():
    for fd in (0, 1, 2):
        os.close(fd)

globals()[kind]()
os.execve(program[0], program, env)
EOF2

collect() { # ARCHIVE COMMAND...
	archive=$1
	shift
	code=0
	"$@" "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' -o "$archive" >log 2>&1 || code=$?
	[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "$archive: ended with $code"; }
	[ "$(stat -c %a "$archive")" = 600 ] || fixture_fail "$archive: mode $(stat -c %a "$archive")"
	"$EXHIBIT" verify --quiet "$archive"
	# times of reading, what reading does to access times, and the way the root was mounted
	"$EXHIBIT" list --json "$archive" |
		sed -E 's/,"(opened|closed|boot|atime)":\[[0-9,]*\]//g; s/,"mnt":[0-9]+//' >"$archive.lines"
	zstd -q -dc "$archive" | tar --warning=no-unknown-keyword -xOf - CUSTODY/session.txt |
		sed -n 's/^inherited: //p' >"$archive.inherited"
}

says() { # ARCHIVE WORDS
	grep -qF -e "$2" "$1.inherited" || {
		cat "$1.inherited" >&2
		fixture_fail "$1: the session does not say: $2"
	}
}

collect plain.tar.zst env
while read -r kind words; do
	collect "$kind.tar.zst" python3 spoil.py "$kind"
	cmp plain.tar.zst.lines "$kind.tar.zst.lines" >&2 ||
		fixture_fail "$kind: something else was collected"
	[ -z "$words" ] || says "$kind.tar.zst" "$words"
done <<end
environment environment has LD_PRELOAD
descriptors descriptors closed
soft_limits
hard_limits limit NPROC 1
signals signals were blocked; timer 0 was running
umask_all
umask_none
standard descriptor 2 was closed
end
[ "$(id -u)" -ne 0 ] || {
	collect scheduling.tar.zst python3 spoil.py scheduling
	cmp plain.tar.zst.lines scheduling.tar.zst.lines >&2 || fixture_fail "scheduling"
	for words in "scheduling policy 3; nice 19" "timer slack" "parent-death signal 9"; do
		says scheduling.tar.zst "$words"
	done
}

# ourselves, while nobody takes what is written
mkfifo pipe
seq 1 3000000 >tree/var/log/large
"$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' --compress none -o - >pipe 2>/dev/null &
starter=$!
exec 3<pipe
# the recorder, the process that makes readers, and its readers; the filter comes last
ours() {
	nursery=$(pgrep -P "$starter") && pgrep -P "$nursery" >readers &&
		printf '%s\n' "$starter" "$nursery" | cat - readers >pids
}
locked() {
	while read -r pid; do
		grep -q '^Seccomp:	2$' "/proc/$pid/status" || return 1
	done <pids
}
fixture_until ours
fixture_until locked
while read -r pid; do
	status=$(cat "/proc/$pid/status") limits=$(cat "/proc/$pid/limits")
	is() { printf '%s\n' "$2" | grep -qE "$1" || { printf '%s\n' "$2" >&2; fixture_fail "not $1"; }; }
	is '^Max core file size +0 +0 ' "$limits"
	is '^NoNewPrivs:	1$' "$status"
	is '^VmLck:	 *([0-9]|[1-5][0-9]) kB$' "$status"
	[ "$(awk '{ print $19 }' "/proc/$pid/stat")" = 10 ] || fixture_fail "nice is not 10"
done <pids
if [ "$(id -u)" -eq 0 ]; then
	grep -hc '^Uid:	1999999999	1999999999	1999999999	1999999999$' /proc/"$starter"/status >/dev/null ||
		fixture_fail "the recorder has another user"
fi
cat <&3 >/dev/null
wait "$starter"
