#!/usr/bin/env python3
"""An independent writer of Exhibit archives, format version 1.

It is written from docs/FORMAT.md alone, shares no code with the C writer, and
needs nothing but Python's standard library, openssl(1) and zstd(1).  Keys and
times are fixed, so the same command always makes the same archive.

Besides whole archives it makes forged ones, by name (--list shows them), in two
families: edits by somebody who has no key, and lies by a writer who has.

    mkarchive.py [--forge NAME] [--compress none|gzip|zstd] [--run WORD] OUT

prints the fingerprint and, if there is one, the root.
"""
import argparse
import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile

BLOCK = 512
DIR, FILE, LINK, SYMLINK, FIFO, CHARDEV = b"5", b"0", b"1", b"2", b"6", b"3"
TYPE_WORD = {DIR: "directory", FILE: "file", LINK: "file", SYMLINK: "symlink", FIFO: "fifo",
             CHARDEV: "chardev"}
TYPE_BITS = {DIR: 0o040000, FILE: 0o100000, LINK: 0o100000, SYMLINK: 0o120000, FIFO: 0o010000,
             CHARDEV: 0o020000}
T0 = 1763895180


def sha(data):
    return hashlib.sha256(data).hexdigest()


class Key:
    """An Ed25519 key from a word, by openssl(1)."""

    def __init__(self, word):
        seed = hashlib.sha256(b"exhibit test key " + word.encode()).digest()
        self.der = bytes.fromhex("302e020100300506032b657004220420") + seed
        self.public = self._run(["pkey", "-inform", "DER", "-pubout", "-outform", "DER"],
                                self.der)[-32:]

    @staticmethod
    def _run(args, data):
        return subprocess.run(["openssl"] + args, input=data, stdout=subprocess.PIPE,
                              check=True).stdout

    def sign(self, message):
        with tempfile.TemporaryDirectory() as d:
            for name, data in (("key", self.der), ("message", message)):
                with open(os.path.join(d, name), "wb") as f:
                    f.write(data)
            return self._run(["pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey",
                              os.path.join(d, "key"), "-in", os.path.join(d, "message")], b"")


def must_escape(c):
    o = ord(c)
    return (o < 0x20 or o == 0x7f or 0x80 <= o <= 0x9f or o in (0x200e, 0x200f)
            or 0x2028 <= o <= 0x202e or 0x2066 <= o <= 0x2069)


def escape(raw):
    """Escaped text of FORMAT.md section 1."""
    out = []
    for c in raw.decode("utf-8", "surrogateescape"):
        if 0xdc80 <= ord(c) <= 0xdcff:
            out.append("\\x%02x" % (ord(c) - 0xdc00))
        elif c == "\\":
            out.append("\\\\")
        elif must_escape(c):
            out.append("".join("\\x%02x" % b for b in c.encode()))
        else:
            out.append(c)
    return "".join(out)


# ------------------------------------------------------------------ tar

def number(value, width):
    return b"%0*o\0" % (width - 1, value)


def header(name, kind, size, *, link=b"", mode=0o644, mtime=T0, uid=0, rdev=(0, 0)):
    h = bytearray(BLOCK)
    for offset, data in ((0, name[:100]), (100, number(mode & 0o7777, 8)), (108, number(uid, 8)),
                         (116, number(0, 8)), (124, number(size, 12)),
                         (136, number(max(mtime, 0), 12)), (148, b" " * 8), (156, kind),
                         (157, link[:100]), (257, b"ustar\00000"), (329, number(rdev[0], 8)),
                         (337, number(rdev[1], 8))):
        h[offset:offset + len(data)] = data
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h)


def padded(data):
    return data + b"\0" * (-len(data) % BLOCK)


def pax_record(key, value):
    body = b" " + key.encode() + b"=" + value + b"\n"
    n = len(body)
    while len(str(n)) + len(body) != n:
        n = len(str(n)) + len(body)
    return str(n).encode() + body


