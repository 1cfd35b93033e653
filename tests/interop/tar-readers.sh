#!/bin/sh
# GNU tar, bsdtar and Python's tarfile list and extract what was collected:
# byte-exact content and names, times to the nanosecond, holes kept.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
mkdir tree
fixture_tree tree
fixture_collect tree x.tar.zst
zstd -q -d x.tar.zst -o x.tar
"$EXHIBIT" verify --quiet x.tar.zst || fixture_fail "our own verdict"

tar_gnu() { tar --warning=no-unknown-keyword --warning=no-timestamp "$@"; }
# GNU tar cannot make a path longer than PATH_MAX; its list must have it, and
# Python reads what lies there.
mkdir long
fixture_long_path long
fixture_collect long long.tar --compress none
tar --warning=no-unknown-keyword -tf long.tar | grep -q '/bottom$' || fixture_fail "GNU tar: long path"
bsdtar -tf long.tar | grep -q '/bottom$' || fixture_fail "bsdtar: long path"
python3 -c '
import tarfile
t = tarfile.open("long.tar")
m = [m for m in t if m.name.endswith("/bottom")][0]
assert len(m.name) > 4096 and t.extractfile(m).read() == b"deep", m.name
'
mkdir gnu bsd
tar_gnu -xf x.tar -C gnu --no-same-owner
bsdtar -xf x.tar -C bsd --no-same-owner
tar_gnu -tf x.tar >/dev/null
bsdtar -tf x.tar >/dev/null

python3 - <<'PY'
import hashlib, json, os, stat, sys, tarfile

def key(path):
    st = os.lstat(path)
    kind = stat.S_IFMT(st.st_mode)
    if stat.S_ISREG(st.st_mode):
        h = hashlib.sha256()
        if st.st_size <= 1 << 30:
            with open(path, 'rb') as f:
                while chunk := f.read(1 << 20):
                    h.update(chunk)
        return (kind, st.st_size, h.hexdigest(), st.st_mtime_ns)
    if stat.S_ISLNK(st.st_mode):
        return (kind, os.readlink(path))
    return (kind,)

def walk(top):
    """Names below top without long paths: descend by directory descriptor."""
    found = {}
    def go(fd, prefix):
        for name in os.listdir(fd):
            sub = prefix + b'/' + os.fsencode(name)
            st = os.stat(name, dir_fd=fd, follow_symlinks=False)
            found[sub] = (fd, name, st)
            if stat.S_ISDIR(st.st_mode):
                child = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=fd)
                go(child, sub)
    go(os.open(top, os.O_RDONLY | os.O_DIRECTORY), b'')
    return found

def facts(entry):
    fd, name, st = entry
    if stat.S_ISREG(st.st_mode):
        f = os.open(name, os.O_RDONLY, dir_fd=fd)
        h = hashlib.sha256()
        while st.st_size <= 1 << 30 and (chunk := os.read(f, 1 << 20)):
            h.update(chunk)
        os.close(f)
        return ('file', st.st_size, h.hexdigest(), st.st_mtime_ns)
    if stat.S_ISLNK(st.st_mode):
        return ('link', os.readlink(name, dir_fd=fd))
    return (stat.S_IFMT(st.st_mode),)

source = walk('tree')
PRE1970 = b'/tmp/back\\slash'   # pax tools disagree about fractions before 1970: the manifest has it
for tool in ('gnu', 'bsd'):
    got = walk(os.path.join(tool, '[root]'))
    for path, entry in source.items():
        if path not in got:
            sys.exit('%s lacks %r' % (tool, path))
        want, have = facts(entry), facts(got[path])
        if path == PRE1970:
            want, have = want[:3], have[:3]
        if want != have:
            sys.exit('%s differs at %r: %r %r' % (tool, path, want, have))
    extra = set(got) - set(source)
    if extra:
        sys.exit('%s has more: %r' % (tool, sorted(extra)[:5]))
    if os.stat(os.path.join(tool, '[root]/tmp/sparse')).st_blocks > 4096:
        sys.exit(tool + ' filled the holes')

names = set()
with tarfile.open('x.tar', errors='surrogateescape') as t:
    for m in t:
        names.add(os.fsencode(m.name))
        path = os.fsencode(m.name)[len(b'[root]'):]
        if m.isreg() and m.name.startswith('[root]/') and m.size < 1 << 30 and not m.issparse():
            want = facts(source[path])
            if hashlib.sha256(t.extractfile(m).read()).hexdigest() != want[2]:
                sys.exit('tarfile differs at %r' % path)
            sec, _, frac = m.pax_headers.get('mtime', str(int(m.mtime))).partition('.')
            if path != PRE1970 and int(sec) * 10**9 + int(frac.ljust(9, '0') or 0) != want[3]:
                sys.exit('tarfile time at %r: %r %r' % (path, m.pax_headers, want[3]))
for path in source:
    if b'[root]' + path not in names:
        sys.exit('tarfile lacks %r' % path)

# the manifest is authoritative, before 1970 too
rows = {}
for d in sorted(os.listdir('gnu/CUSTODY/segments')):
    for line in open('gnu/CUSTODY/segments/%s/manifest.jsonl' % d):
        row = json.loads(line)
        rows[row['path']] = row
st = os.lstat(b'tree' + PRE1970)
row = rows['/tmp/back\\\\slash']
if row['mtime'][0] * 10**9 + row['mtime'][1] != st.st_mtime_ns:
    sys.exit('manifest time before 1970: %r %r' % (row['mtime'], st.st_mtime_ns))
PY

cat gnu/CUSTODY/segments/*/SHA256SUMS >sums
# the sparse terabyte is hashed by its data alone and is not in the list
(cd gnu && sha256sum --quiet -c ../sums)
rm -rf gnu bsd
