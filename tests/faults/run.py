#!/usr/bin/env python3
"""Lets the n-th system call of a class fail, for every n, and judges how the run ends.
The class alloc is the n-th allocation, of programs made for that (tests/faults/starve.c).

    run.py [--stride N] [--most N] [--only CLASS[:ERRNO]] tree|live|read

tree: a directory with a known content is collected; live: processes and the kernel, in
namespaces of its own; read: exhibit verifies, lists and extracts a known archive.
A fault comes once, or from the n-th call on for ever. Each run has to end in bounded time,
by itself, with an exit code that is documented, without a crash, without processes left or
descriptors lost. What it wrote verifies; nothing in it is wrong; what is missing has a gap
with its errno, or the run says that it is incomplete. --stride N tries every N-th n,
--most N no more than N of each class, spread over the whole run.
EXHIBIT_COLLECT, EXHIBIT and LAUNCH name the programs; with SANITIZED set they are of that
build, and only the class alloc can be tried, without LAUNCH. Runs in an empty folder of its own.
"""
import argparse
import errno
import hashlib
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile

COLLECT = os.environ["EXHIBIT_COLLECT"]
EXHIBIT = os.environ["EXHIBIT"]
FAULTY = os.path.join(os.environ.get("LAUNCH", ""), "faulty")
SANITIZED = "SANITIZED" in os.environ
LOST = 99               # exit code that the sanitizers are told to end with
SECONDS = 30
SPARE_FDS = 6           # more descriptors than in a whole run are a leak
FOR_EVER = 1 << 40
CASES = [
    ("open", "EMFILE"), ("open", "EIO"), ("open", "EACCES"), ("read", "EIO"), ("write", "ENOSPC"),
    ("write", "EIO"), ("memory", "ENOMEM"), ("fork", "EAGAIN"), ("stat", "EIO"), ("list", "EIO"),
    ("xattr", "EIO"), ("socket", "ENOMEM"), ("descriptor", "EMFILE"), ("self", "EPERM"),
    ("self", "ENOMEM"), ("alloc", "ENOMEM"),
]
CHANGING = {"seq", "mnt", "opened", "closed", "boot", "noatime", "atime"}
COMPLETE, TRUNCATED, ALTERED, NOTHING = 0, 1, 3, 4


class Wrong(Exception):
    """A run that did not end as it must."""


def make_tree(root):
    """Files whose bytes are known; the map of their paths to bytes, None for others."""
    files = {
        b"etc/passwd": b"root:x:0:0::/root:/bin/sh\n",
        b"var/log/syslog": b"".join(b"line %d\n" % i for i in range(40000)),
        b"var/log/empty": b"",
        b"var/log/deep/er/est/file": b"deep\n",
        b"tmp/new\nline": b"newline",
        b"tmp/latin\xff\xfe": b"latin",
        b"tmp/big": bytes(range(256)) * 1200,
        b"home/a/.bash_history": b"wget http://192.0.2.7/x\n",
    }
    for i in range(6):
        files[b"tmp/many/f%d" % i] = b"content %d\n" % i
    known = {}
    for name, data in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(data)
        os.utime(path, ns=(10 ** 18, 10 ** 18 + 123456789))
        known[b"/" + name] = data
    sparse = os.path.join(root, b"tmp/sparse")
    with open(sparse, "wb") as out:
        out.truncate(1 << 20)
        out.seek(1 << 19)
        out.write(b"in the middle")
    known[b"/tmp/sparse"] = open(sparse, "rb").read()
    os.link(os.path.join(root, b"tmp/big"), os.path.join(root, b"tmp/hard"))
    known[b"/tmp/hard"] = known[b"/tmp/big"]
    os.symlink(b"/etc/passwd", os.path.join(root, b"tmp/link"))
    os.mkfifo(os.path.join(root, b"tmp/fifo"))
    try:
        os.setxattr(os.path.join(root, b"etc/passwd"), "user.note", b"kept")
    except OSError:
        pass
    for folder, folders, names in os.walk(root):
        for name in folders + names:
            known.setdefault(os.path.join(folder, name)[len(root):], None)
    known[b"/"] = None
    return known