def member(name, kind, data=b"", *, link=b"", extents=None, realsize=0, pax=(), **stat):
    """All tar bytes of one member."""
    records = [("hdrcharset", b"BINARY")] if any(b > 126 for b in name + link) else []
    if len(name) > 100 or any(b > 126 for b in name):
        records.append(("path", name))
    if len(link) > 100 or any(b > 126 for b in link):
        records.append(("linkpath", link))
    shown = name
    if extents is not None:
        records += [("GNU.sparse.major", b"1"), ("GNU.sparse.minor", b"0"),
                    ("GNU.sparse.name", name), ("GNU.sparse.realsize", b"%d" % realsize)]
        numbers = [len(extents)] + [n for e in extents for n in e]
        data = padded(b"".join(b"%d\n" % n for n in numbers)) + data
        shown = b"GNUSparseFile.0/" + name.rsplit(b"/", 1)[-1]
    records += list(pax)
    out = b""
    if records:
        body = b"".join(pax_record(k, v) for k, v in records)
        out = header(b"PaxHeader/x", b"x", len(body)) + padded(body)
    return out + header(shown, kind, len(data), link=link, **stat) + padded(data)


# ------------------------------------------------------------------ evidence

class Object:
    """One object of the host: its manifest line, and its member if it has one."""

    def __init__(self, path, kind=FILE, data=b"", **more):
        self.path, self.kind, self.data = path, kind, data
        self.read = more.pop("read", data)
        self.gap = more.pop("gap", "none")
        self.result = more.pop("result", "ok")
        self.depth = more.pop("depth", "content")
        self.link = more.pop("link", b"")
        self.extents = more.pop("extents", None)
        self.realsize = more.pop("realsize", 0)
        self.mode = more.pop("mode", 0o755 if kind == DIR else 0o644)
        self.mtime = more.pop("mtime", T0)
        self.rdev = more.pop("rdev", (0, 0))
        self.category = more.pop("category", "logs")
        self.hardlink_of = more.pop("hardlink_of", None)
        self.type = more.pop("type", TYPE_WORD[kind])
        self.no_member = more.pop("no_member", self.depth != "content")
        self.no_line = more.pop("no_line", False)
        self.no_sum = more.pop("no_sum", False)
        self.line = more.pop("line", {})
        self.raw_line = more.pop("raw_line", None)
        self.pax = more.pop("pax", ())
        assert not more, more
        self.member = b"[root]" + path if path.startswith(b"/") else path

    def logical(self, data=None):
        """Content with its holes."""
        data = self.data if data is None else data
        if self.extents is None:
            return data
        out, at = bytearray(self.realsize), 0
        for offset, length in self.extents:
            out[offset:offset + length] = data[at:at + length]
            at += length
        return bytes(out)

    def tar(self):
        name = self.member + (b"/" if self.kind == DIR else b"")
        link = self.link if self.kind != LINK else b"[root]" + self.hardlink_of.path
        return member(name, self.kind, self.data, link=link, extents=self.extents,
                      realsize=self.realsize, mode=self.mode, mtime=self.mtime, rdev=self.rdev,
                      pax=self.pax)

    def named(self, line, key, raw):
        line[key] = escape(raw)
        if line[key].encode("utf-8", "replace") != raw:
            line[key + "_b64"] = base64.b64encode(raw).decode()

    def manifest(self, seq):
        if self.raw_line is not None:
            return self.raw_line
        line = {"seq": seq, "category": self.category, "artifact": "test_row"}
        self.named(line, "path", self.path)
        if not self.no_member:
            self.named(line, "member", self.member)
        line.update(type=self.type, depth=self.depth, result=self.result, gap=self.gap)
        if self.gap in ("vanished", "permission"):
            line.update(errno=2, errname="ENOENT", syscall="openat")
        line.update(dev="8:1", fstype="ext4", ino=1000 + seq, nlink=1,
                    mode="%07o" % (TYPE_BITS[self.kind] | self.mode), uid=0, gid=0)
        line.update(size=self.realsize or len(self.read), blocks=8)
        if self.kind == FILE and self.type == "file" and self.depth != "metadata":
            line["read"] = len(self.read)
            if not self.no_member:
                line["stored"] = len(self.data)
            if self.read != self.data:
                line["pad_from"] = len(self.read)
            line["sha256"] = sha(self.logical(self.read))
            if self.read != self.data:
                line["sha256_stored"] = sha(self.logical())
            if self.extents is not None:
                line["extents"] = self.extents
        if self.kind == SYMLINK:
            self.named(line, "link", self.link)
        if self.hardlink_of is not None:
            self.named(line, "hardlink_of", self.hardlink_of.path)
        line.update(mtime=[self.mtime, 5], opened=[T0 + seq, 0], closed=[T0 + seq, 9])
        line.update(self.line)
        return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"

    def sum_line(self):
        if self.no_member or self.no_sum or self.kind not in (FILE, LINK):
            return b""
        of = self.hardlink_of if self.kind == LINK else self
        return sum_line(self.member, sha(of.logical()))


