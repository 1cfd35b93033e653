# Stored, verified and noted: whole, cut, altered, of another run, encrypted to a key that is
# not here. What is there is not replaced, and the log of one receipt is not used for another.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
make=$SRCDIR/tests/support/mkarchive.py
log_says() { # OUTPUT REGEX...: of a log whose chain holds
	log=$1.receive.jsonl
	shift
	for regex; do
		grep -qE "$regex" "$log" || { cat "$log" >&2; fixture_fail "the log lacks: $regex"; }
	done
	python3 -c '
import hashlib, json, sys
last = "0" * 64
for n, line in enumerate(open(sys.argv[1], "rb")):
    row = json.loads(line)
    assert row["n"] == n and row["previous"] == last, (n, row)
    last = hashlib.sha256(line).hexdigest()' "$log"
}
try() { # EXIT OUTPUT ARGUMENTS...: standard input goes through
	want=$1
	out=$2
	shift 2
	code=0
	"$EXHIBIT" receive --quiet --no-ask -o "$out" "$@" >stdout 2>stderr || code=$?
	echo "---- $code $out $*" | sed "s/$FINGERPRINT/FINGERPRINT/; s/$ROOT/ROOT/; s:$SRCDIR/::"
	cat stdout stderr
	[ "$code" -eq "$want" ] || fixture_fail "exit code $code, wanted $want"
}
python3 "$make" whole.tar >hashes
FINGERPRINT=$(sed -n 's/^fingerprint //p' hashes)
ROOT=$(sed -n 's/^root //p' hashes)
python3 "$make" --run other other.tar >/dev/null
python3 "$make" --forge flip-data flip.tar >/dev/null

try 0 good --key "$FINGERPRINT" --root "$ROOT" <whole.tar
cmp good whole.tar
[ "$(stat -c %a good) $(stat -c %a good.receive.jsonl)" = '600 600' ] || fixture_fail "modes"
log_says good "\"event\":\"session\".*\"fingerprint\":\"$FINGERPRINT" '"what":"key".*"match":"holds"' \
	"\"seal_sha256\":\"$ROOT\".*\"final\":true" "\"event\":\"end\".*\"verdict\":\"COMPLETE\".*\"root\":\"$ROOT"
[ "$(grep -c '"event":"seal"' good.receive.jsonl)" -eq 3 ] || fixture_fail "not three seals"
try 0 from-a-file whole.tar
log_says from-a-file '"source":"whole.tar"' '"what":"key","match":"not-given"'
# as much of the file as the log says holds the seal
at=$(sed -n 's/.*"seq":1,"file_bytes":\([0-9]*\).*/\1/p' good.receive.jsonl)
head -c "$at" whole.tar >upto
"$EXHIBIT" verify --json upto | grep -q '"seals":[23]' || fixture_fail "seal 1 is not within $at bytes"

head -c 32000 whole.tar >part
try 1 stopped --key "$FINGERPRINT" --root "$ROOT" <part
cmp stopped part
log_says stopped '"what":"root".*"match":"not-compared"' '"verdict":"TRUNCATED"'
try 3 altered <flip.tar
cmp altered flip.tar
log_says altered '"verdict":"ALTERED","finding":"'
try 3 swapped --key "$FINGERPRINT" <other.tar
cmp swapped other.tar
log_says swapped '"what":"key".*"match":"differs"' '"finding":"other-key"'
# a run that answered another nonce, or none
"$EXHIBIT" receive -o replayed --issue-nonce >nonce
grep -qE '^[0-9a-f]{64}$' nonce || fixture_fail "no nonce"
try 3 replayed <whole.tar
log_says replayed '"answers_nonce":false' '"finding":"other-nonce"'
try 1 empty </dev/null

try 4 good <whole.tar
rm good
try 4 good <whole.tar
[ ! -e good ] || fixture_fail "made without a log of its own"
ln -s nowhere link
try 4 link <whole.tar
try 4 nowhere/below <whole.tar
try 4 . <whole.tar
try 4 nothing missing.tar
[ ! -e nothing ] || fixture_fail "made for nothing"
[ ! -e nothing.receive.jsonl ] || fixture_fail "a log of nothing"

mkdir -p tree/etc
echo web01 >tree/etc/hostname
fixture_collect tree box.age --recipient age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy 2>screen
FINGERPRINT=$(sed -n '/fingerprint of the seal key/{n;s/ //gp;}' screen)
try 5 blind --key "$FINGERPRINT" <box.age
cmp blind box.age
log_says blind '"what":"key".*"match":"not-compared"' '"unseen":"the archive is encrypted'
try 0 seeing --key "$FINGERPRINT" --identity "$SRCDIR/tests/support/age-key" <box.age
log_says seeing '"what":"key".*"match":"holds"' '"verdict":"COMPLETE"'
echo AGE-SECRET-KEY-1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4QX3S7F6 >not-its-key
try 5 other-lock --identity not-its-key <box.age
cmp other-lock box.age
