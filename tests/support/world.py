#!/usr/bin/env python3
"""A small host with containers, and the collector in it.

    world.py FOLDER OUT KIND COMMAND...

In namespaces of its own FOLDER becomes the root directory of a "host" with some files, a
procfs, the folder OUT as /out and the program COMMAND[0] as /collect, which is run with
the rest of COMMAND. In the host there are, each a waiting process:
    box     a container: mount, uts, net and ipc namespaces, pivot_root into a tmpfs;
            with a FUSE file system that never answers, where there is FUSE
    overlay a container on an overlay of two folders, as most are, where there is overlayfs
    rootless  a container of its own user namespace, as a user would make one
    jail    a chroot into /jail, nothing else
    view    the host's root directory, in a mount namespace with a tmpfs on /tmp
    service the same with a folder of the host on /tmp, as services have it
KIND is "plain", or "weak": the collector has no CAP_SYS_ADMIN.
Writes into OUT: pids (NAME PID MNT-INODE), exit, atimes (those that changed), mounts
(names of processes whose mount table changed).
Everything ends with the first process; nothing stays mounted.
"""
import codecs
import ctypes
import os
import shutil
import signal
import subprocess
import sys

for encoding in ("latin-1", "ascii", "utf-8"):     # later there are no files to load them from
    codecs.lookup(encoding)
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.mount.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_ulong, ctypes.c_char_p]
NEWNS, NEWUTS, NEWIPC, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x20000000, 0x40000000
NEWUSER = 0x10000000
MS_BIND, MS_REC, MS_PRIVATE, MS_SHARED, MS_STRICTATIME = 4096, 16384, 1 << 18, 1 << 20, 1 << 24
MNT_DETACH = 2
CAP_SYS_ADMIN = 21
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(os.uname().machine)
LONG_AGO = 1577934245
FUSE = os.open("/dev/fuse", os.O_RDWR) if os.path.exists("/dev/fuse") else -1

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"
HOST = {
    "etc/passwd": "root:x:0:0::/root:/bin/sh\n",
    "etc/shadow": "root:SECRET-OF-THE-HOST:1::::::\n",
    "root/.bash_history": "SECRET-OF-THE-HOST\n",
    "var/log/wtmp": "of the host\n",
    "var/log/shared/log": "of the host, seen by both\n",
    "tmp/host": "of the host\n",
    "var/private/x": "of a service\n",
}
BOX = {
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nodd:x:1000:1000::/srv/odd:/bin/sh\n",
    "etc/shadow": "root:inside:1::::::\n",
    "etc/ld.so.preload": "/tmp/evil.so\n",
    "etc/cron.d/job": "* * * * * root /tmp/evil\n",
    "var/log/wtmp": "\0" * 384 + "w" * 384,
    "var/log/auth.log": "sshd: inside\n",
    "var/log/own/log": "inside\n",
    "root/.bash_history": "curl inside | sh\n",
    "root/.ssh/authorized_keys": "ssh-ed25519 AAAA inside\n",
    "root/.ssh/id_ed25519": KEY,
    "srv/odd/.bash_history": "odd home inside\n",
    "data/spool/cron/crontabs/root": "@reboot /tmp/evil\n",
    "run/state": "run inside\n",
    "dev/shm/tool": "shm inside\n",
    "var/tmp/kept": "var tmp inside\n",
    "tmp/evil": "\x7fELF inside\n",
    "usr/bin/program": "came with the image\n",
}
LINKS = {
    "var/log/x": "/etc/shadow",
    "var/log/dir": "/etc",
    "var/log/up": "../../../../../../../../etc",
    "tmp/all": "/",
    "tmp/out": "../../../../root",
    "var/spool": "/data/spool",
    "home/eve": "/root",
    "proc": "/etc",             # where somebody might mount something for himself
}
JAIL = {"etc/passwd": "jailed:x:9:9::/nowhere:/bin/false\n", "tmp/jailed": "in the jail\n"}


def check(result, what):
    if result != 0:
        print(f"{what}: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
        os._exit(77)


def write(root, files, links=()):
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="latin-1") as out:
            out.write(text)
    for name in links:
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(links[name], path)


def mount_tmpfs(where):
    os.makedirs(where, exist_ok=True)
    check(LIBC.mount(b"tmpfs", where.encode(), b"tmpfs", MS_STRICTATIME, b"size=64m"), "mount tmpfs")


def bind(what, where):
    os.makedirs(where, exist_ok=True)
    check(LIBC.mount(what.encode(), where.encode(), None, MS_BIND, None), "mount bind")


def mount_fuse(where):
    if FUSE < 0:
        return
    options = f"fd={FUSE},rootmode=40000,user_id=0,group_id=0".encode()
    check(LIBC.mount(b"nobody", where.encode(), b"fuse", 0, options), "mount fuse")


def pivot(root):
    os.chdir(root)
    check(LIBC.syscall(SYS_PIVOT_ROOT, b".", b"."), "pivot_root")
    check(LIBC.umount2(b".", MNT_DETACH), "umount")
    os.chdir("/")


def unshare(flags):
    check(LIBC.unshare(flags), "unshare")
    if flags & NEWNS:
        check(LIBC.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "mount private")


def age(root):
    """Names of all objects, which get an access time that cannot be one of today's."""
    names = ["."]
    for folder, folders, files in os.walk(root):
        names += [os.path.relpath(os.path.join(folder, n), root) for n in folders + files]
    for name in reversed(names):
        os.utime(os.path.join(root, name), (LONG_AGO, LONG_AGO), follow_symlinks=False)
    return names


