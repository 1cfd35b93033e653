#!/bin/sh
# Builds the pinned third-party sources of deps.lock statically against musl,
# once, into a cache that any number of checkouts share.
#
#   build-deps.sh           build if missing, print the finished folder
#   build-deps.sh --print   print the folder, build nothing
#   build-deps.sh --libs    print names and versions for --version
#   build-deps.sh --tools   print what stands before gcc, ld and strip
#   build-deps.sh --sources print the folder of the third-party sources
#
# EXHIBIT_ARCH names the machine to build for, a line of scripts/targets; without it
# it is this one.
#
# The folder is ${EXHIBIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/exhibit}/KEY, for a
# machine that is not this one in a folder of its name there. KEY covers this script,
# the lock, the specs, the line of the machine and the tools, so that a change of any
# of them builds anew and an old folder is never reused by mistake.
set -eu
umask 022
# Everything that would make two builds differ or let foreign headers and
# libraries in. LIBRARY_PATH, for one, adds -L to every link.
unset CDPATH CC CPP CFLAGS CPPFLAGS LDFLAGS LIBS AR RANLIB MAKEFLAGS MFLAGS MAKELEVEL \
	LIBRARY_PATH LD_LIBRARY_PATH CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH \
	GCC_EXEC_PREFIX COMPILER_PATH CONFIG_SITE OPENSSL_LOCAL_CONFIG_DIR GZIP TAR_OPTIONS
LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1700000000 ZERO_AR_DATE=1
export LC_ALL TZ SOURCE_DATE_EPOCH ZERO_AR_DATE