def act_line(act):
    """The line of actions.jsonl of a word and its detail, a blank between them."""
    name, detail = act.encode().split(b" ", 1)
    return b'{"t":[%d,0],"act":"%s","detail":"%s"}\n' % (T0, name, detail)


def sum_line(name, digest):
    mark = b""
    if any(c in name for c in b"\\\n\r"):
        mark = b"\\"
        name = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    return mark + digest.encode() + b"  " + name + b"\n"


def evidence():
    """A small host with one of everything, in three segments."""
    hostname = Object(b"/etc/hostname", data=b"web01\n", category="config")
    return [[
        Object(b"/etc", DIR, category="config"),
        hostname,
        Object(b"/etc/localtime", SYMLINK, link=b"../usr/share/zoneinfo/UTC", category="config"),
        Object(b"/var/log/wtmp", data=bytes(range(256)) * 12, mtime=-86400),
        Object(b"/tmp/new\nline \x1b[31mred", data=b"odd\n"),
        Object(b"/tmp/\xff\xfe invalid \\ back", data=b"odder\n"),
        Object("/tmp/grün \u202e txt".encode(), data=b"right to left\n"),
    ], [
        Object(b"/var/log/lastlog", data=b"A" * 512 + b"B" * 100, realsize=70000,
               extents=[[4096, 512], [69900, 100]]),
        Object(b"/etc/hostname.link", LINK, hardlink_of=hostname, category="config"),
        Object(b"/run/initctl", FIFO, result="skipped", gap="special-file"),
        Object(b"/run/socket", type="socket", result="skipped", gap="special-file",
               no_member=True),
        Object(b"/dev/null", CHARDEV, rdev=(1, 3), mode=0o666, result="skipped",
               gap="special-file"),
        Object(b"/var/log/shrank.log", data=b"short" + b"\0" * 7, read=b"short", gap="shrank",
               result="partial"),
        Object(b"/var/log/empty", data=b""),
        Object(b"/tmp/gone", no_member=True, gap="vanished", result="error"),
        Object(b"/usr/bin/su", data=b"\x7fELF", depth="digest", mode=0o4755),
    ], [
        Object(b"/" + b"d/" * 90 + b"deep", data=b"deep\n"),
        Object(b"live/netlink/route", data=b"\1\2\3", category="network"),
    ]]


# ------------------------------------------------------------------ archive

