# Behind the last seal of a cut archive: shown, but said to be unproven.
python3 "$SRCDIR/tests/support/mkarchive.py" x.tar >/dev/null
head -c 15000 x.tar >cut.tar
"$EXHIBIT" cat cut.tar /etc/hostname
