#!/bin/sh
# A receipt, whole: openssl cms, openssl ts, sha256sum and age agree with exhibit verify --bag.
# Then every lie that can be told about it, each of which must be named, and where another
# program looks at the same thing it must refuse it, too.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/support/authority.sh
. "$SRCDIR/tests/support/authority.sh"
key=$SRCDIR/tests/support/age-key
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
# record FILE ARCHIVE: a custody record of three lines, the last naming the archive's hash
record() {
	python3 - "$1" "$(sha256sum "$2" | cut -d ' ' -f 1)" <<-'PYTHON'
		import hashlib, sys
		rows = [[("event", "planned"), ("case", "2026-17"), ("exhibit", "17-A"), ("by", "N. N.")],
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
		--json --identity "$key" "$@" >json || code=$?
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
	(cd "$1"
	find data -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum >manifest-sha256.txt
	find data -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha512sum >manifest-sha512.txt
	sed -i "s/^Payload-Oxum:.*/Payload-Oxum: $(find data -type f -printf '%s\n' | awk '{ s += $1; n++ } END { print s "." n }')/" bag-info.txt
	sha256sum bag-info.txt bagit.txt manifest-sha256.txt manifest-sha512.txt >tagmanifest-sha256.txt)
}

collect a.tar.zst.age --recipient "$to"
record a.custody a.tar.zst.age
bag good a.tar.zst.age a.tar.zst.age.receive.jsonl a.custody

# ---- whole: everybody agrees
ask good
must 0
for who in cms ts sums rules; do "$who" good || fixture_fail "$who refuses a good bag"; done
age -d -i "$key" good/data/a.tar.zst.age | "$EXHIBIT" verify -q - --key "$fingerprint" --root "$root"
[ "$("$EXHIBIT" verify --bag good -q -i "$key" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem)" = PROVEN ] || fixture_fail "not proven"
"$EXHIBIT" verify --bag good -i "$key" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem >page
[ "$(wc -l <page)" -le 60 ] || fixture_fail "more than a page"
[ "$(wc -L <page)" -le 90 ] || { cat page >&2; fixture_fail "wider than a page"; }
# without anchors of our own the bag vouches for itself; without the key nothing is seen
code=0
"$EXHIBIT" verify --bag good --json >json || code=$?
must 1 signer-by-bag-only authority-by-bag-only archive-unseen

# ---- the bag
lie flipped
printf x | dd of=flipped/data/a.tar.zst.age bs=1 seek=1500000 conv=notrunc 2>/dev/null
ask flipped
must 3 changed-file archive-altered
refuses sums flipped
refuses rules flipped
! age -d -i "$key" flipped/data/a.tar.zst.age >/dev/null 2>&1 || fixture_fail "age takes a flipped byte"
relist flipped
ask flipped
must 3 bad-signature foreign-timestamp log-of-other-archive custody-of-other-archive
sums flipped || fixture_fail "this lie was to be about the signature"
refuses cms flipped
refuses ts flipped
lie cut
truncate -s 2000000 'cut/data/a.tar.zst.age'
ask 'cut'
must 3 changed-file archive-truncated missing-seal
refuses sums 'cut'
refuses rules 'cut'
! age -d -i "$key" cut/data/a.tar.zst.age >/dev/null 2>&1 || fixture_fail "age takes a cut archive"
lie gone
rm gone/data/custody.jsonl
ask gone
must 3 missing-file no-custody-record
refuses sums gone
refuses rules gone
lie more
echo more >more/data/more
ask more
must 3 extra-file
refuses rules more
lie linked
mv linked/data/custody.jsonl elsewhere
ln -s ../../elsewhere linked/data/custody.jsonl
ask linked
must 3 extra-file
refuses rules linked
lie described
sed -i 's/N. N./M. M./' described/bag-info.txt
ask described
must 3 changed-list
refuses sums described
refuses rules described
lie uncounted
sed -i 's/^Payload-Oxum:.*/Payload-Oxum: 1.1/' uncounted/bag-info.txt
(cd uncounted && sha256sum bag-info.txt bagit.txt manifest-sha256.txt manifest-sha512.txt >tagmanifest-sha256.txt)
ask uncounted
must 3 wrong-oxum bad-signature
refuses rules uncounted
lie unlisted
grep -v manifest-sha512 good/tagmanifest-sha256.txt >unlisted/tagmanifest-sha256.txt
ask unlisted
must 3 changed-list bad-signature
refuses rules unlisted
lie fetched
printf 'http://192.0.2.7/x 5 data/x\n' >fetched/fetch.txt
ask fetched
must 3 fetch-list
refuses rules fetched
lie md5
(cd md5 && md5sum data/* >manifest-md5.txt && sed -i 's/^./x/' manifest-md5.txt)
ask md5
must 3 unchecked-list
refuses rules md5
lie beside
echo 'PROVEN' >beside/verdict.txt
ask beside
must 1 unlisted-file
mv beside/verdict.txt beside/trust/
ask beside
must 1 unlisted-file
lie formless
echo 'BagIt-Version: 0.97' >formless/bagit.txt
ask formless
must 3 no-bag
refuses rules formless

# ---- another archive, well made, in this bag
collect b.tar.zst.age --recipient "$to"
lie swapped
cp b.tar.zst.age swapped/data/a.tar.zst.age
relist swapped
ask swapped
must 3 bad-signature log-of-other-archive missing-seal readback-differs other-nonce custody-of-other-archive
refuses cms swapped
refuses ts swapped
# and by the custodian himself: no list and no signature is wrong, the papers are
record b.custody b.tar.zst.age
bag inside b.tar.zst.age b.tar.zst.age.receive.jsonl b.custody
ask inside
must 0
bag_by_hand() { # NAME: sign and stamp what is there
	rm -f "$1"/tagmanifest-sha256.txt.*
	"$EXHIBIT" receipt "$1" --signer "ca/custodian.both" --tsa-request
	authority_stamp tsa "$1/tagmanifest-sha256.txt.tsq" answer
	"$EXHIBIT" receipt "$1" --tsa-response answer
}
bag_by_hand swapped
ask swapped
must 3 log-of-other-archive missing-seal readback-differs other-nonce custody-of-other-archive
for who in cms ts sums rules; do "$who" swapped || fixture_fail "$who: this lie was to be about the papers"; done

# ---- papers
papers() { # NAME WORDS...: lists, signature and stamp made anew over a lie
	_lie=$1
	shift
	relist "$_lie"
	bag_by_hand "$_lie"
	ask "$_lie"
	must 3 "$@"
}
lie edited
sed -i '2s/sent for/not sent/' edited/data/custody.jsonl
papers edited broken-custody-record
grep -q 'edited-line' json || { cat json >&2; fixture_fail "not named as edited"; }
lie removed
sed -i 2d removed/data/custody.jsonl
papers removed broken-custody-record
grep -q 'removed-line' json || { cat json >&2; fixture_fail "not named as removed"; }
lie log-edited
sed -i 's/"seq":1,/"seq":2,/' log-edited/data/receive.jsonl
papers log-edited broken-log
lie log-removed
sed -i '/"seq":1,/d' log-removed/data/receive.jsonl
papers log-removed broken-log
lie log-swapped
cp b.tar.zst.age.receive.jsonl log-swapped/data/receive.jsonl
papers log-swapped log-of-other-archive missing-seal readback-differs other-nonce
# whoever has the log can make its chain anew; what it says is set against the archive
cat >relog.py <<-'PYTHON'
	import hashlib, json, sys
	path, case = sys.argv[1:]
	rows = [json.loads(line) for line in open(path)]
	of = lambda event: [r for r in rows if r["event"] == event]
	seal, session, end, h = of("seal"), of("session")[0], of("end")[0], "0" * 63 + "1"
	changes = {
	    "verdict": (end, "verdict", "TRUNCATED"), "proven": (end, "proven_bytes", 1), "seals": (end, "seals", 1),
	    "root": (end, "root", h), "length": (end, "file_bytes", end["file_bytes"] + 1),
	    "session": (session, "session", "0" * 32), "fingerprint": (session, "fingerprint", h),
	    "answer": (session, "nonce", h), "session-time": (session, "host_time", "2026-01-01T00:00:00.000000000Z"),
	    "session-early": (session, "file_bytes", 10), "seal-hash": (seal[1], "seal_sha256", h),
	    "tar-bytes": (seal[1], "tar_bytes", seal[1]["tar_bytes"] - 512),
	    "seal-early": (seal[1], "file_bytes", seal[1]["file_bytes"] - 1),
	    "seal-time": (seal[1], "host_time", "2026-01-01T00:00:00.000000000Z"), "final": (seal[1], "final", True),
	    "offset": (end, "clock_offset_min_ns", end["clock_offset_min_ns"] + 1),
	    "sequence": (seal[1], "seq", 2), "backwards": (seal[1], "file_bytes", 1)}
	if case in changes:
	    row, key, value = changes[case]
	    assert row[key] != value
	    row[key] = value
	elif case == "two-ends":
	    rows.append(dict(end))
	elif case == "two-sessions":
	    rows.insert(rows.index(session), dict(session))
	elif case == "behind-end":
	    rows.append(dict(seal[-1], seq=len(seal)))
	elif case == "no-begin":
	    rows = [r for r in rows if r["event"] not in ("begin", "nonce")]
	elif case == "hole":
	    rows.remove(seal[1])
	elif case == "last-seal":
	    rows.remove(seal[-1])
	previous = "0" * 64
	with open(path, "w") as f:
	    for n, row in enumerate(rows):
	        line = json.dumps(dict(row, n=n, previous=previous), separators=(",", ":")) + "\n"
	        previous = hashlib.sha256(line.encode()).hexdigest()
	        f.write(line)
PYTHON
relogged() { # WORD CASES...
	word=$1
	shift
	for case; do
		lie relogged
		python3 relog.py relogged/data/receive.jsonl "$case"
		papers relogged "$word"
	done
}
relogged log-contradicts-archive verdict proven seals root length session fingerprint answer session-time \
	session-early tar-bytes seal-early seal-time final offset last-seal
relogged broken-log sequence backwards two-ends two-sessions behind-end no-begin hole
relogged missing-seal seal-hash
lie relogged
python3 relog.py relogged/data/receive.jsonl nothing
relist relogged
bag_by_hand relogged
ask relogged
must 0
lie other-tool
cp "$EXHIBIT" other-tool/data/exhibit-collect
papers other-tool other-collector

# ---- signers
bag colleague a.tar.zst.age a.tar.zst.age.receive.jsonl a.custody colleague
ask colleague
must 3 wrong-signer
cms colleague || fixture_fail "a colleague's signature is one"
bag stranger a.tar.zst.age a.tar.zst.age.receive.jsonl a.custody stranger
ask stranger
must 3 wrong-signer
expected=stranger
ask stranger
must 3 untrusted-signer
expected=
refuses cms stranger
lie borrowed
cp colleague/tagmanifest-sha256.txt.p7s borrowed/
ask borrowed
must 3 bad-signature
refuses cms borrowed
# signatures that openssl takes and nobody should: SHA-1, a short key, a key for other things
authority_issue ca short 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature' 30 rsa:1024
authority_issue ca cipher 'basicConstraints=CA:FALSE\nkeyUsage=keyEncipherment' 30
sign_by_hand() { # BAG NAME DIGEST
	openssl cms -sign -binary -cades -md "$3" -nosmimecap -in "$1/tagmanifest-sha256.txt" -signer "ca/$2.pem" \
		-inkey "ca/$2.key" -outform DER -out "$1/tagmanifest-sha256.txt.p7s" 2>/dev/null
}
weakly() { # WORD NAME DIGEST
	lie weakly
	sign_by_hand weakly "$2" "$3"
	expected=$2
	ask weakly
	expected=
	must 3 "$1"
	cms weakly || fixture_fail "cms refuses it: not what this lie is about"
}
lie weakly
sign_by_hand weakly custodian sha384
ask weakly
must 0
weakly weak-signature custodian sha1
weakly weak-signature short sha256
weakly signer-not-for-signatures cipher sha256
for who in short cipher; do
	lie weakly
	rm weakly/tagmanifest-sha256.txt.p7s
	code=0
	"$EXHIBIT" receipt weakly --signer ca/$who.both 2>log || code=$?
	[ "$code" -eq 4 ] || fixture_fail "signed with $who"
	grep -q 'nobody should accept' log || { cat log >&2; fixture_fail "$who: not why"; }
done
# an authority of certificates that signs them with SHA-1
authority_issue ca sha1-signed 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature' 30
openssl x509 -req -sha1 -in ca/sha1-signed.csr -CA ca/ca.pem -CAkey ca/ca.key -CAcreateserial -days 30 \
	-extfile ca/sha1-signed.ext -out ca/sha1-signed.pem 2>/dev/null
lie weakly
sign_by_hand weakly sha1-signed sha256
expected=sha1-signed
ask weakly
expected=
must 3 untrusted-signer
grep -q 'too weak' json || { cat json >&2; fixture_fail "not for its digest"; }
lie unsigned
rm unsigned/tagmanifest-sha256.txt.p7s
ask unsigned
must 1 no-signature
in_years=$(date -u -d '+5 years' +%Y-%m-%dT%H:%M:%S.000000000Z)
ask good --at "$in_years"
must 3 expired-signer expired-timestamp
! openssl cms -verify -binary -inform DER -in good/tagmanifest-sha256.txt.p7s -content good/tagmanifest-sha256.txt \
	-CAfile ca/ca.pem -purpose any -attime "$(date -d "$in_years" +%s)" -out /dev/null 2>/dev/null || fixture_fail "cms: not expired"
! openssl ts -verify -in good/tagmanifest-sha256.txt.tsr -queryfile good/tagmanifest-sha256.txt.tsq \
	-CAfile ca/tsa-root.pem -attime "$(date -d "$in_years" +%s)" >/dev/null 2>&1 || fixture_fail "ts: not expired"
lie revoked
{
	printf '[ca]\ndefault_ca=x\n[x]\ndatabase=ca/index.txt\ncrlnumber=ca/crlnumber\ndefault_md=sha256\n'
	printf 'default_crl_days=30\ncertificate=ca/ca.pem\nprivate_key=ca/ca.key\n'
} >ca/ca.cnf
: >ca/index.txt
echo 01 >ca/crlnumber
openssl ca -config ca/ca.cnf -revoke ca/custodian.pem 2>/dev/null
openssl ca -config ca/ca.cnf -gencrl -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z -out ca/old.pem 2>/dev/null
openssl ca -config ca/ca.cnf -gencrl -out ca/list.pem 2>/dev/null
# a list of another certificate, out of date or not, revokes nothing; its age is told
: >ca/index.txt
openssl ca -config ca/ca.cnf -gencrl -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z -out ca/none-old.pem 2>/dev/null
openssl ca -config ca/ca.cnf -gencrl -out ca/none.pem 2>/dev/null
for list in good:no-list none-old:old-list none:checked; do
	lie listed
	[ "${list%:*}" = good ] || "$EXHIBIT" receipt listed --trust "ca/${list%:*}.pem"
	ask listed
	must 0
	grep -q "\"signer_revocation\":\"${list#*:}\"" json || { cat json >&2; fixture_fail "age of a list"; }
done
"$EXHIBIT" verify --bag listed -i "$key" --ca ca/ca.pem | grep -q "signer: checked with the issuer's list" || fixture_fail "not told"
sleep 1.1
lie revoked
"$EXHIBIT" receipt revoked --trust ca/old.pem
ask revoked
must 3 revoked-signer
lie revoked
"$EXHIBIT" receipt revoked --trust ca/list.pem
ask revoked
must 3 revoked-signer
! openssl cms -verify -binary -inform DER -in revoked/tagmanifest-sha256.txt.p7s -content revoked/tagmanifest-sha256.txt \
	-CAfile ca/ca.pem -CRLfile ca/list.pem -crl_check -purpose any -out /dev/null 2>/dev/null || fixture_fail "cms: not revoked"

# ---- time stamps
lie foreign-stamp
cp inside/tagmanifest-sha256.txt.tsr foreign-stamp/
ask foreign-stamp
must 3 foreign-timestamp
refuses ts foreign-stamp
lie other-request
rm other-request/tagmanifest-sha256.txt.tsr
openssl ts -query -data good/tagmanifest-sha256.txt -sha256 -cert -out query 2>/dev/null
authority_stamp tsa query other-request/tagmanifest-sha256.txt.tsr
ask other-request
must 3 timestamp-of-other-request
refuses ts other-request
lie untrusted-stamp
authority_stamp foreign-tsa good/tagmanifest-sha256.txt.tsq answer
cp answer untrusted-stamp/tagmanifest-sha256.txt.tsr
ask untrusted-stamp
must 3 untrusted-authority
refuses ts untrusted-stamp
lie broken-stamp
size=$(stat -c %s good/tagmanifest-sha256.txt.tsr)
printf '\377' | dd of=broken-stamp/tagmanifest-sha256.txt.tsr bs=1 seek=$((size - 10)) conv=notrunc 2>/dev/null
ask broken-stamp
must 3 bad-timestamp
refuses ts broken-stamp
# that it is broken does not depend on who is trusted
code=0
"$EXHIBIT" verify --bag broken-stamp --ca ca/ca.pem --json -i "$key" >json || code=$?
must 3 bad-timestamp
lie no-stamp
rm no-stamp/tagmanifest-sha256.txt.tsr
ask no-stamp
must 1 no-timestamp
# at a time when its certificate was not valid yet, or in ten days; openssl looks at today alone
stamped_at() { # WORD TIME
	lie stamped-at
	authority_stamp_at tsa good/tagmanifest-sha256.txt.tsq stamped-at/tagmanifest-sha256.txt.tsr "$2"
	ask stamped-at
	[ "$1" = none ] || must 3 "$1"
	[ "$1" != none ] || must 0
	ts stamped-at || fixture_fail "ts refuses it: not what this lie is about"
}
utc() { date -u -d "$1" +%Y%m%d%H%M%SZ; }
stamped_at none "$(utc '+2 min')"
stamped_at timestamp-in-future "$(utc '+10 days')"
stamped_at timestamp-in-future "$(utc '+6 min')"
stamped_at timestamp-outside-validity 20200101000000Z
stamped_at timestamp-outside-validity "$(utc '+31 days')"
# made by an authority whose certificate had expired; expired since
authority_issue_between tsa-root old-tsa 'extendedKeyUsage=critical,timeStamping' 20200101000000Z 20210101000000Z
authority_issue_between tsa-root short-tsa 'extendedKeyUsage=critical,timeStamping' 20200101000000Z "$(utc '+6 seconds')"
lie short-stamp
authority_stamp short-tsa good/tagmanifest-sha256.txt.tsq short-stamp/tagmanifest-sha256.txt.tsr
ask short-stamp
must 0
then=$(date -u +%Y-%m-%dT%H:%M:%S.000000000Z)
lie old-stamp
authority_stamp old-tsa good/tagmanifest-sha256.txt.tsq old-stamp/tagmanifest-sha256.txt.tsr
ask old-stamp
must 3 timestamp-outside-validity
refuses ts old-stamp
sleep 7
ask short-stamp
must 3 expired-timestamp
refuses ts short-stamp
ask short-stamp --at "$then"
must 0
# a weak digest, a short key: openssl takes them
sed 's/signer_digest = sha256/signer_digest = sha1/' ca/tsa.cnf >ca/sha1.cnf
lie sha1-stamp
openssl ts -reply -config ca/sha1.cnf -queryfile good/tagmanifest-sha256.txt.tsq -signer ca/tsa.pem -inkey ca/tsa.key \
	-out sha1-stamp/tagmanifest-sha256.txt.tsr 2>/dev/null
ask sha1-stamp
must 3 bad-timestamp
grep -q 'not SHA-256' json || { cat json >&2; fixture_fail "not for its digest"; }
authority_issue tsa-root brief-tsa 'extendedKeyUsage=critical,timeStamping' 30 rsa:1024
lie brief-stamp
authority_stamp brief-tsa good/tagmanifest-sha256.txt.tsq brief-stamp/tagmanifest-sha256.txt.tsr
ask brief-stamp
must 3 bad-timestamp
grep -q 'too short' json || { cat json >&2; fixture_fail "not for its key"; }
# the request is gone: whose answer it is cannot be said
lie unasked
rm unasked/tagmanifest-sha256.txt.tsq
ask unasked
must 1 no-timestamp-request
# a custodian's certificate is none for time stamps
lie no-authority
authority_issue tsa-root no-tsa 'keyUsage=digitalSignature' 30
authority_stamp no-tsa good/tagmanifest-sha256.txt.tsq answer || :
if [ -s answer ]; then
	cp answer no-authority/tagmanifest-sha256.txt.tsr
	ask no-authority
	[ "$code" -eq 3 ] || fixture_fail "anybody can stamp"
	refuses ts no-authority
fi
# and such answers are not even taken
code=0
"$EXHIBIT" receipt no-stamp --tsa-response inside/tagmanifest-sha256.txt.tsr 2>log || code=$?
[ "$code" -eq 4 ] || fixture_fail "a foreign answer was taken"
grep -q 'something else' log || { cat log >&2; fixture_fail "why a foreign answer is not taken"; }
authority_stamp foreign-tsa good/tagmanifest-sha256.txt.tsq answer
code=0
"$EXHIBIT" receipt no-stamp --tsa-ca ca/tsa-root.pem --tsa-response answer 2>log || code=$?
[ "$code" -eq 4 ] || fixture_fail "the answer of a stranger was taken"
grep -q 'not trusted' log || { cat log >&2; fixture_fail "why a stranger's answer is not taken"; }

# ---- an early end, forged by who owns the process, against the plan that left before
python3 "$SRCDIR/tests/support/mkarchive.py" --forge plan-not-done early.tar >/dev/null
"$EXHIBIT" receipt early --archive early.tar
ask early
must 3 archive-altered
grep -q 'plan-not-done' json || { cat json >&2; fixture_fail "the plan was not compared"; }

# ---- nonce and session
ask good --nonce 0011223344556677
must 3 other-nonce
ask good --root "$fingerprint"
must 3 readback-differs
ask good --session 00112233445566778899aabbccddeeff
must 3 other-session

# ---- a record that holds by itself and says what the archive denies
other=$(printf other | sha256sum | cut -c1-64)
says() { # NAME WORD ARGUMENTS OF custody add...: one line more in the record of a good bag
	lie "$1"
	name=$1 word=$2
	shift 2
	"$EXHIBIT" custody add "$@" --record "$name/data/custody.jsonl" --no-archive >/dev/null
	papers "$name" "$word"
}
heard="--read-by A --heard-by B --channel telephone"
# shellcheck disable=SC2086  # words
says other-key custody-contradicts-archive key0-readback $heard --fingerprint "$other"
# shellcheck disable=SC2086
says other-root custody-contradicts-archive root-readback $heard --root "$other"
grep -q '"detail":"line [0-9]*: root"' json || { cat json >&2; fixture_fail "which line is not said"; }
# Put text behind text in the record of a good bag, and make its chain anew.
tells() { # NAME WORD BEHIND TEXT
	lie "$1"
	python3 - "$1/data/custody.jsonl" "$3" "$4" <<-'PYTHON'
		import hashlib, re, sys
		path, behind, text = sys.argv[1:]
		prev, lines = "0" * 64, []
		for line in open(path).read().splitlines():
		    head = re.sub('"prev":"[0-9a-f]*"', '"prev":"%s"' % prev, line.rsplit(',"sha256":', 1)[0])
		    head = head.replace(behind, behind + text)
		    prev = hashlib.sha256(head.encode()).hexdigest()
		    lines.append('%s,"sha256":"%s"}\n' % (head, prev))
		open(path, "w").write("".join(lines))
	PYTHON
	papers "$1" "$2"
}
tells other-planned custody-contradicts-archive '"exhibit":"17-A"' ",\"collector_sha256\":\"$other\""
tells other-plan custody-contradicts-archive '"exhibit":"17-A"' ',"nonce":"0011223344556677"'
tells other-session custody-contradicts-archive '"method":"ssh"' ',"session":"00112233445566778899aabbccddeeff"'
tells no-match custody-tells-alteration '"method":"ssh"' ',"match":"no"'
tells told-altered custody-tells-alteration '"method":"ssh"' ',"verdict":"ALTERED"'

# ---- read back into the custody record alone: that counts, and counts against another
"$EXHIBIT" receive -q --no-ask -o c.tar.zst.age -i "$key" a.tar.zst.age >/dev/null
cp a.custody c.custody
"$EXHIBIT" verify --json a.tar.zst.age -i "$key" >a.json
for what in fingerprint root; do
	hash=$(grep -oE "\"$what\":\"[0-9a-f]{64}\"" a.json | cut -d '"' -f 4)
	event="root-readback"
	[ "$what" = root ] || event="key0-readback"
	"$EXHIBIT" custody add "$event" --record c.custody --no-archive --read-by A --heard-by B \
		--channel telephone "--$what" "$hash" >/dev/null
done
bag readback c.tar.zst.age c.tar.zst.age.receive.jsonl c.custody
ask readback
must 1 no-nonce
! grep -q no-readback json || fixture_fail "the record's read-back does not count"
cp b.tar.zst.age readback/data/c.tar.zst.age
relist readback
ask readback
must 3 readback-differs

# ---- keys of every kind that is accepted, and one that is not
openssl pkcs12 -export -inkey ca/custodian.key -in ca/custodian.pem -certfile ca/ca.pem -passout pass:secret -out ca/custodian.p12
echo secret >passphrase
openssl pkey -in ca/custodian.key -aes256 -passout pass:secret -out ca/locked.key
authority_issue ca curve 'keyUsage=digitalSignature' 30 ec -pkeyopt ec_paramgen_curve:P-256
authority_issue ca edwards 'keyUsage=digitalSignature' 30 ed25519
try() { # EXIT ARGUMENTS...
	want=$1
	shift
	rm -f unsigned/tagmanifest-sha256.txt.p7s
	code=0
	"$EXHIBIT" receipt unsigned "$@" 2>log </dev/null || code=$?
	[ "$code" -eq "$want" ] || { cat log >&2; fixture_fail "exit $code, wanted $want: $*"; }
	[ "$want" -ne 0 ] || cms unsigned || fixture_fail "openssl refuses: $*"
}
try 0 --signer ca/custodian.p12 --passphrase-file passphrase
try 0 --signer ca/custodian.pem --signer-key ca/custodian.key
try 0 --signer ca/custodian.pem --signer-key ca/locked.key --passphrase-file passphrase
try 0 --signer ca/curve.both
try 4 --signer ca/edwards.both
try 4 --signer ca/custodian.pem
try 4 --signer ca/custodian.pem --signer-key ca/colleague.key
echo wrong >passphrase
try 4 --signer ca/custodian.p12 --passphrase-file passphrase
# a token signs through openssl; what it makes is the same
openssl cms -sign -binary -md sha256 -outform DER -signer ca/custodian.pem -inkey ca/custodian.key \
	-in good/tagmanifest-sha256.txt -out unsigned/tagmanifest-sha256.txt.p7s
ask unsigned
must 0