class Archive:
    """Builds the members of a run.  self.parts: [name, tar bytes], in order."""

    def __init__(self, run="run", lies=None):
        self.run, self.lies = run, lies or {}
        self.session = hashlib.sha256(run.encode()).hexdigest()[:32]
        self.keys = [Key(run + " 0")]
        self.parts, self.texts = [], []
        self.stream, self.manifests = hashlib.sha256(), hashlib.sha256()
        self.length = self.seq = self.members = self.gaps = 0
        self.previous, self.root = "0" * 64, None
        self.fingerprint = sha(self.keys[0].public)

    def add(self, name, tar):
        self.parts.append([name, tar])
        self.stream.update(tar)
        self.length += len(tar)

    def text(self, name, data, listed=True, mtime=T0):
        self.add(name, member(name, FILE, data, mode=0o444, mtime=mtime))
        if listed:
            self.texts.append((name, data))

    def begin(self):
        key = self.keys[0].public
        lines = ["exhibit-session-v1", "format: 1", "session: " + self.session,
                 "case: 2025-0001", "exhibit: A", "examiner-name: test", "nonce: 00ff00ff",
                 "tool: mkarchive", "tool-version: 1", "argv: mkarchive", "argv: " + self.run,
                 "host: web01", "mode: directory", "root: /fixture",
                 "time-realtime: 2025-11-23T10:53:00.000000000Z", "profile: test",
                 "plan: 1 config settings", "plan: 2 logs what services wrote",
                 "compression: none", "seal-key: " + key.hex(),
                 "seal-key-sha256: " + self.lies.get("seal-key-sha256", sha(key)),
                 "seal-key-locked: no", "hashes: sha256"]
        self.text(b"CUSTODY/session.txt", ("\n".join(lines) + "\n").encode())
        self.text(b"CUSTODY/README.txt", b"See docs/FORMAT.md\n")

    def end_texts(self):
        acts = ["start -"]
        if not self.lies.get("plan-not-done"):
            acts += [a + c for c in ("config", "logs") for a in ("category-begin ", "category-end ")]
        acts = self.lies.get("acts", acts + ["end "])
        self.text(b"CUSTODY/actions.jsonl", b"".join(a if isinstance(a, bytes) else act_line(a)
                                                     for a in acts))
        self.text(b"CUSTODY/footprint.json", b"{}\n")
        self.text(b"CUSTODY/summary.txt", b"test\n")

    def segment(self, objects, final=False, number=None):
        for o in objects:
            if not o.no_member:
                self.add(o.member, o.tar())
                self.members += 1
        if final or self.lies.get("texts-early"):
            self.end_texts()
        self.seal(objects, final, number)

    def seal(self, objects, final, number=None):
        n = len(self.keys) - 1 if number is None else number
        lines = []
        for o in objects:
            if not o.no_line:
                lines.append(o.manifest(self.seq))
                self.seq += 1
                self.gaps += o.result != "ok"
        manifest = b"".join(lines)
        self.manifests.update(manifest)
        sums = b"".join(sum_line(name, sha(data)) for name, data in self.texts)
        sums += b"".join(o.sum_line() for o in objects) + self.lies.get("sums", b"")
        self.texts = []
        folder = b"CUSTODY/segments/%06d/" % n
        self.text(folder + b"manifest.jsonl", manifest, listed=False)
        self.text(folder + b"SHA256SUMS", sums, listed=False)
        if not final:
            self.keys.append(Key("%s %d" % (self.run, len(self.keys))))
        fields = {
            "session": self.session, "seq": n, "stream-bytes": self.length,
            "stream-sha256": self.stream.hexdigest(),
            "manifest-sha256": self.manifests.hexdigest(),
            "prev-seal-sha256": self.previous, "objects": self.seq, "members": self.members,
            "gaps": self.gaps, "utc": "2025-11-23T10:53:%02d.000000000Z" % n,
            "boottime": "1234.%09d" % n,
            "next-key": "none" if final else self.keys[-1].public.hex(),
            "final": "yes" if final else "no", "status": "complete" if final else "running",
        }
        fields.update(self.lies.get("seal %d" % n, {}))
        text = "exhibit-seal-v1\n" + "".join("%s: %s\n" % kv for kv in fields.items())
        signer = self.keys[-1] if final else self.keys[-2]
        signature = signer.sign(text.encode())
        self.text(folder + b"seal.txt", text.encode(), listed=False, mtime=T0 + n)
        self.text(folder + b"seal.txt.sig", signature, listed=False, mtime=T0 + n)
        self.previous = sha(text.encode())
        if final:
            self.root = self.previous

    def end(self):
        self.add(b"", b"\0" * (2 * BLOCK))


def whole(segments=None, run="run", lies=None):
    a = Archive(run, lies)
    a.begin()
    segments = evidence() if segments is None else segments
    for i, objects in enumerate(segments):
        a.segment(objects, final=i == len(segments) - 1)
    a.end()
    return a


# ------------------------------------------------------------------ forgeries: no key

def find(a, suffix):
    return next(i for i, (name, _) in enumerate(a.parts) if name.endswith(suffix))


def flip(suffix, back):
    """Flips one bit, ${back} bytes before the end of a member's tar bytes."""
    def forge():
        a = whole()
        part = a.parts[find(a, suffix)]
        at = len(part[1]) - back
        part[1] = part[1][:at] + bytes([part[1][at] ^ 1]) + part[1][at + 1:]
        return a
    return forge


def drop(*suffixes):
    def forge():
        a = whole()
        for s in suffixes:
            del a.parts[find(a, s)]
        return a
    return forge


def swap(first, second):
    def forge():
        a = whole()
        i, j = find(a, first), find(a, second)
        a.parts[i], a.parts[j] = a.parts[j], a.parts[i]
        return a
    return forge


def insert(before, part):
    def forge():
        a = whole()
        a.parts.insert(find(a, before), part(a))
        return a
    return forge


def after_final(data):
    def forge():
        a = whole()
        a.parts.insert(len(a.parts) - 1, [b"", data])
        return a
    return forge


def trailing(data):
    def forge():
        a = whole()
        a.parts.append([b"", data])
        return a
    return forge


