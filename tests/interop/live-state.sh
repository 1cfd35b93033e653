#!/bin/sh
# The live state as exhibit shows it from an archive, against ps and ss of Debian on the same
# host, for processes that this test starts.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
for tool in ps ss python3; do
	command -v "$tool" >/dev/null || { echo "no $tool" >&2; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo "needs root" >&2; exit 77; }

pids=
cleanup() {
	# shellcheck disable=SC2086  # a list
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	wait
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# A listener with a client, on TCP, UDP and a path; a program whose file is deleted while it
# runs and that holds a deleted file; one that is another user's.
cat >server.py <<'PY'
import ctypes, os, select, socket, sys, threading, time

def elsewhere(mark):
    """A thread that has a directory of its own (CLONE_FS), and waits for nobody."""
    ctypes.CDLL(None).unshare(0x200)
    os.chdir("/proc")
    open(mark, "w").write(str(threading.get_native_id()))
    select.select([os.open(mark + ".pipe", os.O_RDWR)], [], [])

here = os.getcwd()
os.mkfifo("thread.pipe")
threading.Thread(target=elsewhere, args=(here + "/thread",), daemon=True).start()
tcp = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(tcp.getsockname())
served, _ = tcp.accept()
six = socket.socket(socket.AF_INET6)
six.bind(("::1", 0))
six.listen()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
path = socket.socket(socket.AF_UNIX)
path.bind(sys.argv[1])
path.listen()
open("ready", "w").close()
time.sleep(1000)
PY
python3 server.py "$PWD/a socket" &
server=$!
pids=$server
cp "$(command -v sleep)" ./gone
printf 'left behind\n' >held
(exec ./gone 1000 5<held) &
gone=$!
pids="$pids $gone"
setpriv --reuid 65534 --regid 65534 --clear-groups sleep 1000 &
other=$!
pids="$pids $other"
begun() {
	[ -e ready ] && [ -s thread ] && [ "$(cat /proc/$gone/comm)" = gone ] && [ "$(cat /proc/$other/comm)" = sleep ]
}
# the number of a call, of each of four threads: it waits in it
waiting() { [ "$(cat "/proc/$server/task/"*/syscall "/proc/$gone/syscall" "/proc/$other/syscall" | grep -c '^[0-9]')" -eq 4 ]; }
fixture_until begun
fixture_until waiting
rm gone held

"$EXHIBIT_COLLECT" -q -o live.tar.zst --profile live >/dev/null
"$EXHIBIT" load -q -o case.db live.tar.zst >/dev/null
for verb in processes open waits top; do
	"$EXHIBIT" show "$verb" --json case.db >"$verb.json"
done
"$EXHIBIT" show sockets --all --json case.db >sockets.json
for pid in $pids; do
	ps -o pid=,ppid=,ruid=,euid=,sid=,tty=,lstart=,args= -p "$pid"
done >ps.txt
ss -HnOaptu >ss.txt
ss -HnOaxp >>ss.txt

PIDS=$pids SERVER=$server GONE=$gone python3 - <<'PY'
import datetime, json, os, re

def rows(name):
    return [json.loads(line) for line in open(name + ".json")]

def check(what, ours, theirs):
    assert ours == theirs, "%s: ours %r, theirs %r" % (what, ours, theirs)

pids = [int(p) for p in os.environ["PIDS"].split()]
server, gone = int(os.environ["SERVER"]), int(os.environ["GONE"])
processes = {p["pid"]: p for p in rows("processes") if p["pid"] in pids}
check("processes", sorted(processes), sorted(pids))

for line in open("ps.txt"):
    pid, ppid, ruid, euid, sid, tty, rest = line.split(None, 6)
    when, args = rest[:24], rest[25:].rstrip("\n")
    p = processes[int(pid)]
    check("parent", p["ppid"], int(ppid))
    check("users", (p["uid"], p["euid"]), (int(ruid), int(euid)))
    check("session", p["sid"], int(sid))
    check("terminal", p["tty"] or "?", tty)
    check("arguments", p["cmdline"].strip(), args.strip())
    start = datetime.datetime.strptime(when, "%a %b %d %H:%M:%S %Y").astimezone()
    ours = datetime.datetime.fromisoformat(p["start"][:19] + "+00:00")
    assert abs((ours - start).total_seconds()) <= 2, (p["start"], when)

check("deleted executable", processes[gone]["exe_kind"], "deleted")
check("its path", processes[gone]["exe"], os.getcwd() + "/gone")
check("directory", processes[server]["cwd"], os.getcwd())

held = [o for o in rows("open") if o["pid"] == gone and o["fd"] == 5]
check("deleted file", [(o["deleted"], o["target"]) for o in held], [(1, os.getcwd() + "/held")])
assert held[0]["recovered"].startswith("live/open/"), held

waits = [w["syscall_name"] for w in rows("waits") if w["pid"] == gone]
assert waits in (["clock_nanosleep"], ["nanosleep"], ["restart_syscall"]), waits
# each thread waits in a call of its own, and what /proc/PID says is the first one's
threads = {w["tid"]: w for w in rows("waits") if w["pid"] == server}
second = int(open("thread").read())
check("threads", sorted(threads), sorted([server, second]))
assert "nanosleep" in threads[server]["syscall_name"], threads[server]
assert "select" in threads[second]["syscall_name"], threads[second]
check("own directory", threads[second]["elsewhere"], "cwd %s -> /proc" % os.getcwd())
check("not shared", (threads[second]["own"], threads[server]["own"]), ("fs", None))
assert {t["pid"] for t in rows("top")} >= set(pids)

def inodes(lines):
    """What ss has of our server: (protocol, local port or path, peer port, state)."""
    out = set()
    for line in lines:
        if not re.search(r"pid=%d\b" % server, line):
            continue
        kind, state, _, _, rest = line.split(None, 4)
        state = {"ESTAB": "ESTABLISHED"}.get(state, state)
        if kind.startswith("u_"):
            out.add(("unix", rest.split(" * ")[0].rsplit(" ", 1)[0].strip(), "", state))
            continue
        local, peer = rest.split()[:2]
        kind += "6" if local.startswith("[") else ""
        out.add((kind, local.rsplit(":", 1)[1], peer.rsplit(":", 1)[1].replace("*", "0"), state))
    return out

ours = set()
for s in rows("sockets"):
    if s["pid"] != server:
        continue
    if s["protocol"] == "unix":
        ours.add(("unix", s["local"], "", s["state"]))
    else:
        ours.add((s["protocol"], str(s["local_port"]), str(s["remote_port"]), s["state"]))
    check("name", s["name"], "python3")
check("sockets", ours, inodes(open("ss.txt")))
assert len(ours) == 6, ours
PY

