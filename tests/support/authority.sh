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

# authority_issue_short ROOT NAME EXTENSIONS: valid until authority_expired NAME has ended, long
# enough for a slow machine to use it before; its key, which takes any time, is made first
authority_issue_short() {
	authority_request "$2"
	date -d '+12 seconds' +%s >"ca/$2.ends"
	authority_sign_between "$1" "$2" "$3" 20200101000000Z "$(date -u -d "@$(cat "ca/$2.ends")" +%Y%m%d%H%M%SZ)"
}
authority_expired() {
	while [ "$(date +%s)" -le "$(cat "ca/$1.ends")" ]; do sleep 0.2; done
}

# authority_issue_between ROOT NAME EXTENSIONS FROM TO: valid in that time alone (YYYYMMDDHHMMSSZ)
authority_issue_between() {
	authority_request "$2"
	authority_sign_between "$@"
}
authority_request() { # NAME
	openssl req -newkey rsa:2048 -nodes -keyout "ca/$1.key" -out "ca/$1.csr" -subj "/O=Example/CN=$1" 2>/dev/null
}
authority_sign_between() { # ROOT NAME EXTENSIONS FROM TO: what NAME has requested
	{
		printf '[ca]\ndefault_ca=x\n[x]\ndatabase=ca/between.txt\nserial=ca/between.serial\n'
		printf 'default_md=sha256\nunique_subject=no\nemail_in_dn=no\nnew_certs_dir=ca\npolicy=p\n'
		printf 'certificate=ca/%s.pem\nprivate_key=ca/%s.key\n[p]\nO=optional\nCN=supplied\n' "$1" "$1"
	} >ca/between.cnf
	: >ca/between.txt
	[ -s ca/between.serial ] || echo 1000 >ca/between.serial
	printf '%b' "$3" >"ca/$2.ext"
	openssl ca -batch -config ca/between.cnf -in "ca/$2.csr" -startdate "$4" -enddate "$5" -extfile "ca/$2.ext" \
		-notext -out "ca/$2.pem" 2>/dev/null
	cat "ca/$2.pem" "ca/$2.key" >"ca/$2.both"
}

# authority_stamp_at NAME QUERY RESPONSE TIME: a stamp that tells another time (YYYYMMDDHHMMSSZ)
authority_stamp_at() {
	authority_stamp "$1" "$2" ca/now.tsr
	openssl ts -reply -in ca/now.tsr -token_out -out ca/now.token 2>/dev/null
	openssl cms -verify -noverify -binary -inform DER -in ca/now.token -out ca/now.info 2>/dev/null
	python3 - ca/now.info "$4" <<-'PYTHON'
		import re, sys
		info = open(sys.argv[1], "rb").read()
		info, n = re.subn(rb"(\x18\x0f)\d{14}Z", lambda m: m.group(1) + sys.argv[2].encode(), info)
		assert n == 1
		open(sys.argv[1], "wb").write(info)
	PYTHON
	openssl cms -sign -binary -nodetach -cades -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.4 -nosmimecap \
		-in ca/now.info -signer "ca/$1.pem" -inkey "ca/$1.key" -outform DER -out ca/then.token 2>/dev/null
	openssl ts -reply -in ca/then.token -token_in -out "$3" 2>/dev/null
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

# authority_serve: the authorities behind HTTP on the loopback, each below its name, until the test
# ends; "closed" answers 503. Sets url.
authority_serve() {
	cat >ca/serve.py <<'END'
import http.server, os, socketserver, subprocess
class Authority(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        name = self.path[1:]
        assert self.headers["Content-Type"] == "application/timestamp-query"
        open("query", "wb").write(self.rfile.read(int(self.headers["Content-Length"])))
        if name == "closed":
            self.send_error(503)
            return
        subprocess.run(["openssl", "ts", "-reply", "-config", "ca/tsa.cnf", "-queryfile", "query", "-signer",
                        "ca/%s.pem" % name, "-inkey", "ca/%s.key" % name, "-out", "reply"],
                       check=True, stderr=subprocess.DEVNULL)
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(open("reply", "rb").read())
    def log_message(self, *args):
        pass
# not HTTPServer, which asks the network for the name of 127.0.0.1
server = socketserver.TCPServer(("127.0.0.1", 0), Authority)
open("port.new", "w").write(str(server.server_address[1]))
os.rename("port.new", "port")
server.serve_forever()
END
	python3 ca/serve.py &
	authority_server=$!
	trap 'kill "$authority_server" 2>/dev/null || :' EXIT
	trap 'exit 1' HUP INT TERM
	fixture_until test -f port
	# shellcheck disable=SC2034  # the test's
	url=http://127.0.0.1:$(cat port)
	unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy 2>/dev/null || :
}
