#!/bin/sh
# Collecting what dies with the host leaves nothing behind: no module, no mount, no table of
# the packet filter, no access time, no process of ours; and nobody notices: no signal, no
# stop, no byte taken from a pipe, no connection to a listener, no end of a waiting writer.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root to see processes" >&2; exit 77; }
# shellcheck disable=SC2016
unshare -m --propagation private sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	trap '\''kill -KILL $everyone 2>/dev/null || true; umount -l "$place"; rmdir "$place"'\'' EXIT
	everyone=
	place=$(mktemp -d /tmp/nothing-left-XXXXXX)
	mount -t tmpfs -o strictatime tmpfs "$place"
	mkdir "$place/dir"
	echo evidence >"$place/dir/file"
	ln -s file "$place/dir/link"
	mkfifo "$place/fifo"

	# records whatever happens to it and to its child, on itself nothing may happen
	cat >witness.py <<EOF
import os, signal, socket, sys, time
place, out = sys.argv[1:]
seen = []
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGTERM}:
    signal.signal(number, lambda n, _: seen.append("signal %d" % n))
end, begin = os.pipe()
os.write(begin, b"undisturbed")
listener = socket.socket(socket.AF_UNIX)
listener.bind(place + "/listener")
listener.listen()
listener.setblocking(False)
port = socket.create_server(("127.0.0.1", 0))
port.setblocking(False)
parent = os.getpid()
child = os.fork()
if child == 0:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)
done = []
signal.signal(signal.SIGTERM, lambda *_: done.append(1))
print("ready", flush=True)
while not done:
    pid, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
    if pid:
        seen.append("child %x" % status)
    time.sleep(0.01)
for s in listener, port:
    try:
        s.accept()
        seen.append("a connection")
    except BlockingIOError:
        pass
os.set_blocking(end, False)
if os.read(end, 100) != b"undisturbed":
    seen.append("a byte is missing")
os.kill(child, signal.SIGKILL)
open(out, "w").write("\\n".join(seen) + "end\\n")
EOF
	python3 witness.py "$place" witnessed >said &
	witness=$! everyone="$everyone $!"
	# waits for a reader of the FIFO, who would free and then kill it
	sh -c "echo waiting >writer; echo freed >\"$place/fifo\"; echo freed >writer" &
	everyone="$everyone $!"
	if command -v strace >/dev/null; then
		sleep 1000 &
		everyone="$everyone $!"
		strace -qq -e trace=none -o traced -p "$!" &
		everyone="$everyone $!"
	fi
	i=0
	until grep -q ready said 2>/dev/null && [ -s writer ]; do
		i=$((i + 1))
		[ "$i" -lt 100 ] || fixture_fail "the witness did not begin"
		sleep 0.1
	done

	find "$place" -depth >names
	xargs touch -h -a -d "2020-01-02 03:04:05 UTC" <names
	state() {
		cut -d" " -f1,4 /proc/modules 2>/dev/null | sort || true
		cat /proc/self/mountinfo /proc/sys/kernel/tainted
		for names in ip ip6 arp; do cat "/proc/net/${names}_tables_names" 2>/dev/null || true; done
	}
	state >before
	fixture_volatile x.tar.zst --exclude "/tmp/[!n]*" --exclude "/dev/shm/**"
	state >after
	# of this test alone: others may run beside it, in the same session
	! pgrep -g 0 -x exhibit-collect || fixture_fail "a process of ours is left"
	cmp before after || { diff before after >&2; fixture_fail "something is left"; }
	"$EXHIBIT" list --path "$place/dir/file" x.tar.zst | grep -q content || fixture_fail "nothing was collected"

	xargs stat -c "%X %N" <names | grep -v "^1577934245 " >changed || true
	[ ! -s changed ] || { cat changed >&2; fixture_fail "access times changed"; }
	[ "$(cat writer)" = waiting ] || fixture_fail "the writer of the FIFO was freed"
	kill -TERM "$witness"
	wait "$witness" || fixture_fail "the witness died"
	[ "$(cat witnessed)" = end ] || { cat witnessed >&2; fixture_fail "somebody noticed"; }
	[ ! -s traced ] || { cat traced >&2; fixture_fail "the traced process saw something"; }
'