def segment_parts(a, n):
    """Index range of segment ${n} in a.parts."""
    ends = [i + 1 for i, (name, _) in enumerate(a.parts) if name.endswith(b".sig")]
    return ([0] + ends)[n], ends[n]


def splice():
    a, b = whole(), whole(run="other")
    i, j = segment_parts(a, 1)
    k, m = segment_parts(b, 1)
    a.parts[i:j] = b.parts[k:m]
    return a


def renumber():
    a = whole()
    i, j = segment_parts(a, 1)
    del a.parts[i:j]
    for part in a.parts:
        part[1] = part[1].replace(b"segments/000002/", b"segments/000001/")
    a.parts = [[name, fix_checksum(tar)] for name, tar in a.parts]
    return a


def fix_checksum(tar):
    if tar[257:262] != b"ustar":
        return tar
    h = bytearray(tar[:BLOCK])
    h[148:156] = b" " * 8
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h) + tar[BLOCK:]


def edit_final(edit):
    """Changes the header of the final seal.txt, which no seal covers."""
    def forge():
        a = whole()
        part = a.parts[find(a, b"000002/seal.txt")]
        part[1] = fix_checksum(edit(part[1]))
        return a
    return forge


HOSTNAME = Object(b"/etc/hostname", data=b"web01\n", category="config")


def stopped(acts, status="incomplete"):
    """A run that says itself that it did not come to the end of its plan."""
    def forge():
        return whole([[HOSTNAME]], lies={"acts": acts, "seal 0": {"status": status}})
    return forge


def completed(acts):
    """A run that swears to have come to the end of it, with this log and nothing of logs."""
    return stopped(acts, "complete")


def sworn(*acts):
    """The same with something of each category: lines (bytes as they are) of the log of acts."""
    return lambda: whole([[HOSTNAME, Object(b"/var/log/wtmp", data=b"", category="logs")]],
                         lies={"acts": acts})


def cut_before_logs():
    a = whole([[HOSTNAME], [Object(b"/var/log/wtmp", data=b"", category="logs")]])
    del a.parts[segment_parts(a, 0)[1]:]
    return a


def cut_behind_logs():
    a = whole([[HOSTNAME], [Object(b"/var/log/wtmp", data=b"", category="logs")]])
    del a.parts[find(a, b"000001/manifest.jsonl"):]
    return a


def cut_segments(keep):
    def forge():
        a = whole()
        del a.parts[segment_parts(a, keep - 1)[1]:]
        a.root = None
        return a
    return forge


def removed_final_seal():
    a = whole()
    i = find(a, b"000002/seal.txt")
    del a.parts[i:i + 2]
    return a


# ------------------------------------------------------------------ forgeries: own key

def lying(edit=None, lies=None):
    """A writer with the right keys who does not keep to the format."""
    def forge():
        segments = evidence()
        if edit is not None:
            edit(segments)
        return whole(segments, lies=lies)
    return forge


def put(n, *objects):
    return lying(lambda segments: segments[n].extend(objects))


def by_path(segments, path):
    return next(o for s in segments for o in s if o.path == path)


def change(path, **fields):
    def edit(segments):
        for k, v in fields.items():
            setattr(by_path(segments, path), k, v)
    return lying(edit)


def line(path, **keys):
    return lying(lambda segments: by_path(segments, path).line.update(keys))


def seal_lie(n, **fields):
    return lying(lies={"seal %d" % n: {k.replace("_", "-"): v for k, v in fields.items()}})


def empty_run():
    return whole([[]])


def long_line(n):
    return lying(lambda s: s[0].append(Object(b"/x", no_member=True, raw_line=(
        b'{"seq":7,"x":"' + b"a" * n + b'"}\n'))))


def depth_bomb(n):
    return lying(lambda s: s[0].append(Object(b"/x", no_member=True, raw_line=(
        b'{"seq":7,"x":' + b"[" * n + b"]" * n + b"}\n"))))


def window_bomb():
    """One zstd frame that asks for a window of 2 GiB; raw, so not compressed again."""
    a = Archive()
    a.parts = [[b"", bytes.fromhex("28b52ffd00a8") + b"\0" * 64]]
    return a


def pax_bomb(size):
    """An extended header that says it is ${size} bytes long."""
    def forge():
        a = Archive()
        a.parts = [[b"", header(b"PaxHeader/x", b"x", size) + b"\0" * 4096]]
        return a
    return forge


