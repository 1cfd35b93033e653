#!/usr/bin/env python3
"""A FUSE file system of which every directory is a hazard of its own.

    hazard_fs.py MOUNTPOINT [DELAY]

Mounts itself, then writes "ready.MOUNTPOINT" (its last component) into the current folder and
serves until it is killed, which ends the file system: whoever waits in it gets an error.
DELAY seconds pass before each answer, if given.  linux/fuse.h, protocol 7.

Below the mount point, in every directory, the files "0" and "z" with their own path as content;
and "x", which never answers the call that the directory is named after:
    lookup  getattr  open  read  readlink  listxattr  getxattr
    opendir  readdir    of the directory "x"
and beside those
    late/0 ... late/9   each is read a third of a second late, again and again
    stall/0 ... stall/9 the first two of them that are read, whichever, never answer; then
                        the others do
    never/0 ... never/9 none of them can be read, they never answer
    forever/names       a directory with names without end
    forever/deep        a directory in itself
    forever/zero        a file that says 4096 bytes and gives zeros without end
    lies/short          says 1 MiB, has 10 bytes
    lies/long           says 10 bytes, has 1 MiB
    lies/blocks         says 1 MiB and no block, and has all of it
    lies/vast           says 2^50 bytes, has 10
    lies/largest        says 2^63-1 bytes, has 10
    lies/negative       says 2^64-1 bytes, has 10
    lies/kind           a file when it is looked for, a directory when it is asked
    errors/eio, errors/late     fail to be read: at once, and in their middle
    errors/list         a directory that lists one name and fails
    disk/image          the file "disk" of the current folder, which is read no more once there
                        is a file "disk.stop"
    out                 what is written there is forgotten; fails as the file "out.errno" says
                        (ERRNO BYTES: behind so many bytes; sync: when it is to be kept)
"""
import ctypes
import errno
import os
import stat
import struct
import sys
import time

LOOKUP, FORGET, GETATTR, READLINK, OPEN, READ, WRITE, STATFS, RELEASE, FSYNC = \
    1, 2, 3, 5, 14, 15, 16, 17, 18, 20
GETXATTR, LISTXATTR, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR, CREATE, BATCH_FORGET = \
    22, 23, 25, 26, 27, 28, 29, 35, 42
CALLS = {"lookup": LOOKUP, "getattr": GETATTR, "open": OPEN, "read": READ, "readlink": READLINK,
         "listxattr": LISTXATTR, "getxattr": GETXATTR, "opendir": OPENDIR, "readdir": READDIR}
LAID_UP = {"stall": 2, "never": 10}     # how many of their files never answer
MIB = 1 << 20
DIRECT_IO = 1
nodes = [None, ""]              # paths by number; the root is 1
numbers = {"": 1}
written = 0
asked = {"stall": set(), "never": set()}


def number_of(path):
    if path not in numbers:
        numbers[path] = len(nodes)
        nodes.append(path)
    return numbers[path]


def fault():
    """What the test asked for: (errno, bytes written before)."""
    try:
        with open("out.errno", encoding="ascii") as f:
            name, after = f.read().split()
    except OSError:
        return 0, -1
    return getattr(errno, name), -1 if after == "sync" else int(after)


def is_dir(path):
    top, _, name = path.partition("/")
    if top == "forever" and name.startswith("deep"):
        return True
    return name == "" or path in ("forever/names", "errors/list", "lies/kind") or \
        (name == "x" and top in ("opendir", "readdir"))


def exists(path):
    top, _, name = path.partition("/")
    if name == "":
        return path in CALLS or path in ("", "forever", "lies", "errors", "out", "disk",
                                         "late", *LAID_UP)
    if path == "disk/image":
        return os.path.exists("disk")
    if top == "forever":
        return name in ("0", "z", "zero", "deep", "names") or set(name.split("/")) == {"deep"} or \
            name.startswith("names/")
    if top == "lies":
        return name in ("0", "z", "short", "long", "blocks", "vast", "largest", "negative", "kind")
    if top == "errors":
        return name in ("0", "z", "eio", "late", "list", "list/one")
    if top == "late" or top in LAID_UP:
        return name in TEN
    return top in CALLS and name in ("0", "x", "z")


def size_of(path):
    sizes = {"forever/zero": 4096, "lies/short": MIB, "lies/long": 10, "lies/blocks": MIB,
             "lies/vast": 1 << 50,
             "lies/largest": (1 << 63) - 1, "lies/negative": (1 << 64) - 1, "errors/late": MIB}
    if path == "disk/image":
        return os.path.getsize("disk")
    return sizes.get(path, len(path) + 1)


def mode_of(path, asked):
    if path.endswith("readlink/x"):
        return stat.S_IFLNK | 0o777
    if path == "lies/kind" and not asked:
        return stat.S_IFREG | 0o644
    return stat.S_IFDIR | 0o755 if is_dir(path) else stat.S_IFREG | 0o644


def attributes(path, asked=False):
    size = size_of(path)
    blocks = size // 512 if path == "disk/image" else 0 if path == "lies/blocks" else min(size, MIB) // 512 + 1
    return struct.pack("<QQQQQQIIIIIIIIII", number_of(path), size, blocks, 1, 1, 1, 0, 0, 0,
                       mode_of(path, asked), 1, 0, 0, 0, 4096, 0)


