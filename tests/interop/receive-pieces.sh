#!/bin/sh
# However the pieces of a stream fall, and wherever it is cut: what the log says of each arrival
# is what the archive says when it is read again to that byte.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
key=$SRCDIR/tests/support/age-key
to=age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy
mkdir -p tree/etc
fixture_tree tree
rm tree/tmp/sparse
for i in 1 2 3 4 5 6; do head -c 300000 /dev/urandom >tree/etc/big$i; done
cat >feed.py <<'PY'
import random, sys
name, seed, part = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
random.seed(seed)
data = open(name, "rb").read()
data = data[:int(len(data) * part)]
top = random.choice([11, 5000, 65536, 70000, 1000000])
at = 0
while at < len(data):
    n = random.randint(1, top)
    sys.stdout.buffer.write(data[at:at + n])
    sys.stdout.buffer.flush()
    at += n
PY
seed=0
for how in none gzip zstd; do
	for encrypt in '' "--recipient $to"; do
		rm -f source
		# shellcheck disable=SC2086  # words
		fixture_collect tree source --seal-bytes 200K --compress "$how" $encrypt 2>/dev/null
		for part in 1 1 0.6; do
			seed=$((seed + 1))
			rm -rf x x.receive.jsonl bag
			python3 feed.py source "$seed" "$part" | "$EXHIBIT" receive -q --no-ask -o x -i "$key" >/dev/null || :
			seals=$(grep -c '"event":"seal"' x.receive.jsonl) || :
			[ "$seals" -ge 2 ] || fixture_fail "$how $encrypt $part: $seals seals"
			"$EXHIBIT" receipt bag --archive x -i "$key"
			"$EXHIBIT" verify --bag bag --json -i "$key" >json || :
			grep -q '"log":{"result":"holds"},"arrivals":{"result":"holds"}' json ||
				fixture_fail "$how $encrypt, seed $seed: $(grep -o '"log":.*"custody":' json)"
		done
	done
done
