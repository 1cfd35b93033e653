#!/bin/sh
# Who signed a bag, with what key, by what digest, for what; and the keys that are taken.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/support/receipt.sh
. "$SRCDIR/tests/support/receipt.sh"

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
must 1 expired-signer expired-timestamp
"$EXHIBIT" verify --bag good --at "$in_years" -i "$key" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem >page || :
grep -q 'verify with --at' page || { cat page >&2; fixture_fail "what to do is not said"; }
! grep -q 'Do not rely' page || { cat page >&2; fixture_fail "nothing was changed"; }
# before they were valid: a clock that is behind, or --at too early, changes nothing of the bag
before=2020-06-01T00:00:00.000000000Z
ask good --at "$before"
must 1 signer-not-yet-valid authority-not-yet-valid
"$EXHIBIT" verify --bag good --at "$before" -i "$key" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem >page || :
grep -q "Look at this computer's clock, or at --at" page || { cat page >&2; fixture_fail "what to look at is not said"; }
! grep -q 'Do not rely' page || { cat page >&2; fixture_fail "nothing was changed"; }
# that it is expired, or not valid yet, excuses nothing else
expected=stranger
for at in "$in_years" "$before"; do
	ask stranger --at "$at"
	must 3 untrusted-signer
done
expected=
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca/fake.key -out ca/fake.pem -subj /CN=ca -days 20000 2>/dev/null
authority_issue fake namesake 'authorityKeyIdentifier=none\nkeyUsage=digitalSignature' 10000
lie namesake
sign_by_hand namesake namesake sha256
expected=namesake
ask namesake --at "$(date -u -d '+15 years' +%Y-%m-%dT%H:%M:%S.000000000Z)"
must 3 untrusted-signer
expected=
# signed when the certificate had expired: whenever it is looked at
authority_issue_between ca late 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature' 20200101000000Z 20210101000000Z
lie late
sign_by_hand late late sha256
expected=late
ask late
must 3 signature-outside-validity
refuses cms late
ask late --at 2020-06-01T00:00:00.000000000Z
must 3 signature-outside-validity
# and so if the signature tells no time: it is of a bag that arrived later than that
openssl cms -sign -binary -noattr -md sha256 -in late/tagmanifest-sha256.txt -signer ca/late.pem -inkey ca/late.key \
	-outform DER -out late/tagmanifest-sha256.txt.p7s
ask late
must 3 signature-outside-validity
expected=
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
# roots are kept beside, or it is told that they are not
grep -q '"signer_root_kept":false.*"authority_root_kept":false' json || { cat json >&2; fixture_fail "roots that are not kept"; }
"$EXHIBIT" receipt listed --trust ca/ca.pem --trust ca/tsa-root.pem
ask listed
must 0
grep -q '"signer_root_kept":true.*"authority_root_kept":true' json || { cat json >&2; fixture_fail "roots that are kept"; }
sleep 1.1
lie revoked
"$EXHIBIT" receipt revoked --trust ca/old.pem
ask revoked
must 3 revoked-signer
lie revoked
"$EXHIBIT" receipt revoked --trust ca/list.pem
ask revoked
must 3 revoked-signer
ask revoked --at "$in_years"
must 3 revoked-signer
! openssl cms -verify -binary -inform DER -in revoked/tagmanifest-sha256.txt.p7s -content revoked/tagmanifest-sha256.txt \
	-CAfile ca/ca.pem -CRLfile ca/list.pem -crl_check -purpose any -out /dev/null 2>/dev/null || fixture_fail "cms: not revoked"

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
says() { # TEXT ARGUMENTS...: refused for that, and for nothing else
	text=$1
	shift
	try 4 "$@"
	grep -qF "$text" log || { cat log >&2; fixture_fail "not said: $text"; }
	[ ! -e unsigned/tagmanifest-sha256.txt.p7s ] || fixture_fail "signed though $text"
}
printf '%s' secret >right
echo wrong >wrong
openssl pkcs8 -topk8 -in ca/custodian.key -v2 des3 -passout pass:secret -out ca/des3.key
openssl pkey -in ca/custodian.key -traditional -des3 -passout pass:secret -out ca/old-des3.key
openssl pkcs12 -export -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -inkey ca/custodian.key \
	-in ca/custodian.pem -passout pass:secret -out ca/des3.p12
