#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/check-forbidden.sh"
link='-O1 -fPIE -Wl,-z,relro,-z,now -Wl,-z,noexecstack'
! ld --help | grep -q pack-relative-relocs || link="$link -Wl,-z,pack-relative-relocs"

# program BODY [OPTION...]
program() {
	_body=$1
	shift
	printf '#include <unistd.h>\n#include <stdlib.h>\n#include <fcntl.h>\n#include <netdb.h>\n#include <dlfcn.h>\n' >p.c
	printf 'int main(int argc, char **argv) { (void)argc; (void)argv; %s }\n' "$_body" >>p.c
	# shellcheck disable=SC2086  # a list of options
	cc-musl $link -o p.debug p.c "$@"
	strip -o p p.debug
}

program 'return 0;'
passes "$check" p
program 'return argc > 9 ? execve(argv[1], argv, argv) : 0;'
refuses 'contains execve' "$check" p
program 'return argc > 9 ? system(argv[1]) : 0;'
refuses 'contains system' "$check" p
program 'return argc > 9 ? dlopen(argv[1], 0) != 0 : 0;'
refuses 'contains dlopen' "$check" p
program 'return argc > 9 ? getaddrinfo(0, 0, 0, 0) : 0;'
refuses 'contains getaddrinfo' "$check" p
program 'return argc > 9 ? inflate(0, 0) : 0;' -include zlib.h -lz
refuses 'contains inflate, which belongs to the workstation' "$check" p
program 'return argc > 9 ? EVP_MD_fetch(0, argv[1], 0) != 0 : 0;' -include openssl/evp.h -lcrypto
refuses 'contains deflt_query: the provider table is not ours' "$check" p
# Ours in name alone, with nothing behind it.
program 'return 0; } int provider_init(void) { return 0;'
refuses 'lacks ossl_ed25519_sign' "$check" p
program 'return 0;' -static
refuses 'not position independent' "$check" p
case $link in
*pack-relative-relocs)
	program 'return 0;' -Wl,-z,nopack-relative-relocs
	refuses 'relative relocations are not packed' "$check" p
	;;
esac
program 'return 0;' -Wl,-z,execstack
refuses 'executable stack' "$check" p
program 'return 0;' -Wl,-z,norelro
refuses 'no RELRO' "$check" p
program 'return 3;'
refuses '--version failed' "$check" p
# Opens what the environment names, as a libcrypto with autoload would.
program 'char *n = getenv("OPENSSL_CONF"); return n && open(n, O_RDONLY) < 0;'
refuses '--version: opened' "$check" p
program 'return 0;'
cp p.debug p
refuses 'not stripped' "$check" p
{ strip -o p p.debug; head -c 4194304 /dev/zero >>p; }
refuses 'the limit is 4194304' "$check" p
if command -v gcc >/dev/null; then
	echo 'int main(void) { return 0; }' >p.c
	gcc -o p.debug p.c && strip -o p p.debug
	refuses 'asks for a dynamic loader' "$check" p
fi
