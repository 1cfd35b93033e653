#!/bin/sh
# A bag is stamped by `exhibit receive` as by `exhibit receipt`: what one asks for the other takes,
# openssl agrees, and an answer that is forged, foreign or for another bag leaves nothing behind.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/support/authority.sh
. "$SRCDIR/tests/support/authority.sh"
authority_make
python3 "$SRCDIR/tests/support/mkarchive.py" whole.tar >/dev/null
tags=tagmanifest-sha256.txt
"$EXHIBIT" receipt bag --archive whole.tar --custodian 'N. Novak'
"$EXHIBIT" receipt other --archive whole.tar --custodian 'P. Petrov'

"$EXHIBIT" receive --tsa-request bag
[ -s "bag/$tags.tsq" ] || fixture_fail "no request"
openssl ts -query -in "bag/$tags.tsq" -text 2>/dev/null | grep -qi 'hash algorithm: sha256' || fixture_fail "openssl refuses the request"
"$EXHIBIT" receive other --tsa-request
authority_stamp tsa "bag/$tags.tsq" answer
authority_stamp foreign-tsa "bag/$tags.tsq" foreign
authority_stamp tsa "other/$tags.tsq" others
# a stamp in which one byte was changed, behind all that names the request: of its signature
python3 - answer forged <<-'PYTHON'
	import sys
	answer = bytearray(open(sys.argv[1], "rb").read())
	answer[-20] ^= 1
	open(sys.argv[2], "wb").write(answer)
PYTHON
! openssl ts -verify -in forged -queryfile "bag/$tags.tsq" -CAfile ca/tsa-root.pem >/dev/null 2>&1 || fixture_fail "not forged"

# refused WORDS ARGUMENTS...: by both verbs in the same words, with the same exit code, and
# nothing is kept
refused() {
	words=$1
	shift
	before=$(find bag -type f -exec sha256sum {} + | sort)
	for verb in receipt receive; do
		code=0
		"$EXHIBIT" "$verb" "$@" >"$verb.out" 2>&1 </dev/null || code=$?
		[ "$code" -eq 4 ] || { cat "$verb.out" >&2; fixture_fail "$verb $*: code $code"; }
		[ "$(find bag -type f -exec sha256sum {} + | sort)" = "$before" ] || fixture_fail "$verb $*: something was kept"
	done
	cmp receipt.out receive.out >&2 || fixture_fail "$*: the verbs differ"
	grep -qF "$words" receive.out || { cat receive.out >&2; fixture_fail "not said: $words"; }
}
refused 'the time stamp is not kept: ' --tsa-response forged bag
refused 'it stamps something else' bag --tsa-response others
refused 'its authority is not trusted' --tsa-response foreign --tsa-ca ca/tsa-root.pem bag
refused 'no response of RFC 3161' --tsa-response ca/ca.pem bag
refused 'no certificate and no' --tsa-response answer --trust whole.tar bag
refused 'No such file' --tsa-response nowhere bag
refused 'File exists' --tsa-request bag

"$EXHIBIT" receive --tsa-response answer --tsa-ca ca/tsa-root.pem -t ca/tsa-root.pem bag
cmp answer "bag/$tags.tsr"
openssl ts -verify -in "bag/$tags.tsr" -queryfile "bag/$tags.tsq" -CAfile ca/tsa-root.pem >/dev/null 2>&1 ||
	fixture_fail "openssl refuses it"
"$EXHIBIT" verify --bag bag --json --tsa-ca ca/tsa-root.pem >json || :
grep -q '"timestamp":{"result":"holds"},"authority":{"result":"holds"}' json || { cat json >&2; fixture_fail "exhibit refuses it"; }
[ "$(find bag/trust -type f | wc -l)" -eq 1 ] || fixture_fail "the root is not kept"
# what receive asked for, receipt takes
"$EXHIBIT" receipt other --tsa-response others --tsa-ca ca/tsa-root.pem
cmp others "other/$tags.tsr"
# none of it received anything
[ -z "$(find . -name '*.receive.jsonl')" ] || fixture_fail "a log was begun"
