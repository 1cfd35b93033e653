# The bytes come out, and the warning with them.
python3 "$SRCDIR/tests/support/mkarchive.py" --forge flip-data x.tar >/dev/null
"$EXHIBIT" cat x.tar /var/log/wtmp | wc -c
"$EXHIBIT" cat x.tar /var/log/wtmp >/dev/null
