#!/bin/sh
# The script that needs no tool of ours says the same as exhibit verify: of whole, cut
# and flipped archives of both writers, plain, gzip and zstd.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
hand=$SRCDIR/scripts/verify-by-hand.sh
mk=$SRCDIR/tests/support/mkarchive.py

# Both verdicts of $1; the wanted exit code $2, if it is known.
agree() {
	ours=0
	theirs=0
	said=$("$EXHIBIT" verify --quiet "$1" | cut -d ' ' -f 1-3) || :
	"$EXHIBIT" verify --quiet "$1" >/dev/null || ours=$?
	"$hand" "$1" >hand.out 2>&1 || theirs=$?
	case $said in TRUNCATED*) ;; *) said=${said%% *} ;; esac
	if [ "$ours" != "$theirs" ] || [ "$said" != "$(tail -n 1 hand.out)" ]; then
		fixture_fail "$1: $said ($ours), by hand $(tail -n 2 hand.out) ($theirs)"
	fi
	[ "$ours" = "${2-$ours}" ] || fixture_fail "$1: exit code $ours, wanted $2"
}

mkdir -p tree
fixture_tree tree
rm tree/tmp/sparse
for how in none gzip zstd; do
	fixture_collect tree "ours.$how" --compress "$how"
	python3 "$mk" --compress "$how" "theirs.$how" >/dev/null
	agree "ours.$how" 0
	agree "theirs.$how" 0
done

# Cut and flip at places that a seed chooses, and at the edges of blocks and the end.
cat >damage.py <<'PY'
import random, sys
random.seed(20251123)
name, count = sys.argv[1], int(sys.argv[2])
data = open(name, "rb").read()
n = len(data)
places = [random.randrange(n) for _ in range(count)]
for at in sorted(set(places + [0, 1, 3, 4, 511, 512, n - 1, n - 4, n - 512, n - 1024, n - 1025])):
    if 0 <= at < n:
        open("%s.cut%d" % (name, at), "wb").write(data[:at])
for at in sorted(set(places + [0, n - 1, n - 600, n - 1100, n - 1600, n - 2100])):
    flipped = bytearray(data)
    flipped[at] ^= 1 << random.randrange(8)
    open("%s.flip%d" % (name, at), "wb").write(flipped)
PY
for how in none gzip zstd; do
	python3 damage.py "theirs.$how" 12
	python3 damage.py "ours.$how" 6
done
for x in *.cut*; do agree "$x" 1; done
for x in theirs.none.flip* ours.none.flip*; do agree "$x" 3; done
for x in *.gzip.flip* *.zstd.flip*; do agree "$x"; done

# Forgeries that need no key, and an end that is early by the plan.
for name in drop-member drop-seal drop-sig drop-session swap-members insert-member duplicate-member \
	after-final after-final-zeros trailing-garbage trailing-zeros splice renumber removed-final-seal \
	flip-final-padding final-mtime final-owner plan-not-done; do
	python3 "$mk" --forge "$name" x >/dev/null
	agree x 3
done
python3 "$mk" --forge two-segments x >/dev/null
agree x 1

# What a log of acts does not tell is said, and no forgery.
for name in stopped-log-torn stopped-log-full completed-log-long sworn-limit-hidden sworn-why-hidden; do
	python3 "$mk" --forge "$name" x >/dev/null
	agree x 0
done
while read -r name what; do
	python3 "$mk" --forge "$name" x >/dev/null
	agree x 0
	"$EXHIBIT" verify x | grep -q 'NOT KNOWN' || fixture_fail "$name: it is known"
	grep -q "NOT KNOWN.* is seen of $what\$" hand.out || { cat hand.out >&2; fixture_fail "$name tells all"; }
done <<'END'
completed-log-full logs
completed-line-long logs
sworn-no-acts config logs
sworn-rubbish config logs
sworn-log-full logs
END

# The fingerprint, in each form; and that of another run.
fpr=$(python3 "$mk" x | sed -n 's/^fingerprint //p')
short=$("$EXHIBIT" verify x | sed -n '/^Fingerprint/{n;s/ //g;p;}')
"$hand" x "$fpr" >/dev/null
"$hand" x "$short" >/dev/null
code=0
"$hand" x "1${fpr#?}" >/dev/null || code=$?
[ "$code" = 3 ]

# The text in the archive is the script.
"$EXHIBIT" cat ours.zstd CUSTODY/README.txt >readme
sed -n '/^----- begin verify-by-hand.sh/,/^----- end/p' readme | sed '1d;$d' | cmp - "$hand"
