"$EXHIBIT" cat "$SRCDIR/tests/golden/whole.tar.zst" /etc/shadow
