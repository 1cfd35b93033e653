# Only what was asked for; of a cut archive only what is proven.
set -u
a=$SRCDIR/tests/golden/whole.tar.zst
mkdir out
"$EXHIBIT" extract -q -C out "$a" /etc live/netlink
(cd out && find . -type f) | LC_ALL=C sort
"$EXHIBIT" extract -q -C out "$a" /no/such
echo "code $?"
python3 "$SRCDIR/tests/support/mkarchive.py" x.tar >/dev/null
head -c 30000 x.tar >cut.tar
mkdir cut
"$EXHIBIT" extract -q -C cut cut.tar
echo "code $?"
[ -e 'cut/[root]/etc/hostname' ] && [ ! -e 'cut/[root]/var/log/lastlog' ] && echo "only what is proven"
