#!/bin/sh
# Sourced by scenario tests of receipts, behind fixture.sh: an authority of its own, a collection
# that was received and read back, a whole bag "good" around it, and who looks at a bag: ours
# (ask, must), openssl (cms, ts), coreutils (sums), the rules of RFC 8493 (rules).
# shellcheck source=tests/support/authority.sh
. "$SRCDIR/tests/support/authority.sh"
key=$SRCDIR/tests/support/age-key
identity=$key	# of who asks; empty: the archive is not read
to=age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy
authority_make

mkdir -p tree/etc
echo web01 >tree/etc/hostname
head -c 3000000 /dev/urandom >tree/etc/big

# collect NAME [OPTIONS...]: with a nonce, received, its hashes read back
collect() {
	_name=$1
	shift
	_nonce=$("$EXHIBIT" receive -o "$_name" --issue-nonce)
	fixture_collect tree "$_name.host" --seal-bytes 1M --nonce "$_nonce" "$@" 2>screen
	fingerprint=$(sed -n '/fingerprint of the seal key/{n;s/ //gp;}' screen)
	root=$(sed -n '/the root:/{n;s/ //gp;}' screen)
	"$EXHIBIT" receive -q --no-ask -o "$_name" --key "$fingerprint" --root "$root" -i "$key" \
		"$_name.host" >/dev/null
	rm "$_name.host"
}
# record FILE ARCHIVE [CASE EXHIBIT]: a custody record of three lines, the last naming the archive's hash
record() {
	python3 - "$1" "$(sha256sum "$2" | cut -d ' ' -f 1)" "${3:-2026-17}" "${4:-17-A}" <<-'PYTHON'
		import hashlib, sys
		rows = [[("event", "planned"), ("case", sys.argv[3]), ("exhibit", sys.argv[4]), ("by", "N. N.")],
		        [("event", "noted"), ("by", "N. N."), ("comments", "sent for")],
		        [("event", "received"), ("received_by", "N. N."), ("method", "ssh"),
		         ("hash_observed", sys.argv[2])]]
		prev = "0" * 64
		with open(sys.argv[1], "w") as f:
		    for n, row in enumerate(rows, 1):
		        head = '{"custody":1,"record":"%s","n":%d,"prev":"%s","utc":"2026-11-23T10:53:0%d.000000000Z"' % (
		            "ab" * 16, n, prev, n)
		        head += "".join(',"%s":"%s"' % kv for kv in row)
		        prev = hashlib.sha256(head.encode()).hexdigest()
		        f.write('%s,"sha256":"%s"}\n' % (head, prev))
	PYTHON
}

# bag NAME ARCHIVE LOG RECORD [SIGNER]: a whole receipt
bag() {
	"$EXHIBIT" receipt "$1" --archive "$2" --log "$3" --record "$4" --collector "$EXHIBIT_COLLECT" \
		--identity "$key" --signer "ca/${5:-custodian}.both" --tsa-request --custodian 'N. N.'
	authority_stamp "${6:-tsa}" "$1/tagmanifest-sha256.txt.tsq" answer
	"$EXHIBIT" receipt "$1" --tsa-response answer
}
# ask BAG [OPTIONS...]: into json and code
ask() {
	code=0
	_bag=$1
	shift
	"$EXHIBIT" verify --bag "$_bag" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem --signer "ca/${expected:-custodian}.pem" \
		--json ${identity:+--identity "$identity"} "$@" >json || code=$?
}
# must EXIT WORDS...: of the last ask; each word a fault, or none at all
must() {
	want=$1
	shift
	[ "$code" -eq "$want" ] || { cat json >&2; fixture_fail "exit $code, wanted $want $*"; }
	for word; do
		grep -q "\"fault\":\"$word\"" json || { cat json >&2; fixture_fail "no word of $word"; }
	done
	[ $# -gt 0 ] || ! grep -q '"fault"' json || { cat json >&2; fixture_fail "a fault"; }
}
cms() {
	openssl cms -verify -binary -inform DER -in "$1/tagmanifest-sha256.txt.p7s" \
		-content "$1/tagmanifest-sha256.txt" -CAfile ca/ca.pem -purpose any -out /dev/null 2>/dev/null
}
ts() {
	openssl ts -verify -in "$1/tagmanifest-sha256.txt.tsr" -queryfile "$1/tagmanifest-sha256.txt.tsq" \
		-CAfile ca/tsa-root.pem >/dev/null 2>&1 &&
		openssl ts -verify -in "$1/tagmanifest-sha256.txt.tsr" -data "$1/tagmanifest-sha256.txt" \
			-CAfile ca/tsa-root.pem >/dev/null 2>&1
}
sums() { (cd "$1" && sha256sum --quiet --strict -c manifest-sha256.txt tagmanifest-sha256.txt && sha512sum --quiet --strict -c manifest-sha512.txt) >/dev/null 2>&1; }
rules() { python3 "$SRCDIR/tests/support/bag_rules.py" "$1" >/dev/null; }
refuses() { # WHO BAG
	! "$1" "$2" || fixture_fail "$1 takes $2"
}
lie() { # NAME: a copy of the good bag, to be told a lie about
	rm -rf "$1"
	cp -r good "$1"
}
# Make the lists anew, as somebody would who has no key.
relist() {
	(cd "$1" || exit
	find data -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum >manifest-sha256.txt
	find data -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha512sum >manifest-sha512.txt
	sed -i "s/^Payload-Oxum:.*/Payload-Oxum: $(find data -type f -printf '%s\n' | awk '{ s += $1; n++ } END { print s "." n }')/" bag-info.txt
	sha256sum bag-info.txt bagit.txt manifest-sha256.txt manifest-sha512.txt >tagmanifest-sha256.txt)
}

bag_by_hand() { # NAME: sign and stamp what is there, as the custodian himself could
	rm -f "$1"/tagmanifest-sha256.txt.*
	"$EXHIBIT" receipt "$1" --signer "ca/custodian.both" --tsa-request
	authority_stamp tsa "$1/tagmanifest-sha256.txt.tsq" answer
	"$EXHIBIT" receipt "$1" --tsa-response answer
}
papers() { # NAME WORDS...: lists, signature and stamp made anew over a lie
	_lie=$1
	shift
	relist "$_lie"
	bag_by_hand "$_lie"
	ask "$_lie"
	must 3 "$@"
}
# Another run of the same host, whole in itself: b.tar.zst.age and the bag "inside".
other() {
	collect b.tar.zst.age --recipient "$to"
	record b.custody b.tar.zst.age
	bag inside b.tar.zst.age b.tar.zst.age.receive.jsonl b.custody
}

collect a.tar.zst.age --recipient "$to"
record a.custody a.tar.zst.age
bag good a.tar.zst.age a.tar.zst.age.receive.jsonl a.custody