def unescape(o, key):
    return __import__("base64").b64decode(o[key + "_b64"]) if key + "_b64" in o else o[key].encode()


def run(command):
    return subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)


def read_report(path):
    fields = dict(f.split("=", 1) for f in open(path).read().replace("role= ", "role=- ").split())
    return {k: v if k == "role" else int(v) for k, v in fields.items()}


def untraced(command):
    """A program made with SANITIZE=1 looks for leaks by tracing itself, which one alone can."""
    done = run(command)
    if done.returncode == LOST or b"Sanitizer" in done.stderr:
        raise Wrong(done.stderr.decode(errors="replace"))
    code = done.returncode
    return {"exit": max(code, -1), "signal": max(-code, 0), "crashed": 0, "left": 0,
            "timeout": 0}, done


def starved(first, last, command):
    """The same for allocations.  The tracer lets nothing fail, it looks at the end."""
    with open("starve", "wb") as out:
        out.write(struct.pack("=4Q", first, last, 0, 0))
    os.environ["STARVE"] = os.path.abspath("starve")
    command = [command[0] + ".starved", *command[1:]]
    seen, done = untraced(command) if SANITIZED else faulty(("fork", "EAGAIN"), 0, 0, command)
    seen["calls"], seen["caller"] = struct.unpack("=16x2Q", open("starve", "rb").read())
    seen["fds"] = 0
    return seen, done


def faulty(case, first, last, command):
    """Runs it; what the tracer saw and what the program said."""
    name, word = case
    if name == "alloc":
        return starved(first, last, command)
    done = run([FAULTY, name, str(getattr(errno, word)), str(first), str(last), str(SECONDS),
                "report", *command])
    if done.returncode == 77:
        print("system calls cannot be made to fail here", file=sys.stderr)
        sys.exit(77)
    if done.returncode != 0:
        raise Wrong(f"the tracer: {done.stderr!r}")
    return read_report("report"), done


def function_at(at, program):
    """The function of a program, with its symbols, at an address."""
    last = "?"
    for line in run(["nm", "-n", program]).stdout.decode().splitlines():
        where, _, name = line.rpartition(" ")
        if int(where.split(" ")[0] or "0", 16) <= at:
            last = name
    return last


def check_end(seen, fds, program):
    """No way of ending that is never right."""
    program += ".starved" if "caller" in seen else ".debug"
    for key in "left", "timeout":
        if seen[key] != 0:
            raise Wrong(f"{key} {seen[key]}")
    if seen["crashed"]:
        raise Wrong(f"signal {seen['crashed']} in {function_at(seen['at'], program)}")
    if seen["signal"] != 0:
        raise Wrong(f"ended by signal {seen['signal']}")
    if fds and seen["fds"] > fds + SPARE_FDS:
        raise Wrong(f"{seen['fds']} descriptors, {fds} in a whole run")