def many(n):
    """${n} tiny files in one segment."""
    def forge():
        return whole([[Object(b"/many/%07d" % i, data=b"%d" % i) for i in range(n)]])
    return forge


def attacks():
    """Everything an extraction must survive, in one archive with good seals."""
    link = Object(b"/a/link", SYMLINK, link=b"/tmp")
    target = Object(b"/etc/hostname", data=b"web01\n")
    outside = Object(b"/../../outside", data=b"x\n")
    return whole([[
        target,
        outside,
        Object(b"/../../../../../../../../tmp/exhibit-escaped", data=b"bad\n"),
        Object(b"live//tmp/exhibit-escaped-2", data=b"bad\n"),
        Object(b"/a/./b/../c", data=b"dots\n"),
        link,
        Object(b"/a/link/below", data=b"bad\n"),
        Object(b"/a/up", SYMLINK, link=b"../../../../outside"),
        Object(b"/a/near", SYMLINK, link=b"../etc/hostname"),
        Object(b"/a/hard", LINK, hardlink_of=outside),
        Object(b"/a/good-hard", LINK, hardlink_of=target),
        Object(b"/bin/suid", data=b"#!/bin/sh\n", mode=0o6755),
        Object(b"/dev/sda", CHARDEV, rdev=(8, 0), mode=0o660, result="skipped",
               gap="special-file"),
        Object(b"/run/fifo", FIFO, result="skipped", gap="special-file"),
        Object(b"/tmp/new\nline \x1b[31mred", data=b"odd\n"),
        Object(b"/tmp/\xff\\", data=b"odder\n"),
        Object(b"/a/twice", data=b"first\n"),
        Object(b"/a/twice/below", data=b"a file is no directory\n"),
        Object(b"/sparse", data=b"S" * 10, realsize=1 << 20, extents=[[500000, 10]]),
        Object(b"/dir", DIR, mode=0o000),
        Object(b"/dir/inside", data=b"in a closed directory\n"),
        Object(b"/" + b"n" * 300, data=b"name too long for a disk\n"),
    ]])


EVIL = member(b"[root]/etc/evil", FILE, b"planted\n")

