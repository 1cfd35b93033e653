"""A FUSE file system with one file, that stops answering; for tests/hostile/held-fuse.sh.

    fuse_server.py MOUNTPOINT

Mounts itself, writes "mounted", and answers until the file "hang" is there; then it never
answers again, and keeps the file system mounted.  linux/fuse.h, protocol 7.
"""
import ctypes
import errno
import os
import select
import stat
import struct
import sys
import time

LOOKUP, FORGET, GETATTR, UNLINK, OPEN, READ, RELEASE, INIT, BATCH_FORGET = \
    1, 2, 3, 10, 14, 15, 18, 26, 42
CONTENT = b"what only the server has\n"
linked = True


def attributes(node):
    directory = node == 1
    mode = stat.S_IFDIR | 0o755 if directory else stat.S_IFREG | 0o644
    links = 2 if directory else int(linked)
    return struct.pack("<QQQQQQIIIIIIIIII", node, len(CONTENT), 1, 0, 0, 0, 0, 0, 0, mode, links,
                       0, 0, 0, 4096, 0)


def answer(opcode, node, body):
    global linked
    if opcode == INIT:
        major, minor = struct.unpack_from("<II", body)
        return struct.pack("<IIIIHHIIHHI28x", 7, min(minor, 31), 0, 0, 1, 1, 4096, 1, 1, 0, 0)
    if opcode == LOOKUP and body == b"file\0" and linked:
        return struct.pack("<QQQQII", 2, 0, 0, 0, 0, 0) + attributes(2)
    if opcode == LOOKUP:
        return -errno.ENOENT
    if opcode == GETATTR:
        return struct.pack("<QII", 0, 0, 0) + attributes(node)
    if opcode == OPEN:
        return struct.pack("<QII", 1, 0, 0)
    if opcode == READ:
        return CONTENT
    if opcode == UNLINK:
        linked = False
        return b""
    # a flush that is unknown is never asked for again: else every close would hang
    return b"" if opcode == RELEASE else -errno.ENOSYS


def mount(fd, where):
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other"
    if libc.mount(b"held", where.encode(), b"fuse", 0, options.encode()) != 0:
        print(os.strerror(ctypes.get_errno()), file=sys.stderr)
        sys.exit(77)


def serve(fd):
    request = os.read(fd, 1 << 17)
    length, opcode, unique, node = struct.unpack_from("<IIQQ", request)
    if opcode in (FORGET, BATCH_FORGET):
        return
    result = answer(opcode, node, request[40:length])
    error, data = (result, b"") if isinstance(result, int) else (0, result)
    os.write(fd, struct.pack("<IiQ", 16 + len(data), error, unique) + data)


device = os.open("/dev/fuse", os.O_RDWR)
mount(device, sys.argv[1])
open("mounted", "w").close()
while not os.path.exists("hang"):
    if select.select([device], [], [], 0.05)[0]:
        serve(device)
while True:
    time.sleep(60)
