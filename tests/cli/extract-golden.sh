# With raw names sha256sum -c holds; times, holes and links are as they were.
set -eu
mkdir out
"$EXHIBIT" extract --raw-names --symlinks -q -C out "$SRCDIR/tests/golden/whole.tar.zst"
cd out
for sums in CUSTODY/segments/*/SHA256SUMS; do sha256sum -c --quiet "$sums"; done
stat -c '%n %Y %a' '[root]/etc' '[root]/etc/hostname' '[root]/var/log/lastlog'
[ "$(stat -c %i '[root]/etc/hostname')" = "$(stat -c %i '[root]/etc/hostname.link')" ]
[ "$(stat -c %b '[root]/var/log/lastlog')" -lt 100 ]
readlink '[root]/etc/localtime' || cat '[root]/etc/localtime.symlink'
[ ! -e '[root]/dev/null' ] && [ ! -e '[root]/run/initctl' ]
