#!/bin/sh
# Files that grow, shrink, are replaced, renamed and unlinked under us; directories and files
# that change places with links to a secret, or are moved out of the tree while we are in them:
# the archive verifies, every gap says one of these things, and nothing of the secret is in it.
# An output that somebody made a link of is refused, and where it leads nothing is written.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
mkdir tree secret outside
mount -t tmpfs tmpfs tree
mkdir tree/swap tree/dirs tree/log
echo 'SECRET-ELSEWHERE' >secret/file
for n in $(seq 50); do echo 'SECRET-ELSEWHERE' >"secret/$n"; done
cat >churn.py <<'P'
import ctypes, os, sys
secret = os.path.abspath("secret")
outside = os.path.abspath("outside")
os.chdir("tree")
libc = ctypes.CDLL(None)
EXCHANGE = 2


def exchange(a, b):
    libc.renameat2(-100, a.encode(), -100, b.encode(), EXCHANGE)


def size():
    with open("log/size", "wb") as f:
        f.write(b"s" * (4 << 20))
    while True:
        os.truncate("log/size", 100)
        os.truncate("log/size", 8 << 20)


def append():
    while True:
        with open("log/grows", "ab") as f:
            f.write(b"one more line\n" * 1000)
        if os.path.getsize("log/grows") > 32 << 20:
            os.truncate("log/grows", 0)


def replace():
    n = 0
    while True:
        n += 1
        with open("log/new", "w") as f:
            f.write(f"generation {n}\n" * 100)
        os.rename("log/new", "log/replaced")
        os.unlink("log/replaced")
        os.mkfifo("log/replaced")
        os.unlink("log/replaced")


def swap_files():
    for n in range(50):
        with open(f"swap/{n}", "w") as f:
            f.write("harmless\n")
        os.symlink(f"{secret}/{n}", f"swap/link{n}")
    while True:
        for n in range(50):
            exchange(f"swap/{n}", f"swap/link{n}")


def swap_dirs():
    for n in range(20):
        os.makedirs(f"dirs/{n}/deep")
        for i in range(20):
            with open(f"dirs/{n}/deep/{i}", "w") as f:
                f.write("harmless\n")
        os.symlink(secret, f"dirs/link{n}")
        os.symlink(secret, f"dirs/{n}/link")
    while True:
        for n in range(20):
            exchange(f"dirs/{n}", f"dirs/link{n}")
            exchange(f"dirs/{n}/deep", f"dirs/{n}/link")


def move_away():
    os.makedirs("moved/in/and/out")
    for i in range(200):
        with open(f"moved/in/and/{i}", "w") as f:
            f.write("harmless\n")
    while True:
        os.rename("moved/in/and", "and")
        os.rename("and", "moved/in/and")


globals()[sys.argv[1]]()
P
# as nice as the collector makes itself, or six of them would leave it no processor
for part in size append replace swap_files swap_dirs move_away; do
	nice -n 10 python3 churn.py "$part" 2>/dev/null &
done
fixture_until test -e tree/moved/in
sleep 0.3
runs=0
: >gaps
# eight runs, and more where little was met: on a busy machine those who change things wait, too
while [ "$runs" -lt 8 ] || { [ "$runs" -lt 60 ] && [ "$(sort -u gaps | wc -l)" -le 2 ]; }; do
	runs=$((runs + 1))
	timeout 60 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' --compress none \
		-o "x$runs.tar" 2>log || { cat log >&2; fixture_fail "exit $?"; }
	fixture_complete "x$runs.tar"
	! grep -aq 'SECRET-ELSEWHERE' "x$runs.tar" || fixture_fail "the secret is in the archive"
	"$EXHIBIT" list --json "x$runs.tar" >lines
	sed -n 's/.*"gap":"\([a-z-]*\)".*/\1/p' lines | sort -u | tee -a gaps >these
	! grep -vxE 'none|grew|shrank|vanished|replaced|special-file' these >/dev/null ||
		{ grep -vE '"gap":"(none|grew|shrank|vanished|replaced|special-file)"' lines >&2 || :; fixture_fail "a gap that says something else"; }
	rm "x$runs.tar"
done
[ "$(sort -u gaps | wc -l)" -gt 2 ] || { sort -u gaps >&2; fixture_fail "nothing happened under us"; }

echo victim >victim
ln -s "$PWD/victim" out.tar
code=0
"$EXHIBIT_COLLECT" --quiet --root secret --profile logs -o out.tar 2>log || code=$?
[ "$code" -eq 2 ] || { cat log >&2; fixture_fail "a link as output: exit $code"; }
[ "$(cat victim)" = victim ] || fixture_fail "it wrote where the link leads"
