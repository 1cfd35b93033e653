# A symbolic link that leads out is never made, and nothing is written through one.
set -eu
cat >mk.py <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
import mkarchive as m
a = m.whole([[
    m.Object(b"/d/dot", m.SYMLINK, link=b"."),
    m.Object(b"/d/climb", m.SYMLINK, link=b"dot/../../../../outside"),
    m.Object(b"/d/up", m.SYMLINK, link=b"../.."),
    m.Object(b"/d/out", m.SYMLINK, link=b"../../.."),
    m.Object(b"/d/near", m.SYMLINK, link=b"../e/file"),
    m.Object(b"/d/late", m.SYMLINK, link=b"dot/../file"),
    m.Object(b"/d/abs", m.SYMLINK, link=b"/etc/passwd"),
    m.Object(b"/d/up/file", data=b"through a link\n"),
    m.Object(b"/e/file", data=b"x\n"),
]])
open("x.tar", "wb").write(m.compress(a.parts, "none"))
PY
python3 mk.py "$SRCDIR/tests/support"
mkdir out
"$EXHIBIT" extract --symlinks -q -C out x.tar || :
cd out
find . -type l | LC_ALL=C sort
find . -name '*.symlink' | LC_ALL=C sort
[ ! -e file ]
