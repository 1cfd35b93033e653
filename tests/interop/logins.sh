#!/bin/sh
# Logins of an archive are those that last(1) and utmpdump(1) of util-linux read in the same files:
# every record, and when each session ended. last reads backwards, and is blind behind one
# byte too many: there it is our reader that sees all.
set -eu
LC_ALL=C
TZ=UTC
export LC_ALL TZ
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
for tool in utmpdump last; do
	command -v "$tool" >/dev/null || { echo "needs $tool" >&2; exit 77; }
done

mkdir -p tree/var/log tree/etc
echo 'root:x:0:0::/root:/bin/sh' >tree/etc/passwd
python3 - <<'P'
import random, struct
random.seed(7)
def record(kind, pid, line, user, host, sec, address=0):
    ident = line[-4:].encode()
    return struct.pack("<hhi32s4s32s256shhiiiI", kind, 0, pid, line.encode(), ident, user.encode(), host.encode(),
                       0, 0, 0, sec, random.randrange(10 ** 6), address).ljust(384, b"\0")
t, out, pids = 1700000000, [], {}
def step():
    global t
    t += random.randrange(60, 9000)
    return t
for boot in range(6):
    out.append(record(2, 0, "~", "reboot", "6.1.0", step()))
    for _ in range(random.randrange(5, 25)):
        line = "pts/%d" % random.randrange(6)
        if line in pids and random.random() < 0.7:
            out.append(record(8, pids.pop(line), line, "", "", step()))
        else:
            pids[line] = random.randrange(300, 30000)
            out.append(record(7, pids[line], line, random.choice(["alice", "bob", "root"]), "10.0.0.%d" % boot, step(),
                              0x0000000a | boot << 24))
    if boot % 2 == 0:
        out.append(record(1, ord("0") if boot else ord("6"), "~", "shutdown", "6.1.0", step()))
        pids = {}
open("tree/var/log/wtmp", "wb").write(b"".join(out))
open("tree/var/log/btmp", "wb").write(b"".join(
    record(6, 5000 + i, "ssh:notty", random.choice(["root", "admin"]), "6.6.6.6", step(), 0x06060606) for i in range(40)))
P
cp tree/var/log/wtmp whole
fixture_collect tree a.tar.zst
"$EXHIBIT" load -qo case.db a.tar.zst >/dev/null

# Each record, field by field.
cat >records.py <<'P'
import json, subprocess, sys
rows = {}
for name in ("logins", "failed"):
    for line in subprocess.run([sys.argv[1], "show", name, "case.db", "--json"], capture_output=True, text=True).stdout.splitlines():
        row = json.loads(line)
        rows[row["member"].split("/")[-1], row["pos"]] = row
seen = 0
for name, kinds in (("wtmp", "127"), ("btmp", "6")):
    dump = subprocess.run(["utmpdump", "tree/var/log/" + name], capture_output=True, text=True).stdout
    for i, line in enumerate(dump.splitlines()):
        kind, pid, ident, user, tty, host, address, time = [f.strip() for f in line[1:-1].split("] [")]
        if kind not in kinds:
            continue
        row = rows[name, 384 * i]
        stamp = row["time"][:19] + "," + row["time"][20:26] + "+00:00"
        assert (row["user"], row["tty"], row["origin"], row["pid"], stamp) == (user, tty, host, int(pid), time), (line, row)
        assert (row["address"] or "0.0.0.0") == address, (line, row)
        seen += 1
print("records", seen == len(rows) and seen > 60)
P
python3 records.py "$EXHIBIT"

# Each session of a user, with its end: last writes "- 22:13", "- down", "- crash".
cat >sessions.py <<'P'
import json, re, subprocess, sys
theirs = []
for line in subprocess.run(["last", "-F", "-w", "-f", "whole"], capture_output=True, text=True).stdout.splitlines():
    m = re.match(r"(\w+)\s+(pts/\d+)\s+(\S+)\s+(\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})(.*)", line)
    if m:
        rest = m[5].strip()
        how = "down" if "- down" in rest else "crash" if "- crash" in rest else "logout" if rest.startswith("- ") else "open"
        length = re.search(r"\(([\d+:]+)\)", rest)
        theirs.append((m[1], m[2], m[3], m[4], how, length and length[1]))
from datetime import datetime
ours = []
for line in subprocess.run([sys.argv[1], "show", "logins", "case.db", "--json"], capture_output=True, text=True).stdout.splitlines():
    row = json.loads(line)
    if row["kind"] == "login":
        when = datetime.fromisoformat(row["time"][:19]).strftime("%a %b %e %H:%M:%S %Y")
        how = "open" if row["how"] in ("still", "gone") else row["how"]
        ours.append((row["user"], row["tty"], row["origin"], when, how, row["length"]))
def minutes(text):
    if text is None:
        return None
    days, _, rest = text.rpartition("+")
    return int(days or 0) * 1440 + int(rest.split(":")[0]) * 60 + int(rest.split(":")[1])
assert len(ours) == len(theirs) > 30, (len(ours), len(theirs))
for a, b in zip(sorted(ours), sorted(theirs)):
    assert a[:5] == b[:5], (a, b)
    if a[4] != "open":
        # theirs is cut from whole seconds, ours is not
        assert abs(minutes(a[5]) - minutes(b[5])) <= 1, (a, b)
print("sessions agree")
P
python3 sessions.py "$EXHIBIT"

# One byte more at the end: the same logins, and a note.
printf x >>tree/var/log/wtmp
fixture_collect tree b.tar.zst
"$EXHIBIT" show logins a.tar.zst --csv 2>/dev/null | cut -d , -f 1-8 >a.csv
"$EXHIBIT" show logins b.tar.zst --csv 2>/dev/null | cut -d , -f 1-8 >b.csv
cmp a.csv b.csv
"$EXHIBIT" show notes b.tar.zst --csv 2>/dev/null | grep -o '1 bytes at the end are no whole record'