here=$(cd "$(dirname "$0")" && pwd)
lock=$here/deps.lock
root=${EXHIBIT_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME or EXHIBIT_CACHE}/.cache}/exhibit}
case $root in /*) ;; *) root=$PWD/$root ;; esac
jobs=${EXHIBIT_JOBS:-$(nproc)}

# The code that runs per byte: zstd gets all the speed there is, libcrypto's hot
# code is assembly whatever the level, so its C is kept small.
# Nothing here is unwound through: no exception, no thread that is cancelled.
common="-g0 -fPIE -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -pipe"
flags_crypto="-Os $common"
flags_zstd="-O3 $common"
flags_other="-O2 $common"

# libcrypto alone, with what sealing, receipts and encryption need, and with
# nothing that opens a file, loads a module or talks to a network.
openssl_options="
	no-shared no-dso no-module no-engine no-dynamic-engine no-static-engine
	no-autoload-config no-filenames no-ui-console no-atexit
	no-apps no-docs no-tests no-demos no-makedepend no-uplink
	no-ssl no-tls no-dtls no-quic no-http no-sock no-dgram no-srtp no-psk no-srp
	no-nextprotoneg no-ssl-trace no-comp no-ct no-ocsp no-cmp no-rfc3779
	no-afalgeng no-padlockeng no-capieng no-loadereng no-egd
	no-fips no-fips-securitychecks no-async no-thread-pool no-legacy no-deprecated
	no-aria no-argon2 no-bf no-blake2 no-camellia no-cast no-des no-dh no-dsa no-ec2m
	no-gost no-idea no-integrity-only-ciphers no-md4 no-mdc2 no-ml-kem no-multiblock
	no-ocb no-rc2 no-rc4 no-rc5 no-rmd160 no-scrypt no-seed no-siphash no-siv
	no-slh-dsa no-sm2 no-sm3 no-sm4 no-whirlpool"

# The write half compresses by itself and the read half decompresses by itself:
# libarchive sees plain pax, so it gets no filter library at all.
libarchive_options="
	--disable-shared --enable-static --disable-dependency-tracking
	--disable-silent-rules --disable-bsdtar --disable-bsdcpio --disable-bsdcat
	--disable-bsdunzip --disable-acl --disable-xattr --disable-posix-regex-lib
	--without-zlib --without-bz2lib --without-libb2 --without-iconv
	--without-libiconv-prefix --without-lz4 --without-zstd --without-lzma
	--without-cng --without-openssl --without-mbedtls --without-nettle
	--without-xml2 --without-expat"

die() { echo "build-deps: $*" >&2; exit 1; }
say() { echo "build-deps: $*" >&2; }

field() { # NAME KEY
	awk -v want="[$1]" -v key="$2" '
		/^\[/ { on = ($0 == want) }
		on && $1 == key { print $2; exit }
	' "$lock"
}

libs() {
	for _pair in musl:musl libarchive:libarchive openssl:OpenSSL zstd:zstd zlib:zlib yyjson:yyjson e2fsprogs:libext2fs \
		sqlite:SQLite xz:liblzma; do
		printf '%s%s %s' "${_sep:-}" "${_pair#*:}" "$(field "${_pair%%:*}" version)"
		_sep=', '
	done
	echo
}

# words LIST: of a column of the table
words() {
	[ "$1" = none ] || echo "$1" | tr , ' '
}

# This machine's own compiler has no prefix; another machine's has a root of its own,
# so that builds for several go on at once.
native=$(gcc -dumpmachine) || die "gcc is missing; scripts/setup.sh installs what the build needs"
row=$(awk -v name="${EXHIBIT_ARCH:-}" -v native="$native" \
	'$1 !~ /^#/ && (name == "" ? $2 == native : $1 == name)' "$here/targets")
[ -n "$row" ] || die "scripts/targets has no line for ${EXHIBIT_ARCH:-$native}"
# shellcheck disable=SC2086  # the words of a line
set -- "${1:-}" $row
arch=$2 machine=$3 target=$4 openssl_target=$5
openssl_more=$(words "$6") machine_flags=$(words "$7")
tools=
base=$root
kernel=/usr/include
if [ "$machine" != "$native" ]; then
	tools=$machine- base=$root/$arch kernel=/usr/$machine/include
	command -v "${tools}gcc" >/dev/null || die "${tools}gcc is missing; scripts/setup.sh cross installs it"
	[ -e "$kernel/linux/version.h" ] || die "$kernel has no headers of the kernel; scripts/setup.sh cross installs them"
fi

key() {
	{
		# A better comment is no reason to build for two minutes.
		grep -hv '^[[:space:]]*#' "$here/build-deps.sh" "$here/static.specs" "$lock"
		cat "$here"/patches/*
		"${tools}gcc" --version | head -n 1
		"${tools}ld" --version | head -n 1
		echo "$machine $target $openssl_target $openssl_more $machine_flags"
		# The kernel interfaces are copied into the sysroot.
		cat "$kernel/linux/version.h"
	} | sha256sum | cut -c1-16
}

case ${1:-} in
--libs) libs; exit ;;
--print) echo "$base/$(key)"; exit ;;
--tools) echo "$tools"; exit ;;
--sources) echo "$root/sources"; exit ;;
'') ;;
*) die "unknown option $1" ;;
esac

final=$base/$(key)
if [ -e "$final/complete" ]; then
	echo "$final"
	exit
fi

mkdir -p "$root/sources" "$base"
exec 9>"$base/.lock"
flock -n 9 || { say "another build is at work in $base; waiting"; flock 9; }
if [ -e "$final/complete" ]; then
	echo "$final"
	exit
fi

# What a killed build left; nobody else is at work while we hold the lock.
rm -rf "$base"/work.*
flock "$root/sources" "$here/fetch-deps.sh" "$root/sources" "$lock" 9>&-

work=$(mktemp -d "$base/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
prefix=$work/prefix
mkdir -p "$prefix/bin" "$prefix/lib" "$prefix/include" "$work/src"
started=$(date +%s)

# run NAME COMMAND...: the output matters only when something went wrong
run() {
	_name=$1
	shift
	if ! "$@" >"$work/$_name.log" 2>&1 9>&-; then
		tail -n 40 "$work/$_name.log" >&2
		die "$_name failed: $*"
	fi
}

lap() {
	say "$1 after $(($(date +%s) - started)) s"
}

# unpack NAME: prints the folder; the archives disagree on the name of theirs
unpack() {
	mkdir "$work/src/$1"
	tar -xf "$root/sources/$(field "$1" file)" -C "$work/src/$1" --strip-components=1 \
		--no-same-owner --exclude='*/test/recipes/*' --exclude='*/doc/man*/*.pod'
	echo "$work/src/$1"
}

# compile FOLDER FLAGS ARCHIVE FILE...: a library whose makefile adds nothing
compile() {
	_flags=$2
	_archive=$prefix/lib/$3
	mkdir "$1"
	_out=$1
	shift 3
	# shellcheck disable=SC2016  # the inner shell expands these
	printf '%s\n' "$@" | xargs -P "$jobs" -I '{}' sh -c '
		name=${3##*/}
		exec cc-musl $1 -c "$3" -o "$2/${name%.*}.o"' - "$_flags" "$_out" '{}'
	find "$_out" -name '*.o' | sort | xargs "${tools}ar" rcsD "$_archive"
}