def process(prepare):
    """A child that has done this, and waits; its pid."""
    ready, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        LIBC.prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
        prepare()
        os.write(told, b"y")
        signal.pause()
    os.close(told)
    if os.read(ready, 1) != b"y":
        os._exit(77)
    return pid


def box():
    unshare(NEWNS | NEWUTS | NEWIPC | NEWNET)
    mount_tmpfs("/box")
    write("/box", BOX, LINKS)
    os.mkfifo("/box/var/log/fifo")
    os.link("/box/tmp/evil", "/box/var/tmp/hard")
    os.mkdir("/box/var/log/dead")
    mount_tmpfs("/box/var/log/own")
    write("/box", {"var/log/own/log": BOX["var/log/own/log"]})
    bind("/var/log/shared", "/box/var/log/shared")
    names = age("/box")
    # A shared file is the host's, and the host's to read.
    with open("/names", "w", encoding="utf-8") as out:
        out.write("\n".join(n for n in names if "/shared" not in n and "/dead" not in n))
    mount_fuse("/box/var/log/dead")
    pivot("/box")
    # whatever is mounted or unmounted in a copy that is not cut off happens here, too
    check(LIBC.mount(None, b"/", None, MS_REC | MS_SHARED, None), "mount shared")


def overlay():
    unshare(NEWNS)
    mount_tmpfs("/layers")
    for name in ("lower", "upper", "work", "top"):
        os.mkdir("/layers/" + name)
    write("/layers/lower", {"var/log/image": "from the image\n", "tmp/gone": "x"})
    options = b"lowerdir=/layers/lower,upperdir=/layers/upper,workdir=/layers/work"
    if LIBC.mount(b"overlay", b"/layers/top", b"overlay", MS_STRICTATIME, options) != 0:
        return
    write("/layers/top", {"tmp/new": "written inside\n", "var/log/image": "changed inside\n"})
    os.unlink("/layers/top/tmp/gone")
    pivot("/layers/top")


def rootless():
    check(LIBC.unshare(NEWUSER), "unshare user")
    for name, text in (("uid_map", "0 0 1"), ("setgroups", "deny"), ("gid_map", "0 0 1")):
        with open("/proc/self/" + name, "w", encoding="ascii") as out:
            out.write(text)
    unshare(NEWNS)
    mount_tmpfs("/rootless")
    write("/rootless", JAIL)
    os.makedirs("/rootless/var/log/below")
    check(LIBC.mount(b"tmpfs", b"/rootless/var/log/below", b"tmpfs", MS_STRICTATIME, b"size=1m"), "mount")
    write("/rootless", {"var/log/below/log": "below\n"})
    age("/rootless")
    pivot("/rootless")


def jail():
    write("/jail", JAIL)
    age("/jail")
    os.chroot("/jail")
    os.chdir("/")


def view():
    unshare(NEWNS)
    mount_tmpfs("/tmp")
    write("/tmp", {"deep/hidden": "seen by one process\n"})


def service():
    unshare(NEWNS)
    bind("/var/private", "/tmp")


def tables(pids):
    texts = {}
    for name, pid in pids.items():
        with open(f"/proc/{pid}/mountinfo", "rb") as table:
            texts[name] = table.read()
    return texts


def touched(pid):
    with open("/names", encoding="utf-8") as lines:
        for name in lines.read().split("\n"):
            if os.lstat(os.path.join(f"/proc/{pid}/root", name)).st_atime != LONG_AGO:
                yield name


def host(kind, arguments):
    write("/", HOST)
    os.makedirs("/proc")
    check(LIBC.mount(b"proc", b"/proc", b"proc", 0, None), "mount proc")
    pids = {f.__name__: process(f) for f in (box, jail, view, service, overlay, rootless)}
    with open("/out/pids", "w", encoding="ascii") as out:
        for name, pid in pids.items():
            print(name, pid, os.stat(f"/proc/{pid}/ns/mnt").st_ino, file=out)
    before = tables(pids)
    weaken = (lambda: LIBC.prctl(24, CAP_SYS_ADMIN, 0, 0, 0)) if kind == "weak" else None
    code = subprocess.run(["/collect"] + arguments, check=False, preexec_fn=weaken).returncode
    with open("/out/mounts", "w", encoding="ascii") as out:
        after = tables(pids)
        out.writelines(name + "\n" for name in pids if before[name] != after[name])
    with open("/out/exit", "w", encoding="ascii") as out:
        print(code, file=out)
    with open("/out/atimes", "w", encoding="utf-8") as out:
        out.writelines(name + "\n" for name in touched(pids["box"]))
        for path in ("rootless/root/.", "rootless/root/tmp", "rootless/root/tmp/jailed", "jail/root/tmp",
                     "rootless/root/var/log/below/log", "jail/root/tmp/jailed", "jail/root/etc/passwd"):
            name, rest = path.split("/", 1)
            if os.lstat(f"/proc/{pids[name]}/{rest}").st_atime != LONG_AGO:
                print(path, file=out)


def main():
    folder, out, kind, program, *arguments = sys.argv[1:]
    unshare(NEWNS | NEWPID)
    pid = os.fork()
    if pid != 0:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    mount_tmpfs(folder)
    shutil.copy(program, os.path.join(folder, "collect"))
    bind(out, os.path.join(folder, "out"))
    subprocess.run([os.path.join(folder, "collect"), "--version"], check=True, stdout=subprocess.DEVNULL)
    pivot(folder)
    host(kind, arguments)


main()
