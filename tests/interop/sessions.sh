#!/bin/sh
# Who is logged in, from where, since when idle: all that is needed to join a connection
# with its process, its terminal and the client that it came from is in the archive.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root to see processes" >&2; exit 77; }
tmux=/tmp/tmux-exhibit-$$
idle=1577934245
mkdir "$tmux"
trap 'kill "$session" 2>/dev/null || true; rm -rf "$tmux"' EXIT

# As sshd leaves it: a shell on a terminal, its connection, the client in its environment;
# nobody has typed since 2020. Says its pid, the terminal, the two ports.
cat >session.py <<'EOF'
import os, signal, socket, sys, time
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
server, (address, port) = listener.accept()
control, terminal = os.openpty()
place = os.ttyname(terminal)
env = {"SSH_CONNECTION": "%s %d 127.0.0.1 %d" % (address, port, listener.getsockname()[1])}
pid = os.fork()
if pid == 0:
    os.setsid()
    for fd in 0, 1, 2:
        os.dup2(terminal, fd)
    os.dup2(server.fileno(), 3)
    os.set_inheritable(3, True)
    os.execve("/bin/sleep", ["sleep", "1000"], env)
local = socket.socket(socket.AF_UNIX)
local.bind(sys.argv[1] + "/default")
time.sleep(0.3)
os.utime(place, (int(sys.argv[2]), int(sys.argv[2])))
print(pid, place, port, listener.getsockname()[1], flush=True)
signal.signal(signal.SIGTERM, lambda *_: (os.kill(pid, 9), sys.exit()))
time.sleep(1000)
EOF
python3 session.py "$tmux" "$idle" >said &
session=$!
i=0
while [ ! -s said ]; do
	i=$((i + 1))
	[ "$i" -lt 600 ] || fixture_fail "no session was made"
	sleep 0.1
done
read -r pid place client server <said

fixture_volatile x.tar.zst --exclude '/sys/**' --exclude '/tmp/[!t]*' --exclude '/dev/shm/**'

"$EXHIBIT" list --json --path "$place" x.tar.zst >line
grep -q '"category":"task"' line || { cat line >&2; fixture_fail "the terminal was not looked at first"; }
grep -q "\"atime\":\[$idle,0\]" line || { cat line >&2; fixture_fail "the terminal's idle time is wrong"; }
"$EXHIBIT" list --json --path "$tmux/default" x.tar.zst | grep -q '"type":"socket"' ||
	fixture_fail "the socket of tmux is missing"
"$EXHIBIT" cat x.tar.zst "/proc/$pid/environ" | tr '\0' '\n' |
	grep -qx "SSH_CONNECTION=127.0.0.1 $client 127.0.0.1 $server" || fixture_fail "no client in the environment"
"$EXHIBIT" list --json --path "/proc/$pid/fd/0" x.tar.zst | grep -qF "\"link\":\"$place\"" ||
	fixture_fail "the process has no terminal"
inode=$("$EXHIBIT" list --json --path "/proc/$pid/fd/3" x.tar.zst |
	sed -n 's/.*"link":"socket:\[\([0-9]*\)\]".*/\1/p')
[ -n "$inode" ] || fixture_fail "the process has no socket"
netns=$("$EXHIBIT" list --json --path "/proc/$pid/ns/net" x.tar.zst | sed -n 's/.*"link":"net:\[\([0-9]*\)\]".*/\1/p')
grep -q ' tcp_diag_dump' /proc/kallsyms || { echo "without tcp_diag the connection is in /proc/net alone"; exit 0; }
mkdir out
tar --zstd -xf x.tar.zst -C out "live/net/$netns/socket_diag/tcp4" 2>/dev/null
# struct inet_diag_msg: ports big endian at 4, inode at 68
python3 - "out/live/net/$netns/socket_diag/tcp4" "$server" "$client" "$inode" <<'EOF' || fixture_fail "the connection has another inode"
import struct, sys
data = open(sys.argv[1], "rb").read()
server, client, inode = map(int, sys.argv[2:])
at = 0
while at + 16 <= len(data):
    length, kind = struct.unpack_from("=IH", data, at)
    if kind == 20 and struct.unpack_from(">HH", data, at + 20) == (server, client):
        sys.exit(struct.unpack_from("=I", data, at + 16 + 68)[0] != inode)
    at += (length + 3) & ~3
sys.exit(1)
EOF
