#!/bin/sh
# A kernel without seccomp, Landlock and no_new_privs (as a filter answers for it): the run is
# whole all the same, and the session says what could not be enforced.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(uname -m)" = x86_64 ] || { echo "needs the numbers of x86-64" >&2; exit 77; }
mkdir tree
fixture_tree tree

cat >old.py <<'EOF2'
"""Start a program on a kernel of before 3.5, as far as locking down goes."""
import ctypes, os, struct, sys
PRCTL, SECCOMP, LANDLOCK = 157, 317, 444
ALLOW, ENOSYS, EINVAL = 0x7fff0000, 0x50026, 0x50016
def op(code, k, yes=0, no=0):
    return struct.pack("HBBI", code, yes, no, k)
LD, JEQ, RET = 0x20, 0x15, 0x06
filter = b"".join((
    op(LD, 0),
    op(JEQ, SECCOMP, 6), op(JEQ, LANDLOCK, 5),
    op(JEQ, PRCTL, 0, 6),
    op(LD, 16),                                             # prctl's first argument
    op(JEQ, 22, 3), op(JEQ, 38, 2),                         # PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS
    op(RET, ALLOW),
    op(RET, ENOSYS),
    op(RET, EINVAL),
    op(RET, ALLOW),
))
libc = ctypes.CDLL(None, use_errno=True)
code = ctypes.create_string_buffer(filter, len(filter))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(filter) // 8, ctypes.addressof(code)))
libc.prctl(38, 1, 0, 0, 0)
if libc.prctl(22, 2, ctypes.c_void_p(ctypes.addressof(program)), 0, 0) != 0:
    sys.exit(77)
os.execv(sys.argv[1], sys.argv[1:])
EOF2

session() { zstd -q -dc "$1" | tar --warning=no-unknown-keyword -xOf - CUSTODY/session.txt; }
lines() {
	"$EXHIBIT" verify --quiet "$1"
	"$EXHIBIT" list --json "$1" | sed -E 's/,"(opened|closed|boot|atime)":\[[0-9,]*\]//g; s/,"mnt":[0-9]+//'
}

fixture_collect tree plain.tar.zst >log 2>&1 || { cat log >&2; fixture_fail "plain"; }
lines plain.tar.zst >plain
session plain.tar.zst | grep '^unenforced: sandbox' >missing || :
[ "$(id -u)" -ne 0 ] || ! grep -v 'no Landlock' missing >&2 || fixture_fail "this kernel does not hold us"

code=0
python3 old.py "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' -o old.tar.zst >log 2>&1 || code=$?
[ "$code" -ne 77 ] || { echo "needs seccomp" >&2; exit 77; }
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "an old kernel: $code"; }
lines old.tar.zst | cmp - plain >&2 || fixture_fail "an old kernel has something else"
session old.tar.zst >old
for who in recorder nursery "reader of files"; do
	grep -q "^sandbox: $who: capabilities [0-9a-f]*, " old || fixture_fail "$who has nothing"
	! grep "^sandbox: $who: .*system calls" old >&2 || fixture_fail "$who claims a filter"
	for what in "system calls are not filtered (E" "no no_new_privs (E"; do
		grep -qF "unenforced: sandbox of the $who: $what" old || { cat old >&2; fixture_fail "$who: $what"; }
	done
done
grep -q '^unenforced: sandbox of the recorder: no Landlock (E' old || fixture_fail "Landlock"
