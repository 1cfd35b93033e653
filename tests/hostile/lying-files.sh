#!/bin/sh
# A file system that lies about sizes, fails in the middle, or has no end: each object ends
# with what came of it and a gap that says so, never with exabytes of zeros, and a listing
# without end stops with the run's deadline.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
fixture_hazards "$PWD/fuse"
take() { # FOLDER ARCHIVE ARGUMENT...
	root=$1
	archive=$2
	shift 2
	code=0
	timeout -k 5 60 "$EXHIBIT_COLLECT" --quiet --root "fuse/$root" --profile logs --include '/**' \
		--item-deadline 2 -o "$archive" "$@" 2>log || code=$?
}
take lies lies.tar.zst
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "lies: exit $code"; }
fixture_complete lies.tar.zst
fixture_row lies.tar.zst /short shrank '"offset":10,.*"size":1048576,.*"read":10,"stored":1048576,"pad_from":10'
fixture_row lies.tar.zst /long grew '"offset":10,.*"read":10,"stored":10'
fixture_row lies.tar.zst /blocks none '"read":1048576'
fixture_row lies.tar.zst /vast shrank '"offset":10,.*"size":1125899906842624,.*"read":10,"stored":10'
fixture_row lies.tar.zst /largest shrank '"offset":10,.*"size":9223372036854775807,.*"read":10,"stored":10'
fixture_row lies.tar.zst /negative io-error '"syscall":"statx"'
fixture_row lies.tar.zst /z none
[ "$("$EXHIBIT" cat lies.tar.zst /vast)" = "ten bytes" ] || fixture_fail "what came of /vast"
[ "$(wc -c <lies.tar.zst)" -lt 1000000 ] || fixture_fail "the archive is large"

take errors errors.tar.zst
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "errors: exit $code"; }
fixture_complete errors.tar.zst
fixture_row errors.tar.zst /eio io-error '"errname":"EIO".*"read":0,"stored":0'
fixture_row errors.tar.zst /late io-error '"errname":"EIO".*"offset":524288.*"read":524288,"stored":1048576,"pad_from":524288'
grep '"path":"/list"' errors.tar.zst.lines | grep -q '"errname":"EIO","syscall":"getdents64"' ||
	fixture_fail "the list that failed"
fixture_row errors.tar.zst /list/one none
fixture_row errors.tar.zst /z none

take forever forever.tar.zst --exclude '/names/**'
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "forever: exit $code"; }
fixture_complete forever.tar.zst
fixture_row forever.tar.zst /zero grew '"read":4096,"stored":4096'
[ "$(grep -c '"gap":"depth-limit"' forever.tar.zst.lines)" -eq 1 ] || fixture_fail "a directory in itself"
fixture_row forever.tar.zst /z none

take forever names.tar.zst --deadline 3
[ "$code" -eq 1 ] || { cat log >&2; fixture_fail "names without end: exit $code"; }
fixture_complete names.tar.zst