FORGERIES = {
    # name: (maker, what exhibit verify must say)
    "whole": (whole, "COMPLETE"),
    "empty-run": (empty_run, "COMPLETE"),
    "incomplete-run": (seal_lie(2, status="incomplete"), "COMPLETE"),
    "stopped-run": (stopped(["category-begin config", "category-end config", "end the deadline "
                             "of the run was reached"]), "COMPLETE"),
    "stopped-within": (stopped(["category-begin config", "category-end config",
                                "category-begin logs", "limit interrupted by a signal",
                                "category-end logs", "end interrupted by a signal"]), "COMPLETE"),
    "stopped-log-full": (stopped(["category-begin config", "limit this log is full"]), "COMPLETE"),
    "stopped-at-end": (stopped(["category-begin config", "category-end config", "category-begin "
                                "logs", "category-end logs", "end rights were missing"]),
                       "COMPLETE"),
    "stopped-log-torn": (stopped(["category-begin config", "category-end config"]), "COMPLETE"),
    "completed-log-full": (completed(["limit this log is full"]), "COMPLETE"),
    "completed-log-long": (completed(["fork " + "x" * 1000] * 3000 + ["category-begin logs",
                                     "category-end logs", "end "]), "COMPLETE"),
    "completed-line-long": (completed(["fork " + "x" * 100000, "category-begin config",
                                       "category-end config", "end "]), "COMPLETE"),
    "completed-says-why": (completed(["category-end logs", "end the deadline of the run was "
                                      "reached"]), "COMPLETE"),
    "sworn-no-acts": (sworn(), "COMPLETE"),
    "sworn-rubbish": (sworn(b"\x7f\x01\n", b"{}\n", b"[\n", b"\n", b'"x\n'), "COMPLETE"),
    "sworn-log-full": (sworn("category-begin config", "category-end config", "category-begin logs",
                             "limit this log is full"), "COMPLETE"),
    "sworn-limit-hidden": (sworn("category-begin config", "category-end config",
                                 "category-begin logs", "limit x", b"{}\n", "category-end logs",
                                 "end "), "COMPLETE"),
    "sworn-why-hidden": (sworn("category-begin config", "category-end config",
                               "category-begin logs", "category-end logs",
                               "end interrupted by a signal\\u0000"), "COMPLETE"),
    "cut-before-logs": (cut_before_logs, "TRUNCATED"),
    "cut-behind-logs": (cut_behind_logs, "TRUNCATED"),
    "many": (many(3000), "COMPLETE"),
    "attacks": (attacks, "ALTERED"),
    "one-segment": (cut_segments(1), "TRUNCATED"),
    "two-segments": (cut_segments(2), "TRUNCATED"),
    "flip-data": (flip(b"/var/log/wtmp", 1000), "ALTERED"),
    "flip-header": (flip(b"/var/log/wtmp", 3072 + BLOCK - 1), "ALTERED"),
    "flip-checksum": (flip(b"/var/log/wtmp", 3072 + BLOCK - 150), "ALTERED"),
    "flip-padding": (flip(b"/etc/hostname", 1), "ALTERED"),
    "flip-manifest": (flip(b"000001/manifest.jsonl", 2000), "ALTERED"),
    "flip-sums": (flip(b"000001/SHA256SUMS", BLOCK - 20), "ALTERED"),
    "flip-seal": (flip(b"000001/seal.txt", 1000), "ALTERED"),
    "flip-sig": (flip(b"000001/seal.txt.sig", 500), "ALTERED"),
    "flip-final-padding": (flip(b"000002/seal.txt", 1), "ALTERED"),
    "flip-final-sig-padding": (flip(b"000002/seal.txt.sig", 1), "ALTERED"),
    "final-mtime": (edit_final(lambda h: h[:146] + b"7" + h[147:]), "ALTERED"),
    "final-owner": (edit_final(lambda h: h[:265] + b"root" + h[269:]), "ALTERED"),
    "flip-session": (flip(b"session.txt", 1000), "ALTERED"),
    "drop-member": (drop(b"/var/log/wtmp"), "ALTERED"),
    "drop-manifest": (drop(b"000001/manifest.jsonl"), "ALTERED"),
    "drop-seal": (drop(b"000001/seal.txt", b"000001/seal.txt.sig"), "ALTERED"),
    "drop-sig": (drop(b"000001/seal.txt.sig"), "ALTERED"),
    "drop-session": (drop(b"session.txt"), "ALTERED"),
    "drop-readme": (drop(b"README.txt"), "ALTERED"),
    "drop-summary": (drop(b"summary.txt"), "ALTERED"),
    "swap-members": (swap(b"/etc/hostname", b"/var/log/wtmp"), "ALTERED"),
    "swap-sums-manifest": (swap(b"000001/SHA256SUMS", b"000001/manifest.jsonl"), "ALTERED"),
    "insert-member": (insert(b"000001/manifest.jsonl", lambda a: [b"", EVIL]), "ALTERED"),
    "duplicate-member": (insert(b"000001/manifest.jsonl", lambda a: list(
        a.parts[find(a, b"/etc/hostname")])), "ALTERED"),
    "after-final": (after_final(EVIL), "ALTERED"),
    "after-final-seal": (after_final(member(b"CUSTODY/segments/000003/manifest.jsonl", FILE)),
                         "ALTERED"),
    "after-final-zeros": (after_final(b"\0" * BLOCK), "ALTERED"),
    "trailing-garbage": (trailing(b"garbage"), "ALTERED"),
    "trailing-zeros": (trailing(b"\0" * 512), "ALTERED"),
    "trailing-member": (trailing(EVIL), "ALTERED"),
    "splice": (splice, "ALTERED"),
    "renumber": (renumber, "ALTERED"),
    "removed-final-seal": (removed_final_seal, "ALTERED"),
    "unlisted-member": (change(b"/var/log/wtmp", no_line=True), "ALTERED"),
    "unsummed-member": (change(b"/var/log/wtmp", no_sum=True), "ALTERED"),
    "listed-missing": (put(1, Object(b"/x", no_member=True, line={"member": "[root]/x"})),
                       "ALTERED"),
    "summed-missing": (lying(lies={"sums": sum_line(b"[root]/x", "0" * 64)}), "ALTERED"),
    "twice-in-segment": (put(0, Object(b"/etc/hostname", data=b"twice\n")), "ALTERED"),
    "twice-in-run": (put(1, Object(b"/etc/hostname", data=b"twice\n")), "ALTERED"),
    "wrong-hash": (line(b"/var/log/wtmp", sha256="0" * 64), "ALTERED"),
    "wrong-type": (line(b"/var/log/wtmp", type="fifo"), "ALTERED"),
    "wrong-stored": (line(b"/var/log/wtmp", stored=1), "ALTERED"),
    "wrong-link": (line(b"/etc/localtime", link="elsewhere"), "ALTERED"),
    "hole-in-seq": (line(b"/var/log/wtmp", seq=40), "ALTERED"),
    "top-level": (put(1, Object(b"elsewhere/file", data=b"x")), "ALTERED"),
    "in-custody": (put(1, Object(b"CUSTODY/extra.txt", data=b"x")), "ALTERED"),
    "texts-early": (lying(lies={"texts-early": True}), "ALTERED"),
    "link-to-nothing": (put(0, Object(b"/x", LINK, hardlink_of=Object(b"/etc/passwd"))),
                        "ALTERED"),
    "dot-dot": (put(0, Object(b"/a/../b", data=b"x")), "ALTERED"),
    "link-to-later": (put(0, Object(b"/early", LINK, hardlink_of=Object(b"/d/later"))),
                      "ALTERED"),
    "long-line": (long_line(10 << 20), "ALTERED"),
    "depth-bomb": (depth_bomb(1 << 20), "ALTERED"),
    "not-json": (lying(lambda s: s[0].append(Object(b"/x", no_member=True, raw_line=b"{\n"))),
                 "ALTERED"),
    "wrong-objects": (seal_lie(1, objects=99), "ALTERED"),
    "wrong-members": (seal_lie(1, members=99), "ALTERED"),
    "wrong-gaps": (seal_lie(1, gaps=99), "ALTERED"),
    "wrong-stream-bytes": (seal_lie(1, stream_bytes=512), "ALTERED"),
    "wrong-stream-hash": (seal_lie(1, stream_sha256="0" * 64), "ALTERED"),
    "wrong-manifest-hash": (seal_lie(1, manifest_sha256="0" * 64), "ALTERED"),
    "wrong-previous": (seal_lie(1, prev_seal_sha256="0" * 64), "ALTERED"),
    "wrong-session": (seal_lie(1, session="0" * 32), "ALTERED"),
    "wrong-seq": (seal_lie(1, seq=7), "ALTERED"),
    "wrong-next-key": (seal_lie(1, next_key="0" * 64), "ALTERED"),
    "early-final": (seal_lie(1, final="yes", next_key="none", status="complete"), "ALTERED"),
    "plan-not-done": (lambda: whole([[Object(b"/etc/hostname", data=b"web01\n",
                                            category="config")]], lies={"plan-not-done": True}),
                      "ALTERED"),
    "wrong-fingerprint": (lying(lies={"seal-key-sha256": "0" * 64}), "ALTERED"),
    "window-bomb": (window_bomb, "ALTERED"),
    "pax-bomb": (pax_bomb(0o77777777777), "ALTERED"),
    "pax-bomb-small": (pax_bomb(1 << 20), "TRUNCATED"),
}


