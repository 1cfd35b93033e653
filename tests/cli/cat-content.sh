# By host path, member name, escaped name and hard link; holes come back as zeros.
set -eu
a=$SRCDIR/tests/golden/whole.tar.zst
"$EXHIBIT" cat "$a" /etc/hostname
"$EXHIBIT" cat "$a" '[root]/etc/hostname'
"$EXHIBIT" cat "$a" '/tmp/new\x0aline \x1b[31mred'
"$EXHIBIT" cat "$a" /etc/hostname.link
"$EXHIBIT" cat - live/netlink/route <"$a" | od -An -tx1
"$EXHIBIT" cat "$a" /var/log/lastlog | sha256sum
