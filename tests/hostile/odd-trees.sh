#!/bin/sh
# Names of every byte, of terminals, of JSON, of tar, and like our own members; twins that
# differ in case; paths longer than PATH_MAX and more than a thousand levels; holes of
# terabytes and the lastlog of a large uid; attributes at the kernel's limit; farms of hard
# links: each object is one line and one member, byte for byte, in any reader of tar.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
mkdir tree
mount -t tmpfs tmpfs tree
cat >odd.py <<'P'
import errno, json, os, sys, tarfile

ROOT = b"tree"
LIKE_US = [
    b"CUSTODY/session.txt", b"CUSTODY/segments/000001/manifest.jsonl", b"CUSTODY/segments/000001/seal.txt",
    b"[root]/etc/passwd", b"live/kernel_log", b"manifest.json", b"repositories", b"fs/x", b"windows/system32/x",
    b"@LongLink", b"././@LongLink2", b"PaxHeaders.1/x", b"GNUSparseFile.0/x", b"pax_global_header", b"x -> y",
    b"x link to y", b'","path":"/etc/shadow', b"\n{\"seq\":0,\"path\":\"/forged\"}\n", b"12 path=/forged\n",
    b"\\x41", b"A", b"%41", b"\\", b"\\\\", b"...", b".. ", b" ", b"-rf", b"--", b"~", b"*", b"?", b"|", b"`id`",
    b"$(id)", b"\x1b[2J\x1b]0;owned\x07", b"\xc2\x9b31m", b"\xe2\x80\xae gpj.exe", b"Twin", b"twin", b"TWIN",
    b"n\xc3\xa1", b"na\xcc\x81", b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"n" * 255, bytes(range(128, 255)),
]