def compress(parts, how):
    """Frames end after each seal and at the end."""
    frames, frame = [], b""
    for name, tar in parts:
        frame += tar
        if name.endswith(b".sig"):
            frames.append(frame)
            frame = b""
    frames.append(frame)
    if how == "none":
        return b"".join(frames)
    if how == "gzip":
        return b"".join(gzip.compress(f, 6, mtime=0) for f in frames if f)
    return b"".join(subprocess.run(["zstd", "-q", "-3", "-c"], input=f, check=True,
                                   stdout=subprocess.PIPE).stdout for f in frames if f)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--forge", default="whole", choices=sorted(FORGERIES), metavar="NAME")
    p.add_argument("--compress", default="none", choices=["none", "gzip", "zstd"])
    p.add_argument("--run", default=None, help="another word gives another session and keys")
    p.add_argument("--list", action="store_true", help="names and expected verdicts")
    p.add_argument("out", nargs="?")
    args = p.parse_args()
    if args.list:
        for name, (_, verdict) in FORGERIES.items():
            print(name, verdict)
        return
    if args.out is None:
        p.error("OUT is missing")
    a = FORGERIES[args.forge][0]() if args.run is None else whole(run=args.run)
    data = compress(a.parts, args.compress)
    with open(args.out, "wb") as f:
        f.write(data)
    print("fingerprint", a.fingerprint)
    if a.root is not None:
        print("root", a.root)


if __name__ == "__main__":
    sys.exit(main())
