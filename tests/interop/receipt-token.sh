#!/bin/sh
# A key that was made in a PKCS#11 token, and cannot leave it, signs bags and lines of the custody
# record by the commands of the manual page as they stand there, the PIN typed at a terminal; what
# another token signed, and what was changed afterwards, is found by name.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
PATH=$PATH:/sbin:/usr/sbin
for tool in softhsm2-util pkcs11-tool; do
	command -v $tool >/dev/null || { echo "needs $tool" >&2; exit 77; }
done
for library in /usr/lib/softhsm/libsofthsm2.so /usr/lib64/pkcs11/libsofthsm2.so; do
	[ ! -e "$library" ] || break
done
[ -e "$library" ] || { echo "needs the library of SoftHSM" >&2; exit 77; }
# No other token of this machine is asked. The provider's configuration has what SoftHSM needs not
# to crash when the process ends.
export PKCS11_MODULE_PATH="$library"
{
	printf 'openssl_conf=i\n[i]\nproviders=p\n[p]\ndefault=d\npkcs11=t\n[d]\nactivate=1\n'
	printf '[t]\npkcs11-module-path=%s\npkcs11-module-quirks=no-deinit\n' "$library"
} >provider.cnf
# shellcheck source=tests/support/receipt.sh
. "$SRCDIR/tests/support/receipt.sh"

# token NAME KEYTYPE CA LABEL: a token with a key that is made in it, and ca/NAME.pem of that key
token() {
	mkdir -p "$1.token"
	printf 'directories.tokendir=%s\nlog.level=ERROR\n' "$PWD/$1.token" >"$1.conf"
	export SOFTHSM2_CONF="$PWD/$1.conf"
	softhsm2-util --init-token --free --label "$1" --so-pin 87654321 --pin 1234 >/dev/null
	pkcs11-tool --module "$library" --login --pin 1234 --keypairgen --key-type "$2" --usage-sign \
		--label "$4" --id 01 >made 2>&1 || { cat made >&2; fixture_fail "no key in a token"; }
	sed -n '/^Private/,/^Public/p' made | grep -q 'Access:.* always sensitive, never extractable, local' ||
		{ cat made >&2; fixture_fail "the key can leave the token"; }
	pkcs11-tool --module "$library" --read-object --type pubkey --id 01 -o "$1.der" >/dev/null 2>&1
	openssl pkey -pubin -inform DER -in "$1.der" -out "$1.pub"
	authority_issue "$3" "$1" 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature' 30
	openssl x509 -req -in "ca/$1.csr" -force_pubkey "$1.pub" -CA "ca/$3.pem" -CAkey "ca/$3.key" \
		-CAcreateserial -days 30 -extfile "ca/$1.ext" -out "ca/$1.pem" 2>/dev/null
	rm "ca/$1.key" "ca/$1.both"
}
manual() { # WORDS: the command of the manual page that begins with them
	awk -v begin="$1" 'index($0, begin) == 1 { on = 1 } /^\.Ed/ { on = 0 } on { sub(/\\e$/, "\\"); print }' \
		"$SRCDIR/docs/exhibit.1"
}
provider=$(sed -n 's/^\.Ql \(-provider .*\)$/\1/p' "$SRCDIR/docs/exhibit.1")
engine=$(sed -n 's/^\.Ql \(-engine .*\) \.$/\1/p' "$SRCDIR/docs/exhibit.1")
if [ -z "$provider" ] || [ -z "$engine" ]; then
	fixture_fail "the manual page does not say what replaces what"
fi

asked='Enter (PKCS#11 token PIN|PIN|pass phrase) for '
# with TOKEN PIN CERTIFICATE WORDS SED: that command, by engine or provider, at a terminal
with() {
	export SOFTHSM2_CONF="$PWD/$1.conf"
	cp "ca/$3.pem" custodian.pem
	manual "$4" | sed -e "$5" -e "s/$engine/$way/" >typed
	[ -s typed ] || fixture_fail "no such command: $4"
	code=0
	python3 "$SRCDIR/tests/support/at_terminal.py" "$asked" "$2" sh typed >shown || code=$?
	grep -Eq "$asked" shown || { cat typed shown >&2; fixture_fail "$1: no PIN was asked for"; }
}
signs() { # TOKEN BAG: a bag like the good one, signed with the key in the token
	lie "$2"
	rm "$2/tagmanifest-sha256.txt.p7s"
	with "$1" 1234 "$1" 'openssl cms' "s/BAG/$2/"
	[ "$code" -eq 0 ] || { cat typed shown >&2; fixture_fail "$1: no signature, code $code"; }
}
says() { # TEXT BAG
	"$EXHIBIT" verify --bag "$2" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem --signer "ca/$expected.pem" -i "$key" >page || :
	grep -q "$1" page || { cat page >&2; fixture_fail "$2: not $1"; }
}

