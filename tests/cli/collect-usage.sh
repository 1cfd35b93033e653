#!/bin/sh
# Every wrong command line ends with 2, says what is wrong in one sentence, and
# leaves nothing behind.
mkdir tree
: >exists.tar
refused() {
	echo "---- $*"
	"$EXHIBIT_COLLECT" "$@" >out 2>&1
	code=$?
	grep -v '^Try: exhibit-collect --help$' out
	[ "$code" -eq 2 ] || echo "exit code $code, wanted 2"
	[ ! -e x ] || echo "an output was made"
}
refused
refused --frob
refused -z
refused -qz
refused -o x --root tree extra
refused -o
refused -o x --case
refused -o x -o y
refused -o ''
refused -o x --quiet=yes
refused -o x --compress lz4
refused -o x --compress zstd:99
refused -o x --compress gzip:0
refused -o x --compress zstd:
refused -o x --compress none:1
refused -o x --nonce 12
refused -o x --nonce 0123456789abcdef0
refused -o x --nonce xyzxyzxyzxyzxyzxyz
refused -o x --profile fast
refused -o x --process-memory all
refused -o x --root tree --memory
refused -o x --include 'etc/*'
refused -o x --include '/[a'
refused -o x --include ''
refused -o x --exclude 'tmp'
refused -o x --file-size 12x
refused -o x --file-size 99999999999999999999
refused -o x --deadline soon
refused -o x --item-deadline 0
refused -o x --seal-bytes 1
refused -o x --seal-seconds 0
refused -o x --progress dots
refused -o x --root nowhere
refused -o x --root exists.tar
refused -o exists.tar --root tree
refused -o nowhere/x --root tree
refused -o nowhere/ --root tree
refused -o exists.tar/x --root tree
refused --plan --profile fast
refused --plan --root nowhere
refused -o x --recipient
refused -o x --recipient age1
refused -o x --recipient ''
refused -o x --recipient age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqz
refused -o x --recipient AGE-SECRET-KEY-1E55A4R2867RZU65EL56GY9W7M03RY9UPEDSLRLQMW2MW6V07EGWSG8W75F
refused -o x --recipient age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy \
	--recipient AGE1FMWLZLQNM6JLU9JWYQ7EGHCVSXWEYR5VSCEFY9LFXAUTSKPUMUGS4VKPQY