sed 's/^\(M.\)./\1!/' ca/custodian.key >ca/broken.key
try 0 --signer ca/custodian.p12 --passphrase-file right
says 'the passphrase is wrong' --signer ca/custodian.p12 --passphrase-file wrong
says 'the passphrase is wrong' --signer ca/custodian.pem --signer-key ca/locked.key --passphrase-file wrong
says 'nowhere' --signer ca/custodian.p12 --passphrase-file nowhere
says 'other than AES' --signer ca/des3.p12 --passphrase-file right
says 'other than AES' --signer ca/custodian.pem --signer-key ca/des3.key --passphrase-file right
says 'other than AES' --signer ca/custodian.pem --signer-key ca/old-des3.key --passphrase-file right
says 'cannot be read' --signer ca/custodian.pem --signer-key ca/broken.key
says 'no private key' --signer ca/custodian.pem
says 'no private key' --signer tree/etc/hostname
says 'No such file' --signer nowhere
says 'No such file' --signer ca/custodian.pem --signer-key nowhere
says 'no certificate of the private key' --signer ca/custodian.key
command -v setsid >/dev/null || exit 77
code=0
setsid "$EXHIBIT" receipt unsigned --signer ca/custodian.p12 2>log </dev/null || code=$?
[ "$code" -eq 4 ] || fixture_fail "signed without a passphrase"
grep -q 'no terminal to ask' log || { cat log >&2; fixture_fail "not why"; }

# ---- what fails leaves nothing that it made, and everything that was there
nothing() { # TEXT ARGUMENTS...: no bag is made
	text=$1
	shift
	code=0
	"$EXHIBIT" receipt new --archive a.tar.zst.age "$@" 2>log </dev/null || code=$?
	[ "$code" -eq 4 ] || fixture_fail "exit $code: $*"
	grep -qF "$text" log || { cat log >&2; fixture_fail "not said: $text"; }
	[ "$(find . -maxdepth 1 -name "new*" | wc -l)" -eq 0 ] || { fixture_fail "left behind: $*"; }
}
authority_stamp tsa good/tagmanifest-sha256.txt.tsq foreign
nothing 'the passphrase is wrong' --signer ca/custodian.p12 --passphrase-file wrong --trust ca/ca.pem
nothing 'no certificate and no' --trust ca/ca.pem --trust tree/etc/hostname
nothing 'it stamps something else' --signer ca/custodian.both --trust ca/ca.pem --tsa-request --tsa-response foreign
nothing 'No such file' --signer ca/custodian.both --collector nowhere
before=$(find unsigned | sort | sha256sum)
code=0
"$EXHIBIT" receipt unsigned --trust ca/ca.pem --signer ca/custodian.both --tsa-response ca/ca.pem 2>log || code=$?
[ "$code" -eq 4 ] || fixture_fail "exit $code"
[ "$(find unsigned | sort | sha256sum)" = "$before" ] || { find unsigned >&2; fixture_fail "half of it stays"; }
mkdir new.partial
echo mine >new.partial/file
code=0
"$EXHIBIT" receipt new --archive a.tar.zst.age 2>log || code=$?
[ "$code $(cat new.partial/file)" = '4 mine' ] || fixture_fail "what others made was touched"
rm -r new.partial
# openssl signs as it does with a token (receipt-token.sh); what it makes is the same
openssl cms -sign -binary -md sha256 -outform DER -signer ca/custodian.pem -inkey ca/custodian.key \
	-in good/tagmanifest-sha256.txt -out unsigned/tagmanifest-sha256.txt.p7s
ask unsigned
must 0
