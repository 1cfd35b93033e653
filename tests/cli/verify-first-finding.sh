# The first affected segment and member are named.
set -u
mk=$SRCDIR/tests/support/mkarchive.py
for name in flip-data drop-member insert-member twice-in-run splice renumber after-final trailing-garbage swap-members; do
	python3 "$mk" --forge $name x.tar >/dev/null
	printf '%s: ' $name
	"$EXHIBIT" verify --quiet x.tar
done
exit 0