signing() {
	for kind in rsa curve; do
		expected=$kind
		signs $kind whole
		ask whole
		must 0
		says '^PROVEN' whole
		cms whole || fixture_fail "openssl refuses what the token signed"
		# a byte of what was signed, and one at the end of the signature
		for changed in tagmanifest-sha256.txt:9 tagmanifest-sha256.txt.p7s:$(($(stat -c %s whole/tagmanifest-sha256.txt.p7s) - 9)); do
			rm -rf changed
			cp -r whole changed
			fixture_flip "changed/${changed%:*}" "${changed#*:}"
			ask changed
			must 3 bad-signature
			refuses cms changed
		done
	done
	# another token with the same labels: its certificate is of the same authority, or of none
	expected=rsa
	signs other other-key
	ask other-key
	must 3 wrong-signer
	says '^ALTERED' other-key
	cms other-key || fixture_fail "the other token's signature is one"
	signs foreign foreign-key
	ask foreign-key
	must 3 wrong-signer
	refuses cms foreign-key
	expected=foreign
	ask foreign-key
	must 3 untrusted-signer
	# neither the other token, with the right certificate, nor a wrong PIN signs anything
	expected=rsa
	for who in other:1234:not.match rsa:4321:private.key; do
		lie nothing
		rm nothing/tagmanifest-sha256.txt.p7s
		pin=${who#*:}
		with "${who%%:*}" "${pin%:*}" rsa 'openssl cms' 's/BAG/nothing/'
		[ "$code" -ne 0 ] || fixture_fail "signed: $who"
		grep -q "${who##*:}" shown || { cat shown >&2; fixture_fail "not why: $who"; }
		[ ! -s nothing/tagmanifest-sha256.txt.p7s ] || fixture_fail "something was signed: $who"
		ask nothing
		must 3 bad-signature
	done
}

# Both sides of a hand-over, each with a token; and the signature of the wrong one.
handing_over() {
	rm -f custody.jsonl signature message
	python3 "$SRCDIR/tests/support/mkcustody.py" custody.jsonl
	for side in rsa:released_by curve:received_by; do
		"$EXHIBIT" custody sign 5 --role "${side#*:}" --message >message
		with "${side%:*}" 1234 "${side%:*}" 'openssl dgst' 's/object=novak/object=custodian/'
		[ "$code" -eq 0 ] || { cat typed shown >&2; fixture_fail "no signature of a line, code $code"; }
		refused=0
		"$EXHIBIT" custody sign 5 --role "${side#*:}" --by 'N. N.' --signature signature --public-key other.pub \
			>/dev/null 2>&1 || refused=$?
		[ "$refused" -ne 0 ] || fixture_fail "a line takes a signature of another token"
		"$EXHIBIT" custody sign 5 --role "${side#*:}" --by 'N. N.' --signature signature \
			--public-key "ca/${side%:*}.pem" >/dev/null
	done
	"$EXHIBIT" custody check -q --key ca/rsa.pem --key ca/curve.pem >/dev/null
	! "$EXHIBIT" custody check -q --key ca/rsa.pem --key ca/other.pem >/dev/null || fixture_fail "the curve's signature is the other's"
}

token rsa rsa:2048 ca custodian
token curve EC:prime256v1 ca custodian
token other rsa:2048 ca custodian
token foreign rsa:2048 foreign-ca custodian

ways=
if openssl engine pkcs11 >/dev/null 2>&1; then
	way=$engine
	signing
	handing_over
	ways="engine"
fi
export OPENSSL_CONF="$PWD/provider.cnf"
if openssl list -providers -provider pkcs11 >/dev/null 2>&1; then
	way=$provider
	signing
	handing_over
	ways="$ways provider"
fi
[ -n "$ways" ] || { echo "needs an engine or a provider of openssl for PKCS#11" >&2; exit 77; }
echo "signed by: $ways"
