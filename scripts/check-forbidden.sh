#!/bin/sh
# Proves of the collector's binary what its users rely on: it cannot run a
# program, load a library, ask a name service or be steered by a configuration
# file, and it is one small static file.
#
#   check-forbidden.sh BINARY      BINARY.debug, the unstripped one, beside it
#
# Of another machine: TOOLS stands before nm, ld and gcc, RUN runs the binary.
set -eu
LC_ALL=C
export LC_ALL
binary=${1:?usage: check-forbidden.sh BINARY}
case $binary in /*) ;; *) binary=$PWD/$binary ;; esac
debug=$binary.debug
limit=$((4 * 1024 * 1024))
status=0
fail() { echo "${binary##*/}: $*"; status=1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# --- what is linked in -------------------------------------------------------
forbidden='
	execl execle execlp execv execve execvp execvpe execveat fexecve __execvpe
	posix_spawn posix_spawnp system popen wordexp vfork
	dlopen dlsym dlvsym dladdr dlerror
	getpwnam getpwnam_r getpwuid getpwuid_r getpwent getgrnam getgrnam_r getgrgid
	getgrgid_r getgrent getgrouplist initgroups getlogin
	getaddrinfo getnameinfo gethostbyname gethostbyname_r gethostbyaddr getservbyname
	res_query res_init connect accept accept4 listen syslog openlog
	init_module finit_module delete_module
	SSL_connect BIO_new_connect
	archive_read_disk_new archive_write_disk_new archive_read_support_filter_program
	archive_write_add_filter_program'
"${TOOLS:-}nm" --defined-only "$debug" | awk '{ print $3 }' | sort -u >"$scratch/symbols"
[ -s "$scratch/symbols" ] || fail "no symbols in $debug: nothing was proved"
for symbol in $forbidden; do
	! grep -qx "$symbol" "$scratch/symbols" || fail "contains $symbol"
done
# The read half of the format parses hostile bytes and has no place on the host.
for symbol in archive_read_new inflate ZSTD_decompressDCtx ZSTD_decompressStream \
	yyjson_read_opts CMS_verify; do
	! grep -qx "$symbol" "$scratch/symbols" || fail "contains $symbol, which belongs to the workstation"
done

# libcrypto's default and base provider are out, what seals and encrypts is in
# (docs/decisions/0010-few-algorithms.md). Looked up in the library first: a name that it
# no longer has would prove nothing.
"${TOOLS:-}nm" --defined-only "${EXHIBIT_DEPS:?run by make}/lib/libcrypto.a" 2>/dev/null |
	awk '{ print $3 }' | sort -u >"$scratch/libcrypto"
known() { grep -qx "$1" "$scratch/libcrypto" || fail "libcrypto.a has no $1 any more: look again"; }
for symbol in deflt_query base_query ossl_rsa_keymgmt_functions ossl_aes256gcm_functions; do
	known "$symbol"
	! grep -qx "$symbol" "$scratch/symbols" || fail "contains $symbol: the provider table is not ours"
done
if grep -qx provider_init "$scratch/symbols"; then
	wanted='ossl_ed25519_sign ossl_x25519 ossl_chacha20_ossl_poly1305_functions
		ossl_kdf_hkdf_functions ossl_hmac_functions'
	case $("${TOOLS:-}gcc" -dumpmachine) in x86_64-*) wanted="$wanted sha256_block_data_order_shaext" ;; esac
	for symbol in $wanted; do
		known "$symbol"
		grep -qx "$symbol" "$scratch/symbols" || fail "lacks $symbol"
	done
fi

# --- the file itself ---------------------------------------------------------
size=$(wc -c <"$binary")
[ "$size" -lt "$limit" ] || fail "$size bytes, the limit is $limit"
readelf -hW "$binary" | grep -q 'Type: *DYN' || fail "not position independent"
readelf -lW "$binary" >"$scratch/segments"
! grep -q INTERP "$scratch/segments" || fail "asks for a dynamic loader"
grep -q GNU_RELRO "$scratch/segments" || fail "no RELRO"
! grep -q 'GNU_STACK.*RWE' "$scratch/segments" || fail "executable stack"
! grep -q 'LOAD.*RWE' "$scratch/segments" || fail "a segment is writable and executable"
! readelf -dW "$binary" | grep -q NEEDED || fail "needs a shared library"
# Anything but a relative relocation needs a loader that is not there.
if readelf -rW "$binary" | grep 'R_[A-Z0-9]*_' | grep -v '_RELATIVE' | grep -q .; then
	fail "relocations other than RELATIVE"
fi
# 24 bytes for each of 18,000 pointers otherwise: a tenth of the file.
! "${TOOLS:-}ld" --help | grep -q pack-relative-relocs || readelf -SW "$binary" | grep -q '\.relr\.dyn' ||
	fail "relative relocations are not packed"
! readelf -SW "$binary" | grep -q '\.symtab' || fail "not stripped"

# --- what libcrypto might read -----------------------------------------------
# The bare name openssl.cnf remains in it as dead text; a place to find it must
# not. The library is searched, not the binary: our own catalogue names /etc/ssl.
if strings -n 5 "$EXHIBIT_DEPS/lib/libcrypto.a" |
	grep -E '^/(etc|usr|var|opt|lib|home|root)(/|$)' >"$scratch/paths"; then
	fail "libcrypto looks for $(tr '\n' ' ' <"$scratch/paths")"
fi

# And no run opens one, even when told to.
traced() { # ARGUMENTS...
	mkdir -p "$scratch/bait"
	echo 'openssl_conf = bait' >"$scratch/bait/openssl.cnf"
	OPENSSL_CONF=$scratch/bait/openssl.cnf OPENSSL_MODULES=$scratch/bait \
		OPENSSL_ENGINES=$scratch/bait OPENSSL_CONF_INCLUDE=$scratch/bait \
		strace -f -qq -e trace=execve,execveat,open,openat,openat2,access,faccessat,faccessat2 \
		-o "$scratch/trace" ${RUN:+"$RUN"} "$binary" "$@" >/dev/null 2>"$scratch/errors" </dev/null ||
		[ $? -eq 1 ] || { fail "$* failed: $(tail -n 1 "$scratch/errors")"; return; }
	! grep -E 'openssl\.cnf|ossl-modules|engines-3|/bait' "$scratch/trace" >"$scratch/hits" ||
		fail "$*: opened $(head -n 1 "$scratch/hits")"
	# The first line is strace's own start of the program.
	[ "$(grep -c 'exec' "$scratch/trace")" -le 1 ] || fail "$*: executed a program"
}
if command -v strace >/dev/null; then
	mkdir -p "$scratch/host/etc"
	echo 'root:x:0:0::/root:/bin/sh' >"$scratch/host/etc/passwd"
	traced --version
	traced --root "$scratch/host" -o -
else
	fail "strace is missing: nothing was proved of a run"
fi

[ "$status" -ne 0 ] || echo "static, $size bytes, executes nothing, loads nothing, reads no configuration"
exit "$status"
