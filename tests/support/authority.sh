#!/bin/sh
# Sourced by scenario tests of receipts: an authority for custodians and one for time stamps,
# made on the spot, with a second one of each that nobody trusts. Everything goes into ca/.

# authority_root NAME: a self-signed root, ca/NAME.pem and ca/NAME.key
authority_root() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "ca/$1.key" -out "ca/$1.pem" -subj "/CN=$1" \
		-days 3650 -addext 'keyUsage=critical,keyCertSign,cRLSign' 2>/dev/null
}

# authority_issue ROOT NAME EXTENSIONS DAYS [KEYTYPE...]: ca/NAME.pem and ca/NAME.key of ROOT
authority_issue() {
	root=$1
	name=$2
	extensions=$3
	days=$4
	shift 4
	[ $# -gt 0 ] || set -- rsa:2048
	printf '%b' "$extensions" >"ca/$name.ext"
	openssl req -newkey "$@" -nodes -keyout "ca/$name.key" -out "ca/$name.csr" \
		-subj "/O=Example/CN=$name" 2>/dev/null
	openssl x509 -req -in "ca/$name.csr" -CA "ca/$root.pem" -CAkey "ca/$root.key" -CAcreateserial \
		-days "$days" -extfile "ca/$name.ext" -out "ca/$name.pem" 2>/dev/null
	cat "ca/$name.pem" "ca/$name.key" >"ca/$name.both"
}

# A configuration for `openssl ts -reply`.
authority_config() {
	mkdir -p ca
	cat >ca/tsa.cnf <<-'END'
		[ tsa ]
		default_tsa = tsa1
		[ tsa1 ]
		serial = ca/tsa.serial
		crypto_device = builtin
		signer_digest = sha256
		default_policy = 1.2.3.4.1
		digests = sha256
		accuracy = secs:1
		ess_cert_id_alg = sha256
	END
	echo 01 >ca/tsa.serial
}

# authority_stamp NAME QUERY RESPONSE: what the time-stamping authority NAME answers
authority_stamp() {
	openssl ts -reply -config ca/tsa.cnf -queryfile "$2" -signer "ca/$1.pem" -inkey "ca/$1.key" \
		-out "$3" 2>/dev/null
}

# All that the tests of receipts need.
authority_make() {
	authority_config
	authority_root ca
	authority_root foreign-ca
	authority_root tsa-root
	authority_root foreign-tsa-root
	authority_issue ca custodian 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature' 30
	authority_issue ca colleague 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature' 30
	authority_issue foreign-ca stranger 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature' 30
	authority_issue tsa-root tsa 'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature' 30
	authority_issue foreign-tsa-root foreign-tsa 'extendedKeyUsage=critical,timeStamping' 30
}