def content(path, offset, n):
    if path == "disk/image":
        with open("disk", "rb") as disk:
            disk.seek(offset)
            return disk.read(n)
    if path == "forever/zero":
        return bytes(n)
    if path == "errors/eio" or (path == "errors/late" and offset >= MIB // 2):
        return -errno.EIO
    if path in ("lies/long", "lies/blocks", "errors/late"):
        return (b"0123456789abcdef" * (MIB // 16))[offset:offset + n]
    lies = path in ("lies/short", "lies/vast", "lies/largest", "lies/negative")
    return (b"ten bytes\n" if lies else (path + "\n").encode())[offset:offset + n]


def entry(name, position, kind):
    raw = name.encode()
    record = struct.pack("<QQII", 1, position, len(raw), kind) + raw
    return record + bytes(-len(record) % 8)


TEN = [str(n) for n in range(10)]
NAMES = {
    "late": TEN, "stall": TEN, "never": TEN,
    "": list(CALLS) + ["forever", "lies", "errors", "out"], "out": [], "errors/list": ["one"],
    "forever": ["0", "deep", "names", "zero", "z"], "errors": ["0", "eio", "late", "list", "z"],
    "lies": ["0", "short", "long", "blocks", "vast", "largest", "negative", "kind", "z"],
}


def name_at(path, offset):
    """Name number OFFSET of a directory and its type, None behind the last."""
    if path == "forever/names":
        return f"{offset:015d}", stat.S_IFREG >> 12
    these = ["deep"] if path.startswith("forever/deep") else NAMES.get(path, ["0", "x", "z"])
    if path.endswith("/x") or offset >= len(these):
        return None
    below = f"{path}/{these[offset]}".lstrip("/")
    return these[offset], stat.S_IFMT(mode_of(below, False)) >> 12


def listing(path, offset, n):
    out = b""
    if path == "errors/list" and offset > 0:
        return -errno.EIO
    while (one := name_at(path, offset)) is not None:
        record = entry(one[0], offset + 1, one[1])
        if len(out) + len(record) > n:
            break
        out += record
        offset += 1
    return out


def look_up(path, name):
    below = f"{path}/{name}".lstrip("/")
    if not exists(below) and not (path == "out" and below in numbers):
        return -errno.ENOENT
    return struct.pack("<QQQQII", number_of(below), 0, 0, 0, 0, 0) + attributes(below)


def write_out(n):
    global written
    error, after = fault()
    if 0 <= after < written + n:
        return -error
    written += n
    return struct.pack("<II", n, 0)


def kept():
    error, after = fault()
    return -error if error and after < 0 else b""


def create(path, body):
    name = body[16:].rstrip(b"\0").decode("latin-1")
    number_of(f"{path}/{name}")
    return look_up(path, name) + struct.pack("<QII", 1, DIRECT_IO, 0)


def list_attributes(path, body):
    names = b"user.one\0" if path.startswith("getxattr/") else b""
    return names if struct.unpack_from("<I", body)[0] else struct.pack("<II", len(names), 0)


def start(body):
    major, minor = struct.unpack_from("<II", body)
    assert major == 7
    return struct.pack("<IIIIHHIIHHI28x", 7, min(minor, 31), 0, 0, 12, 9, 131072, 1, 1, 0, 0)


def sized(function):
    def call(path, body):
        _, offset, n = struct.unpack_from("<QQI", body)
        return function(path, offset, n)
    return call


def opened(path, body):
    past_cache = struct.unpack_from("<I", body)[0] & os.O_NONBLOCK and path == "read/x"
    direct = DIRECT_IO if past_cache or path.startswith(("forever/zero", "lies/")) else 0
    return struct.pack("<QII", 1, direct, 0)


def nothing(_path, _body):
    return b""


ANSWERS = {
    INIT: lambda _, body: start(body),
    LOOKUP: lambda path, body: look_up(path, body.rstrip(b"\0").decode("latin-1")),
    GETATTR: lambda path, _: struct.pack("<QII", 0, 0, 0) + attributes(path, True),
    READLINK: lambda *_: b"target",
    OPEN: opened, OPENDIR: opened, CREATE: create,
    READ: sized(content), READDIR: sized(listing), WRITE: sized(lambda _, __, n: write_out(n)),
    FSYNC: lambda *_: kept(), FLUSH: lambda *_: kept(),
    STATFS: lambda *_: struct.pack("<QQQQQIIII24x", *[1 << 20] * 5, 4096, 255, 4096, 0),
    LISTXATTR: list_attributes, GETXATTR: lambda *_: -errno.ENODATA,
    RELEASE: nothing, RELEASEDIR: nothing,
}


def is_hung(opcode, path, body):
    top, _, name = path.partition("/")
    if path == "lookup" and opcode == LOOKUP:
        return body == b"x\0"
    if path == "disk/image" and opcode == READ:
        return os.path.exists("disk.stop")
    if top in LAID_UP and opcode == READ:
        if len(asked[top]) < LAID_UP[top]:
            asked[top].add(name)
        return name in asked[top]
    return name == "x" and CALLS.get(top) == opcode


def serve(fd, delay):
    request = os.read(fd, 1 << 18)
    length, opcode, unique, node = struct.unpack_from("<IIQQ", request)
    body = request[40:length]
    path = nodes[node] if 0 < node < len(nodes) else ""
    if opcode in (FORGET, BATCH_FORGET) or is_hung(opcode, path, body):
        return
    late = opcode == READ and path.startswith("late/")
    time.sleep(0.33 if late else delay if opcode != INIT else 0)
    result = ANSWERS.get(opcode, lambda *_: -errno.ENOSYS)(path, body)
    error, data = (result, b"") if isinstance(result, int) else (0, result)
    os.write(fd, struct.pack("<IiQ", 16 + len(data), error, unique) + data)


def main():
    where, delay = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other"
    if libc.mount(b"hazards", where.encode(), b"fuse", 0, options.encode()) != 0:
        print(os.strerror(ctypes.get_errno()), file=sys.stderr)
        sys.exit(77)
    with open("ready." + os.path.basename(where), "w", encoding="ascii"):
        pass
    while True:
        serve(fd, delay)


main()
