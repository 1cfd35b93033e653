#!/bin/sh
# The five commands of the README, as they stand and in their order, end in PROVEN. Of their world
# scp and ssh are stood in for, the host is a tree, the authority is one of the test; the line that
# prepare prints is the second, and what stands there as "..." is taken from it.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_own_network
# shellcheck source=tests/support/authority.sh
. "$SRCDIR/tests/support/authority.sh"
command -v curl >/dev/null || { echo "there is no curl" >&2; exit 77; }
authority_make
authority_serve
mkdir bin host tree tree/etc
echo web01 >tree/etc/hostname
ln -s "$EXHIBIT" bin/exhibit
ln -s "$SRCDIR/scripts" scripts
cp "$EXHIBIT_COLLECT" exhibit-collect
openssl pkcs12 -export -inkey ca/custodian.key -in ca/custodian.pem -passout pass: -out nn.p12
cp ca/ca.pem ca.pem
cp ca/tsa-root.pem tsa.pem
cat >bin/scp <<'END'
#!/bin/sh
[ "$2" = root@web01:/dev/shm ] && cp "$1" host/
END
cat >bin/ssh <<'END'
#!/bin/sh
[ "$1 $2" = "root@web01 /dev/shm/exhibit-collect" ] || exit 255
shift 2
exec host/exhibit-collect --root tree --profile logs --include '/**' --quiet "$@"
END
chmod +x bin/scp bin/ssh
PATH=$PWD/bin:$PATH

# What is asked for at the terminal is answered with what the host showed on it.
cat >terminal.py <<'END'
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh", "-eu", sys.argv[1]])
shown, asked, end = "", 0, time.time() + 120
while time.time() < end:
    if not select.select([fd], [], [], 1)[0]:
        continue
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece.decode(errors="replace")
    if shown.count("that the host showed") > asked:
        words = ("fingerprint of the seal key now:", "the root:")[asked]
        asked += 1
        os.write(fd, re.search(words + r"\s+(\S+)", shown).group(1).encode() + b"\n")
_, status = os.waitpid(pid, 0)
sys.stdout.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
END

awk '/^## The whole way, in five commands/ { inside = 1; next } /^[^ ]/ { inside = 0 } inside && /^    /' \
	"$SRCDIR/README.md" >five
[ "$(wc -l <five)" -eq 5 ] || fixture_fail "not five commands"
sed -n 1p five >one
sh -eu ./one >printed || { cat printed >&2; fixture_fail "the first command"; }
rest=$(sed -n 's/.* | exhibit receive -o [^ ]* \(--identity .*\)/\1/p' printed)
[ -n "$rest" ] || { cat printed >&2; fixture_fail "prepare prints no such line"; }
sed -n 2p five | sed "s/ \.\.\.\$/ $(printf '%s' "$rest" | sed 's,[/&],\\&,g')/" >two
! grep -q '\.\.\.' two || fixture_fail "something else stands for ..."
python3 terminal.py two >screen || { cat screen >&2; fixture_fail "the second command"; }
sed -n 3,5p five | sed "s,https://tsa.example/,$url/tsa," >three
sh -eu ./three >out 2>&1 || { cat out >&2; fixture_fail "the last three commands"; }
! grep -q 'not compared' out || { cat out >&2; fixture_fail "the collector was not compared"; }
[ "$(tail -n 1 out)" = PROVEN ] || { cat out >&2; fixture_fail "not proven"; }
grep -q '"tool-sha256":"[0-9a-f]*"' bag/data/provenance.json || fixture_fail "nothing is known of the collector"