def put(path, data):
    path = os.path.join(ROOT, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(data)


def names():
    for i, name in enumerate(LIKE_US):
        put(b"names/" + name, b"like us %d" % i)
    for byte in set(range(1, 256)) - {ord("/")}:
        put(b"bytes/" + bytes([byte]) + b"x", b"byte %d" % byte)
        os.symlink(bytes([byte]) * 3, ROOT + b"/bytes/link" + bytes([byte]))


def depths():
    at = os.open(ROOT, os.O_RDONLY)
    for name, levels in ("n" * 250, 60), ("d", 1200):
        here = os.dup(at)
        for _ in range(levels):
            os.mkdir(name, dir_fd=here)
            below = os.open(name, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(os.open("bottom", os.O_CREAT | os.O_WRONLY, dir_fd=here))


def holes():
    put(b"var/log/lastlog", b"")
    with open(ROOT + b"/var/log/lastlog", "r+b") as out:
        out.seek(292 * (2**32 - 2))
        out.write(b"l" * 292)
    put(b"holes/all", b"")
    os.truncate(ROOT + b"/holes/all", 2**62)
    put(b"holes/many", b"")
    with open(ROOT + b"/holes/many", "r+b") as out:
        for i in range(4000):           # more runs of data than one list holds
            out.seek(i * (1 << 16))
            out.write(b"%d" % i)
        out.seek(1 << 42)
        out.write(b"far away")


def attributes():
    put(b"xattr/value", b"value")
    os.setxattr(ROOT + b"/xattr/value", "trusted.large", b"v" * 65536)
    put(b"xattr/names", b"names")
    put(b"xattr/beyond", b"beyond")
    for name, count in (b"names", 250), (b"beyond", 300):
        for i in range(count):
            try:
                os.setxattr(ROOT + b"/xattr/" + name, b"trusted.%0246d" % i, b"")
            except OSError as e:
                if e.errno not in (errno.ENOSPC, errno.E2BIG):
                    raise


def farms():
    put(b"links/0", b"one of many")
    for i in range(1, 20000):
        os.link(ROOT + b"/links/0", ROOT + b"/links/%d" % i)
    for i in range(3000):
        put(b"pairs/a%d" % i, b"pair %d" % i)
        os.link(ROOT + b"/pairs/a%d" % i, ROOT + b"/pairs/b%d" % i)


def unescape(text):
    raw, out, i = text.encode("utf-8", "surrogateescape"), b"", 0
    while i < len(raw):
        if raw[i:i + 2] == b"\\x":
            out += bytes([int(raw[i + 2:i + 4], 16)])
            i += 4
        elif raw[i:i + 1] == b"\\":
            out += raw[i + 1:i + 2]
            i += 2
        else:
            out += raw[i:i + 1]
            i += 1
    return out


def must(what, why):
    if not what:
        sys.exit(why)


def judge():
    rows = [json.loads(line) for line in open("lines", encoding="utf-8")]
    by_path = {}
    for row in rows:
        must(row["path"] not in by_path, f"twice: {row['path']}")
        by_path[row["path"]] = row
    members = {}
    with tarfile.open("x.tar", errors="surrogateescape") as tar:
        for m in tar:
            name = m.name.encode("utf-8", "surrogateescape")
            small = m.isreg() and m.size < 1000
            must(name not in members, f"member twice: {name}")
            members[name] = tar.extractfile(m).read() if small else m.linkname if m.issym() else b""
    for i, name in enumerate(LIKE_US):
        path = os.path.normpath(b"/names/" + name)
        must(members.get(b"[root]" + path) == b"like us %d" % i, f"not its content: {name}")
    for byte in set(range(1, 256)) - {ord("/")}:
        must(members.get(b"[root]/bytes/" + bytes([byte]) + b"x") == b"byte %d" % byte, f"byte {byte}")
        got = members.get(b"[root]/bytes/link" + bytes([byte]))
        must(got is not None and got.encode("utf-8", "surrogateescape") == bytes([byte]) * 3, f"link {byte}")
    must("/forged" not in by_path and b"[root]/forged" not in members, "a forged line")
    listed = {unescape(p) for p in by_path}
    real = {os.path.normpath(b"/names/" + n) for n in LIKE_US}
    must(real <= listed, f"not listed: {list(real - listed)[:3]}")
    must(sum(r["path"].startswith("/links/") for r in rows) == 20000, "the farm is not complete")
    must(sum("hardlink_of" in r for r in rows if r["path"].startswith("/links/")) == 19999, "the farm was stored again")
    must(sum("hardlink_of" in r for r in rows if r["path"].startswith("/pairs/")) == 3000, "pairs were stored again")
    must(sum(r["gap"] == "depth-limit" for r in rows) == 1, "the deep one")
    must(any(p.endswith("/bottom") and len(p) > 15000 for p in by_path), "the long path")
    last = by_path["/var/log/lastlog"]
    must(last["gap"] == "none" and last["size"] > 2**40 and last["read"] <= 8192, f"lastlog: {last}")
    must(by_path["/holes/all"]["gap"] == "none" and by_path["/holes/all"]["read"] == 0, "all holes")
    many = by_path["/holes/many"]
    must(many["gap"] == "none" and 4000 * 4096 < many["read"] <= 4000 << 16, f"many holes: {many['read']}")
    must(len(by_path["/xattr/value"]["xattr"]["trusted.large"]) > 65536, "the long value")
    must(len(by_path["/xattr/names"]["xattr"]) == 250, "many attributes")
    # more names than listxattr(2) ever gives
    must(by_path["/xattr/beyond"]["xattr_errno"] in (errno.ERANGE, errno.E2BIG), "more names than can be listed")


if sys.argv[1] == "make":
    for part in names, depths, holes, attributes, farms:
        part()
else:
    judge()
P
python3 odd.py make
timeout 100 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' --compress none -o x.tar 2>log ||
	{ cat log >&2; fixture_fail "exit $?"; }
fixture_complete x.tar
"$EXHIBIT" list --json x.tar >lines
"$EXHIBIT" list x.tar >shown
! LC_ALL=C grep -q '[[:cntrl:]]' shown || fixture_fail "raw bytes on the screen"
python3 odd.py judge
"$EXHIBIT" extract x.tar -C out /names >/dev/null 2>&1 || fixture_fail "extract: $?"
[ "$(find out -type f -path '*names*' | wc -l)" -gt 40 ] || fixture_fail "names were not extracted"
