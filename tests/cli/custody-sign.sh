# Both sides of a hand-over sign, with each kind of key; openssl makes and checks the same
# signatures; a signature that was moved, altered or made by somebody else is found.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
python3 "$SRCDIR/tests/support/mkcustody.py" custody.jsonl
openssl genpkey -algorithm ed25519 -out ed25519.pem 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.pem 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.pem 2>/dev/null
openssl genpkey -algorithm ed25519 -out eve.pem 2>/dev/null
openssl genpkey -algorithm ed25519 -out other-ed25519.pem 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other-p256.pem 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out other-p384.pem 2>/dev/null
for k in ed25519 rsa p256 p384 eve other-ed25519 other-p256; do openssl pkey -in $k.pem -pubout -out $k.pub; done
openssl req -new -x509 -key other-p384.pem -subj /CN=custodian -days 30 -out p384.crt 2>/dev/null

for k in ed25519 rsa p256 p384; do
	"$EXHIBIT" custody sign 5 --role received_by --by 'P. P.' --key $k.pem | head -n 1
done
"$EXHIBIT" custody sign 5 --role released_by --message >message
# a key that never comes near this program
openssl dgst -sha256 -sign other-p256.pem -out sig message
"$EXHIBIT" custody sign 5 --role released_by --by 'N. N.' --signature sig --public-key other-p256.pub | head -n 1
openssl dgst -sha256 -sign other-p384.pem -out sig message
"$EXHIBIT" custody sign 5 --role released_by --by 'N. N.' --signature sig --public-key p384.crt | head -n 1
openssl pkeyutl -sign -rawin -inkey other-ed25519.pem -in message -out sig
"$EXHIBIT" custody sign 5 --role released_by --by 'N. N.' --signature sig --public-key other-ed25519.pub | head -n 1
"$EXHIBIT" custody check | grep -E '^(Signatures|HOLDS)'
all='--key ed25519.pub --key rsa.pub --key p256.pub --key p384.pub --key p384.crt --key other-ed25519.pub --key other-p256.pub'
# shellcheck disable=SC2086  # words
"$EXHIBIT" custody check -q $all

# openssl checks what was written: line 8 is Ed25519, 9 RSA, 10 ECDSA
"$EXHIBIT" custody sign 5 --role received_by --message >message
part() { # KEY LINE
	sed -n "$2s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" custody.jsonl | base64 -d
}
part signature 8 >sig
part public_key 8 | openssl pkey -pubin -inform DER -out key.pub
openssl pkeyutl -verify -rawin -pubin -inkey key.pub -in message -sigfile sig
for line in 9 10; do
	part signature $line >sig
	part public_key $line | openssl pkey -pubin -inform DER -out key.pub
	openssl dgst -sha256 -verify key.pub -signature sig message
done

refused() { # EXIT ARGUMENTS...
	want=$1
	shift
	code=0
	echo "---- $*"
	"$EXHIBIT" custody sign "$@" 2>&1 </dev/null || code=$?
	[ "$code" -eq "$want" ] || fixture_fail "exit code $code, wanted $want"
}
cp custody.jsonl before
refused 2 5 --by x --key rsa.pem
refused 2 5 --role boss --by x --key rsa.pem
refused 2 5 --role by --key rsa.pem
refused 2 5 --role received_by --by x
refused 2 5 --role received_by --by x --signature sig
refused 4 99 --role received_by --by x --key rsa.pem
refused 4 5x --role received_by --by x --key rsa.pem
refused 4 1 --role received_by --by x --key rsa.pem
refused 4 5 --role received_by --by x --key short.pem
refused 4 5 --role received_by --by x --key rsa.pub
refused 4 5 --role received_by --by x --key custody.jsonl
refused 4 5 --role received_by --by x --signature sig --public-key rsa.pub
# nobody is both sides of a hand-over, here or with a key that is elsewhere
refused 4 5 --role released_by --by x --key rsa.pem
"$EXHIBIT" custody sign 5 --role released_by --message >message
openssl dgst -sha256 -sign p256.pem -out both message
refused 4 5 --role released_by --by x --signature both --public-key p256.pub
cmp before custody.jsonl

findings() {
	"$EXHIBIT" custody check --json "$@" | grep -oE '"(verdict|finding)":"[A-Za-z-]*"|"line":[0-9]+' | paste -sd ' '
}
# somebody else signs as the receiver: only the keys of those who may tell
"$EXHIBIT" custody sign 5 --role received_by --by 'P. P.' --key eve.pem >/dev/null
findings
# shellcheck disable=SC2086  # words
findings $all
# the signature of one line under another, and one byte of a signature: the chain made anew
cp before custody.jsonl
python3 - <<-'PYTHON'
	import hashlib, json
	lines = open("custody.jsonl", encoding="utf-8").readlines()
	fields = [json.loads(l) for l in lines]
	def again(i, name, **change):
	    f = dict(fields[i], **change)
	    del f["sha256"]
	    text = json.dumps(f, ensure_ascii=False, separators=(",", ":"))[:-1]
	    text += ',"sha256":"' + hashlib.sha256(text.encode()).hexdigest() + '"}\n'
	    open(name, "w", encoding="utf-8").write("".join(lines[:i]) + text)
	sig = fields[8]["signature"]
	again(8, "other-line.jsonl", signs="4", signs_sha256=fields[3]["sha256"])
	again(8, "other-role.jsonl", role="released_by")
	again(8, "other-byte.jsonl", signature=("A" if sig[9] != "A" else "B").join((sig[:9], sig[10:])))
	again(8, "other-hash.jsonl", signs_sha256=fields[3]["sha256"])
	again(8, "no-base64.jsonl", signature="!" + sig[1:])
	again(8, "no-key.jsonl", public_key="AAAA")
PYTHON
# and whoever writes that line without us is found
openssl pkey -in p256.pem -pubout -outform DER -out both.der
python3 - <<-'PYTHON'
	import base64, hashlib, json
	text = open("before", encoding="utf-8").read()
	last = json.loads(text.splitlines()[-1])
	line5 = json.loads(text.splitlines()[4])
	b64 = lambda name: base64.b64encode(open(name, "rb").read()).decode()
	f = {"custody": 1, "record": last["record"], "n": last["n"] + 1, "prev": last["sha256"], "utc": last["utc"],
	     "event": "signed", "by": "x", "signs": "5", "signs_sha256": line5["sha256"], "role": "released_by",
	     "public_key": b64("both.der"), "signature": b64("both")}
	row = json.dumps(f, separators=(",", ":"))[:-1]
	row += ',"sha256":"' + hashlib.sha256(row.encode()).hexdigest() + '"}\n'
	open("both-sides.jsonl", "w", encoding="utf-8").write(text + row)
PYTHON
for name in both-sides other-line other-role other-byte other-hash no-base64 no-key; do
	echo "$name $(findings -R $name.jsonl)"
done