class Collection:
    """Runs of exhibit-collect over one selection."""

    def __init__(self, selection, known):
        self.command = [COLLECT, "--quiet", "--item-deadline", "5", *selection, "-o", "x.tar.zst"]
        self.known = known
        self.whole = {}
        self.mute = False       # the fault may be in saying it

    def lines(self):
        out = run([EXHIBIT, "list", "--json", "x.tar.zst"]).stdout
        return [json.loads(line) for line in out.decode().splitlines()]

    def judge(self, seen, done):
        there = os.path.exists("x.tar.zst")
        code = seen["exit"]
        said = done.stderr.decode(errors="replace")
        if code not in (0, 1, 2, 3):
            raise Wrong(f"exit code {code}")
        if code == 2 and there:
            raise Wrong("exit code 2 promises that nothing was done")
        if code < 2 and not there:
            raise Wrong(f"exit code {code} and no archive")
        if code != 0 and "exhibit-collect: " not in said and not self.mute:
            raise Wrong(f"exit code {code}, and it does not say why: {said!r}")
        if there:
            self.judge_archive(code)

    def judge_archive(self, code):
        verdict = run([EXHIBIT, "verify", "--quiet", "x.tar.zst"]).returncode
        allowed = {0: (COMPLETE,), 1: (COMPLETE,), 3: (COMPLETE, TRUNCATED, NOTHING)}[code]
        if verdict not in allowed:
            raise Wrong(f"exit code {code} and verdict {verdict}")
        lines = [] if verdict == NOTHING else self.lines()
        for o in lines:
            self.judge_line(o)
        if code == 0 and self.known:
            self.judge_coverage(lines)

    def judge_line(self, o):
        path = unescape(o, "path")
        if o["gap"] in ("open-failed", "io-error", "metadata-failed", "internal-error") and \
                "errno" not in o:
            raise Wrong(f"no errno: {o}")
        if not self.known:
            return
        if path not in self.known:
            raise Wrong(f"no such object: {o}")
        data = self.known[path]
        if "sha256" in o and hashlib.sha256(data[:o.get("read", 0)] if "extents" not in o else data) \
                .hexdigest() != o["sha256"] and o["gap"] == "none":
            raise Wrong(f"wrong digest: {o}")
        if "sha256" in o and "extents" not in o and \
                hashlib.sha256(data[:o["read"]]).hexdigest() != o["sha256"]:
            raise Wrong(f"wrong digest of a part: {o}")
        if o["gap"] == "none" and o["type"] == "file" and o["depth"] == "content" and \
                o.get("read", o["size"]) != len(data) and "extents" not in o and \
                "hardlink_of" not in o:
            raise Wrong(f"not whole: {o}")
        self.compare(path, o)

    def compare(self, path, o):
        whole = self.whole.get(path)
        if whole is None or o["gap"] != "none":
            return
        for key in whole:
            if key in CHANGING or key in ("hardlink_of", "member", "read", "stored", "sha256"):
                continue
            if key == "xattr" and "xattr_errno" in o:
                continue
            if key == "changed" and o.get(key) == "unknown" and "after_errname" in o:
                continue
            if key in o and o[key] != whole[key]:
                raise Wrong(f"{key} is {o[key]}, was {whole[key]}: {o}")
            if key not in o and key not in LOSSES:
                raise Wrong(f"{key} is missing: {o}")

    def judge_coverage(self, lines):
        gaps = {unescape(o, "path") for o in lines if o["gap"] != "none"}
        told = {unescape(o, "path") for o in lines}
        for path in self.known:
            above = path
            while path not in told and above not in gaps and above != b"/":
                above = os.path.dirname(above)
            if path not in told and above not in gaps:
                raise Wrong(f"exit code 0, and {path!r} is missing without a word")

    def learn(self):
        self.whole = {unescape(o, "path"): o for o in self.lines()}

    def clean(self):
        if os.path.exists("x.tar.zst"):
            os.unlink("x.tar.zst")