# predefined MACRO: what the compiler says of the machine
predefined() {
	cc-musl -E -dM -x c /dev/null | awk -v name="$1" '$2 == name { print $3 }'
}

build_musl() {
	_src=$(unpack musl)
	mkdir "$work/src/musl-patches" "$work/musl"
	tar -xf "$root/sources/$(field musl-patches file)" -C "$work/src/musl-patches"
	for _n in 0001 0002; do
		set -- "$work/src/musl-patches/debian/patches/$_n"-*
		[ -f "$1" ] || set -- "$work/src/musl-patches/debian/patches/$_n"*
		run "musl-patch-$_n" patch -d "$_src" -p1 -i "$1"
	done
	cd "$work/musl"
	run musl-configure env CC="${tools}gcc -ffile-prefix-map=$work=/deps/build${machine_flags:+ $machine_flags}" \
		CFLAGS="-g0 -ffunction-sections -fdata-sections -pipe" \
		"$_src/configure" ${tools:+"--target=$target" "CROSS_COMPILE=$tools"} \
		--prefix="$prefix" --syslibdir="$prefix/lib" \
		--disable-shared --disable-wrapper
	run musl-make make -j"$jobs"
	run musl-install make install
}

# The system's compiler, told by a specs file to see musl and nothing else. The
# specs ask the environment where they live, so the cache may be moved.
install_wrapper() {
	cp "$here/static.specs" "$prefix/lib/static.specs"
	sed "s/@GCC@/${tools}gcc${machine_flags:+ $machine_flags}/" >"$prefix/bin/cc-musl" <<-'WRAPPER'
		#!/bin/sh
		unset LIBRARY_PATH LD_LIBRARY_PATH CPATH C_INCLUDE_PATH GCC_EXEC_PREFIX COMPILER_PATH
		case $0 in /*) root=${0%/bin/*} ;; *) root=$(cd "${0%/*}/.." && pwd) ;; esac
		EXHIBIT_SYSROOT=$root
		export EXHIBIT_SYSROOT
		exec @GCC@ "$@" -specs "$root/lib/static.specs" -ffile-prefix-map="$root"=/deps \
			${EXHIBIT_MAP:+"-ffile-prefix-map=$EXHIBIT_MAP"}
	WRAPPER
	chmod 755 "$prefix/bin/cc-musl"
	for _dir in linux asm-generic mtd; do
		cp -rL "$kernel/$_dir" "$prefix/include/"
	done
	if [ -d "$kernel/$machine/asm" ]; then
		cp -rL "$kernel/$machine/asm" "$prefix/include/"
	else
		cp -rL "$kernel/asm" "$prefix/include/"
	fi
}

build_openssl() {
	_src=$(unpack openssl)
	mkdir "$work/openssl" "$prefix/include/openssl"
	cd "$work/openssl"
	# By bare name: libcrypto keeps the compiler's command line as text.
	# shellcheck disable=SC2086  # a list of options
	run openssl-configure env CC=cc-musl AR="${tools}ar" RANLIB="${tools}ranlib -D" ARFLAGS=qcD \
		CFLAGS="$flags_crypto" perl "$_src/Configure" "$openssl_target" \
		--prefix=/nonexistent --openssldir=/nonexistent --libdir=lib \
		$openssl_options $openssl_more
	run openssl-generate make -j"$jobs" build_generated
	run openssl-make make -j"$jobs" libcrypto.a
	cp libcrypto.a "$prefix/lib/"
	cp "$_src"/include/openssl/*.h include/openssl/*.h "$prefix/include/openssl/"
}

build_zstd() {
	_src=$(unpack zstd)/lib
	set -- "$_src"/common/*.c "$_src"/compress/*.c "$_src"/decompress/*.c
	case $target in x86_64-*) set -- "$@" "$_src/decompress/huf_decompress_amd64.S" ;; esac
	compile "$work/zstd" "$flags_zstd -DZSTD_MULTITHREAD -DZSTD_LEGACY_SUPPORT=0 -DXXH_NAMESPACE=ZSTD_" \
		libzstd.a "$@"
	cp "$_src/zstd.h" "$_src/zstd_errors.h" "$prefix/include/"
}

build_zlib() {
	_src=$(unpack zlib)
	set --
	for _name in adler32 crc32 deflate inffast inflate inftrees trees zutil; do
		set -- "$@" "$_src/$_name.c"
	done
	compile "$work/zlib" "$flags_other -DHAVE_UNISTD_H" libz.a "$@"
	cp "$_src/zlib.h" "$_src/zconf.h" "$prefix/include/"
}

build_yyjson() {
	_src=$(unpack yyjson)/src
	compile "$work/yyjson" "$flags_other" libyyjson.a "$_src/yyjson.c"
	cp "$_src/yyjson.h" "$prefix/include/"
}

# libext2fs, of which the collector reads ext4 with an io manager of its own: what opens
# devices, asks /proc or /sys for them, prints or names devices is not compiled at all.
build_ext2fs() {
	_src=$(unpack e2fsprogs)/lib
	mkdir -p "$prefix/include/ext2fs" "$prefix/include/et" "$work/ext2fs-made"
	cp "$_src/et/com_err.h" "$prefix/include/et/"
	for _name in ext2fs ext2_fs ext3_extents ext2_io ext2_ext_attr bitops hashmap; do
		cp "$_src/ext2fs/$_name.h" "$prefix/include/ext2fs/"
	done
	run ext2fs-errors awk -f "$_src/et/et_h.awk" outfn=ext2_err.h \
		outfile="$prefix/include/ext2fs/ext2_err.h" "$_src/ext2fs/ext2_err.et.in"
	# What configure would have found out; the kernel's header has all the types.
	cat >"$prefix/include/ext2fs/ext2_types.h" <<-'TYPES'
		#ifndef _EXT2_TYPES_H
		#define _EXT2_TYPES_H
		#include <sys/types.h>
		#include <linux/types.h>
		#ifndef __force
		#define __force
		#endif
		#define HAVE_SYS_TYPES_H 1
		#define SIZEOF_TIME_T 8
		#endif
	TYPES
	: >"$work/ext2fs-made/config.h"
	# No tables for names without case: 67,000 bytes to hash what we only list.
	cat >"$work/ext2fs-made/no_nls.c" <<-'NLS'
		struct ext2fs_nls_table;
		const struct ext2fs_nls_table *ext2fs_load_nls_table(int encoding);
		const struct ext2fs_nls_table *ext2fs_load_nls_table(int encoding)
		{
			(void)encoding;
			return 0;
		}
	NLS
	set -- -I"$work/ext2fs-made" -I"$prefix/include/ext2fs" -I"$_src" -I"$_src/ext2fs"
	# It runs here, whatever the machine is that we build for.
	run ext2fs-table-tool gcc "$@" -o "$work/ext2fs-made/table" "$_src/ext2fs/gen_crc32ctable.c"
	"$work/ext2fs-made/table" >"$work/ext2fs-made/crc32c_table.h"
	_flags="$flags_other $* -w -D_GNU_SOURCE -DOMIT_COM_ERR -DSIZEOF_INT=4"
	_flags="$_flags -DSIZEOF_LONG=$(predefined __SIZEOF_LONG__) -DSIZEOF_LONG_LONG=8 -DSIZEOF_OFF_T=8"
	_swap=
	if [ "$(predefined __BYTE_ORDER__)" = __ORDER_BIG_ENDIAN__ ]; then
		_flags="$_flags -DWORDS_BIGENDIAN=1" _swap=swapfs
	fi
	for _name in ERRNO_H FCNTL_H INTTYPES_H LSEEK64 MALLOC_H POSIX_MEMALIGN STDINT_H STDLIB_H \
		STRINGS_H SYS_STAT_H SYS_TIME_H UNISTD_H; do
		_flags="$_flags -DHAVE_$_name=1"
	done
	set -- "$work/ext2fs-made/no_nls.c"
	for _name in alloc alloc_sb alloc_stats bitmaps bitops blkmap64_ba blkmap64_rb blknum block \
		bmap closefs crc16 crc32c csum dirblock dir_iterate ext_attr extent fileio freefs \
		gen_bitmap gen_bitmap64 get_num_dirs getenv hashmap i_block ind_block inline \
		inline_data inode io_manager mkjournal mmp openfs punch rbtree rw_bitmaps sha512 \
		symlink valid_blk $_swap; do
		set -- "$@" "$_src/ext2fs/$_name.c"
	done
	compile "$work/ext2fs" "$_flags" libext2fs.a "$@"
}

# The decoder of .xz and .lzma, as logs that were rotated are packed.
build_lzma() {
	_src=$(unpack xz)/src
	mkdir "$work/lzma-made"
	# What configure would have found out, whatever the machine.
	cat >"$work/lzma-made/config.h" <<-'CONFIG'
		#define SIZEOF_SIZE_T __SIZEOF_SIZE_T__
		#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		#define WORDS_BIGENDIAN 1
		#endif
		#define HAVE_INTTYPES_H 1
		#define HAVE_STDINT_H 1
		#define HAVE_STDBOOL_H 1
		#define HAVE___BUILTIN_BSWAPXX 1
		#define HAVE_CHECK_CRC32 1
		#define HAVE_CHECK_CRC64 1
		#define HAVE_CHECK_SHA256 1
		#define HAVE_DECODERS 1
		#define HAVE_DECODER_LZMA1 1
		#define HAVE_DECODER_LZMA2 1
		#define HAVE_DECODER_X86 1
		#define HAVE_DECODER_ARM64 1
		#define HAVE_DECODER_DELTA 1
	CONFIG
	_flags="$flags_other -DHAVE_CONFIG_H -DTUKLIB_SYMBOL_PREFIX=lzma_ -I$work/lzma-made -I$_src/common"
	for _name in liblzma/api liblzma/common liblzma/check liblzma/lz liblzma/rangecoder \
		liblzma/lzma liblzma/delta liblzma/simple; do
		_flags="$_flags -I$_src/$_name"
	done
	set --
	for _name in common/common common/alone_decoder common/auto_decoder common/block_decoder \
		common/block_header_decoder common/block_util common/filter_common common/filter_decoder \
		common/filter_flags_decoder common/index_hash common/stream_decoder common/stream_flags_common \
		common/stream_flags_decoder common/vli_decoder common/vli_size check/check check/crc32_fast \
		check/crc64_fast check/sha256 delta/delta_common delta/delta_decoder lz/lz_decoder \
		lzma/lzma2_decoder lzma/lzma_decoder simple/arm64 simple/simple_coder simple/simple_decoder \
		simple/x86; do
		set -- "$@" "$_src/liblzma/$_name.c"
	done
	compile "$work/lzma" "$_flags" liblzma.a "$@"
	cp -r "$_src/liblzma/api/lzma.h" "$_src/liblzma/api/lzma" "$prefix/include/"
}

# Debian ships the sources as they are developed; their own makefile joins them to the one file
# that is meant to be compiled, with tools that run here. What writes to a case is one process
# that loads nothing, and no thread.
build_sqlite() {
	_src=$(unpack sqlite)
	mkdir "$work/sqlite-made"
	cd "$work/sqlite-made"
	run sqlite-join make -f "$_src/main.mk" TOP="$_src" BCC="gcc -O1" NAWK=awk sqlite3.c
	_flags="$flags_other -w -DSQLITE_THREADSAFE=0 -DSQLITE_DQS=0 -DSQLITE_DEFAULT_MEMSTATUS=0"
	_flags="$_flags -DSQLITE_MAX_MMAP_SIZE=0 -DSQLITE_DEFAULT_WORKER_THREADS=0 -DSQLITE_UNTESTABLE"
	_flags="$_flags -DHAVE_FDATASYNC=1 -DHAVE_USLEEP=1 -DHAVE_STDINT_H=1 -DHAVE_INTTYPES_H=1 -DHAVE_GMTIME_R=1"
	for _name in LOAD_EXTENSION DEPRECATED SHARED_CACHE JSON UTF16 TRACE WAL TCL_VARIABLE \
		GET_TABLE COMPLETE DECLTYPE AUTHORIZATION; do
		_flags="$_flags -DSQLITE_OMIT_$_name"
	done
	compile "$work/sqlite" "$_flags" libsqlite3.a "$work/sqlite-made/sqlite3.c"
	cp sqlite3.h "$prefix/include/"
	cd "$work"
}

build_libarchive() {
	_src=$(unpack libarchive)
	run libarchive-patch patch -d "$_src" -p1 -i "$here/patches/libarchive-no-memory.patch"
	mkdir "$work/libarchive"
	cd "$work/libarchive"
	# shellcheck disable=SC2086  # a list of options
	run libarchive-configure env CC=cc-musl AR="${tools}ar" RANLIB="${tools}ranlib -D" ARFLAGS=crD CFLAGS="$flags_other" \
		"$_src/configure" --host="$target" --prefix=/usr $libarchive_options
	run libarchive-make make -j"$jobs" libarchive.la
	cp .libs/libarchive.a "$prefix/lib/"
	cp "$_src/libarchive/archive.h" "$_src/libarchive/archive_entry.h" "$prefix/include/"
}

build_check() {
	_src=$(unpack check)
	mkdir "$work/check"
	cd "$work/check"
	run check-configure env CC=cc-musl AR="${tools}ar" RANLIB="${tools}ranlib -D" ARFLAGS=crD CFLAGS="$flags_other" \
		"$_src/configure" --host="$target" --prefix=/usr \
		--disable-shared --disable-subunit --disable-build-docs --disable-dependency-tracking
	run check-make make -j"$jobs" -C lib
	run check-make-src make -j"$jobs" -C src libcheck.la check.h
	cp src/.libs/libcheck.a lib/.libs/libcompat.a "$prefix/lib/"
	cp src/check.h check_stdint.h "$prefix/include/"
}

say "building $(libs) for $arch with $("${tools}gcc" --version | head -n 1)"
build_musl
install_wrapper
PATH=$prefix/bin:$PATH
EXHIBIT_MAP=$work=/deps/build
export PATH EXHIBIT_MAP
lap musl
build_openssl
lap libcrypto
build_zstd
build_zlib
build_yyjson
build_ext2fs
build_lzma
lap "zstd, zlib, yyjson, libext2fs, liblzma"
build_sqlite
lap SQLite
build_libarchive
lap libarchive
build_check
lap Check
(cd "$prefix" && find lib bin -type f | sort | xargs sha256sum) >"$prefix/complete"

rm -rf "$final"
mv "$prefix" "$final"
echo "$final"
