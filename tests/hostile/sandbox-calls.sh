#!/bin/sh
# No run makes a call that its sandbox stops: asked of the build that names them, in runs of
# every kind, with readers that are lost among them.  And that build names what is stopped.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
PATH=$PATH:/sbin:/usr/sbin
traps=$EXHIBIT_COLLECT.traps
[ -x "$traps" ] || { echo "needs make traps" >&2; exit 77; }

"${EXHIBIT_COLLECT%/*}/stopped" >named
grep -q '^stopped: reader of files: socket; last arguments 2 1 0 ' named || {
	cat named >&2
	fixture_fail "what was stopped is not named"
}

# $1: what it is; the rest is run
quiet() {
	what=$1
	shift
	"$@" >out 2>&1 || [ $? -eq 1 ] || { cat out >&2; fixture_fail "$what ended with an error"; }
	! grep '^stopped: ' out >&2 || fixture_fail "$what was stopped"
	grep -q 'Write down the root' out || { cat out >&2; fixture_fail "$what did not end"; }
}

mkdir tree
fixture_tree tree
for how in zstd:1 zstd:19 gzip none; do
	quiet "--root, $how" "$traps" --root tree --profile logs --include '/**' --compress "$how" -o "$how.tar"
done
recipient=$(grep -o 'age1[a-z0-9]*' "$SRCDIR/tests/support/age-key" | head -n 1)
quiet "--recipient" "$traps" --root tree --profile logs --include '/**' --recipient "$recipient" -o enc.age
"$traps" --plan --root tree -o . >plan 2>&1
! grep '^stopped: ' plan >&2 || fixture_fail "--plan was stopped"
# shellcheck disable=SC2016  # $0 is the inner shell's
quiet "a pipe" sh -c '"$0" --root tree --profile logs --include "/**" -o - | cat >piped' "$traps"
(
	EXHIBIT_COLLECT=$traps
	fixture_volatile live.tar.zst --exclude '/tmp/**' >live.log 2>&1
)
! grep '^stopped: ' live.log >&2 || fixture_fail "a live run was stopped"

if [ "$(id -u)" -eq 0 ]; then
	# among few: processes of this machine may have any amount of memory
	few=
	! unshare -m -p --fork --kill-child --mount-proc true 2>/dev/null ||
		few='unshare -m -p --fork --kill-child --mount-proc'
	# shellcheck disable=SC2016,SC2086  # $0 and $$ are the inner shell's; a list of words
	quiet "--process-memory" $few sh -c '"$0" --process-memory "$$,suspicious" --profile live \
		--exclude "/**" -o mem.tar.zst; code=$?; exit $code' "$traps"
	quiet "--raw-ext4" "$traps" --raw-ext4 --profile logs --exclude '/**' -o raw.tar.zst
	mkdir world out2
	python3 "$SRCDIR/tests/support/world.py" "$PWD/world" "$PWD/out2" plain "$traps" \
		-o /out/x.tar >world.log 2>&1 || { code=$?; cat world.log >&2; exit "$code"; }
	! grep '^stopped: ' world.log >&2 || fixture_fail "the reader of containers was stopped"
	grep -q 'Write down the root' world.log || fixture_fail "the world was not collected"
fi
