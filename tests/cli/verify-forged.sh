# Every forgery by name gets the verdict and exit code it must get.
set -eu
mk=$SRCDIR/tests/support/mkarchive.py
python3 "$mk" --list >names
while read -r name verdict; do
	python3 "$mk" --forge "$name" x.tar >/dev/null
	code=0
	said=$("$EXHIBIT" verify --quiet x.tar) || code=$?
	case $verdict in COMPLETE) want=0 ;; TRUNCATED) want=1 ;; *) want=3 ;; esac
	case $said in "$verdict"*) ;; *) echo "$name: $said, wanted $verdict" >&2; exit 1 ;; esac
	[ "$code" = "$want" ] || { echo "$name: exit code $code" >&2; exit 1; }
done <names
[ "$(wc -l <names)" -gt 70 ]