class Reading:
    """Runs of exhibit over a known archive: what it gives out is right, or it says that it
    could not be read."""

    def __init__(self, verb, known):
        run([COLLECT, "--quiet", "--root", "tree", "--profile", "logs", "--include", "/**",
             "--compress", "none", "-o", "known.tar"])
        self.command = {
            "verify": [EXHIBIT, "verify", "known.tar"],
            "list": [EXHIBIT, "list", "--json", "known.tar"],
            "extract": [EXHIBIT, "extract", "known.tar", "-C", "out"],
        }[verb]
        self.verb = verb
        self.known = known
        self.said = None
        self.mute = False

    def clean(self):
        subprocess.run(["rm", "-rf", "out"], check=True)
        os.mkdir("out")

    def learn(self):
        pass

    def judge(self, seen, done):
        code = seen["exit"]
        if self.said is None:
            self.said = done.stdout
        if code not in (0, 1, 3, 4):
            raise Wrong(f"exit code {code}")
        if code == ALTERED and self.verb != "extract":
            raise Wrong("a trouble of reading is called ALTERED")
        if code != 0 and not done.stderr and not done.stdout and not self.mute:
            raise Wrong(f"exit code {code}, and it does not say why")
        if code == 0 and self.verb != "extract" and done.stdout != self.said and not self.mute:
            raise Wrong("exit code 0, and it says something else than in a whole run")
        if self.verb == "extract":
            self.judge_files(code)

    def judge_files(self, code):
        for path, data in self.known.items():
            name = os.path.join(b"out/[root]", path[1:])
            if data is None or b"\n" in path or b"\xff" in path:
                continue
            if code == 0 and os.path.isfile(name + b".hardlink"):
                continue        # said in a note
            if code == 0 and not os.path.isfile(name):
                raise Wrong(f"exit code 0, and {path!r} was not extracted")
            if code == 0 and open(name, "rb").read() != data:
                raise Wrong(f"exit code 0, and {path!r} has another content")


# What is not known of an object when the question failed; each has a consequence elsewhere.
LOSSES = {"mnt", "fstype", "btime", "attr", "attr_known"}


def sweep(subject, case, args, failures):
    """Counts the calls, then lets each fail, once and for ever."""
    subject.clean()
    subject.whole = {}
    subject.mute = case[0] in ("write", "stat")
    seen, done = faulty(case, 0, 0, subject.command)
    try:
        subject.judge(seen, done)
    except Wrong as why:
        failures.append(f"{case[0]}:{case[1]}, without a fault: {why}")
        print("FAILED", failures[-1], flush=True)
    subject.learn()
    fds, n, tried = seen["fds"], seen["calls"], 0
    for first in range(1, n + 1, max(args.stride, -(-n // args.most))):
        for last in (first, FOR_EVER):
            subject.clean()
            seen, done = None, None
            try:
                seen, done = faulty(case, first, last, subject.command)
                check_end(seen, fds, subject.command[0])
                subject.judge(seen, done)
            except (Wrong, subprocess.TimeoutExpired) as why:
                how = "for ever" if last == FOR_EVER else "once"
                where = ""
                if seen and seen.get("caller"):
                    where = " in " + function_at(seen["caller"], subject.command[0] + ".starved")
                failures.append(f"{case[0]}:{case[1]} {first} {how}{where}: {why}")
                print("FAILED", failures[-1], seen or "", flush=True)
                if done is not None and os.environ.get("VERBOSE"):
                    print(done.stderr.decode(errors="replace"))
            tried += 1
    name = " ".join([getattr(subject, "verb", ""), ":".join(case)]).strip()
    print(f"{name}: {n} calls, {tried} runs", flush=True)
    return tried


def subjects(word, known):
    if word == "tree":
        return [Collection(["--root", "tree", "--profile", "logs", "--include", "/**"], known)]
    if word == "live":
        nothing = [a for top in sorted(os.listdir("/")) for a in ("--exclude", f"/{top}/**")]
        return [Collection(nothing, None)]
    return [Reading(verb, known) for verb in ("verify", "list", "extract")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--most", type=int, default=FOR_EVER)
    parser.add_argument("--only")
    parser.add_argument("subject", choices=["tree", "live", "read"])
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    failures, tried = [], 0
    with tempfile.TemporaryDirectory(dir=".") as folder:
        os.chdir(folder)
        known = make_tree(b"tree")
        for subject in subjects(args.subject, known):
            for case in CASES:
                if args.only and args.only not in (case[0], ":".join(case)):
                    continue
                tried += sweep(subject, case, args, failures)
        os.chdir("..")
    print(f"{tried} runs, {len(failures)} of them wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
