#!/bin/sh
# Time stamps of a bag: of other bytes, for another request, by others, at times that cannot be.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/support/receipt.sh
. "$SRCDIR/tests/support/receipt.sh"
other

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
fixture_flip broken-stamp/tagmanifest-sha256.txt.tsr $((size - 10))
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
stamped_at() { # WORD TIME [EXIT]
	lie stamped-at
	authority_stamp_at tsa good/tagmanifest-sha256.txt.tsq stamped-at/tagmanifest-sha256.txt.tsr "$2"
	ask stamped-at
	[ "$1" = none ] || must "$3" "$1"
	[ "$1" != none ] || must 0
	ts stamped-at || fixture_fail "ts refuses it: not what this lie is about"
}
utc() { date -u -d "$1" +%Y%m%d%H%M%SZ; }
stamped_at none "$(utc '+2 min')"
stamped_at timestamp-in-future "$(utc '+10 days')" 1
stamped_at timestamp-in-future "$(utc '+6 min')" 1
grep -q '"fault":"no-authority"' json && { cat json >&2; fixture_fail "it holds, so it has an authority"; }
grep -q '"stamped":"' json || { cat json >&2; fixture_fail "its time is not told"; }
stamped_at timestamp-outside-validity 20200101000000Z 3
stamped_at timestamp-outside-validity "$(utc '+31 days')" 3
# that it is in the future excuses no stranger; that its certificate is yet to come, no such stamp
lie stamped-at
authority_stamp_at foreign-tsa good/tagmanifest-sha256.txt.tsq stamped-at/tagmanifest-sha256.txt.tsr "$(utc '+10 days')"
ask stamped-at
must 3 timestamp-in-future untrusted-authority
lie stamped-at
authority_stamp_at tsa good/tagmanifest-sha256.txt.tsq stamped-at/tagmanifest-sha256.txt.tsr 20200101000000Z
ask stamped-at --at 2019-01-01T00:00:00.000000000Z
must 3 timestamp-outside-validity
# made by an authority whose certificate had expired; expired since
authority_issue_between tsa-root old-tsa 'extendedKeyUsage=critical,timeStamping' 20200101000000Z 20210101000000Z
authority_issue_short tsa-root short-tsa 'extendedKeyUsage=critical,timeStamping'
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
authority_expired short-tsa
ask short-stamp
must 1 expired-timestamp
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
