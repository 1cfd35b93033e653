#!/bin/sh
# Kernels down to 2.6.32: a filter answers as they would to calls and flags that they did
# not have. The same files come with the same digests, and the session names each lack.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
mkdir tree
fixture_tree tree

code=0
"$LAUNCH/older" 6.8 true || code=$?
[ "$code" -eq 0 ] || { echo "system calls cannot be answered for another here" >&2; exit 77; }

# What an archive says of each object, without what such kernels cannot know.
told() {
	"$EXHIBIT" verify --quiet "$1" || fixture_fail "$1 does not verify"
	"$EXHIBIT" list --json "$1" | python3 -c '
import json, sys
for line in sys.stdin:
	o = json.loads(line)
	for key in "seq", "mnt", "btime", "attr", "attr_known", "opened", "closed", "boot":
		o.pop(key, None)
	print(json.dumps(o, sort_keys=True))
' >"$1.told"
	tar --zstd -xOf "$1" CUSTODY/session.txt 2>/dev/null |
		sed -n 's/^fallback: \([^,]*\),.*/\1/p' | tr '\n' ';' >"$1.lacks"
}

fixture_collect tree new.tar.zst 2>/dev/null
told new.tar.zst
grep -q '"btime"' new.tar.zst.told && fixture_fail "the comparison looks at times of birth"
[ -s new.tar.zst.lacks ] && { cat new.tar.zst.lacks >&2; fixture_fail "this kernel lacks something"; }

# version, then what the session has to name
while IFS='|' read -r version lacks; do
	"$LAUNCH/older" "$version" "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' \
		-o "$version.tar.zst" 2>log || { cat log >&2; fixture_fail "$version: the run failed"; }
	told "$version.tar.zst"
	diff -u new.tar.zst.told "$version.tar.zst.told" >difference || cat difference >&2
	[ ! -s difference ] || fixture_fail "$version: not the same evidence"
	[ "$(cat "$version.tar.zst.lacks")" = "$lacks" ] ||
		{ cat "$version.tar.zst.lacks" >&2; fixture_fail "$version: the session names something else"; }
done <<END
5.4|mount_setattr;close_range;
4.18|mount_setattr;fsopen;open_tree;pidfd_open;close_range;
4.4|statx;mount_setattr;fsopen;open_tree;pidfd_open;close_range;madvise WIPEONFORK;
3.10|statx;mount_setattr;fsopen;open_tree;pidfd_open;bpf;getrandom;close_range;madvise WIPEONFORK;
2.6.32|statx;O_PATH;lseek SEEK_DATA;mount_setattr;fsopen;open_tree;setns;kcmp;pidfd_open;bpf;getrandom;close_range;madvise WIPEONFORK;madvise DONTDUMP;
END

# Holes that neither kernel nor file system can tell: not read for hours, and said.
shm=$(mktemp -d /dev/shm/exhibit-test.XXXXXX)
trap 'rm -rf "$shm"' EXIT
if [ "$(stat -f -c %T "$shm")" = tmpfs ]; then
	truncate -s 1T "$shm/sparse"
	printf 'more' >>"$shm/sparse"
	echo 'beside it' >"$shm/beside"
	"$LAUNCH/older" 2.6.32 "$EXHIBIT_COLLECT" --quiet --root "$shm" --profile logs --include '/**' \
		-o holes.tar.zst 2>/dev/null
	"$EXHIBIT" list --json --path /sparse holes.tar.zst >line
	grep -q '"gap":"size-limit","errno":22,"errname":"EINVAL","syscall":"lseek"' line ||
		{ cat line >&2; fixture_fail "holes that cannot be told"; }
	[ "$("$EXHIBIT" cat holes.tar.zst /beside)" = 'beside it' ] || fixture_fail "beside it"
fi

# Live: every source that is no file. What an old kernel cannot answer is a gap with its
# errno; a program that was deleted while it runs is there, whatever the kernel.
[ "$(id -u)" -eq 0 ] || { echo "the live part needs root" >&2; exit 77; }
cp "$(command -v sleep)" "$shm/gone"
printf 'only this one' >>"$shm/gone"
digest=$(sha256sum <"$shm/gone" | cut -d ' ' -f 1)
"$shm/gone" 1000 &
gone=$!
trap 'rm -rf "$shm"; kill "$gone"' EXIT
fixture_until fixture_runs "$gone" "$shm/gone"
rm "$shm/gone"
set --
for top in /*; do
	[ "$top" = /dev ] || set -- "$@" --exclude "$top/**"
done
while IFS='|' read -r version gap; do
	"$LAUNCH/older" "$version" "$EXHIBIT_COLLECT" --quiet "$@" -o "live-$version.tar.zst" \
		2>log || { cat log >&2; fixture_fail "$version: the live run failed"; }
	"$EXHIBIT" list --json "live-$version.tar.zst" >lines || fixture_fail "$version: does not verify"
	grep -q "\"sha256\":\"$digest\"" lines || fixture_fail "$version: the deleted program is missing"
	for name in $gap; do
		grep "\"path\":\"live/$name\"" lines | grep -q '"gap":"[^"]*","errno"' ||
			fixture_fail "$version: no gap for $name"
	done
	! grep '"errname":"ENOSYS"' lines | grep -v '"gap":"unsupported"' | grep -v '"gap":"incomplete"' >&2 ||
		fixture_fail "$version: a call that is missing is no other trouble"
done <<END
5.4|bpf/link
4.18|bpf/link view/procfs/fresh view/task/pidfd view/under
4.4|bpf/prog view/procfs/fresh view/task/pidfd view/under
3.10|bpf/prog view/procfs/fresh view/task/pidfd view/under
2.6.32|bpf/prog view/procfs/fresh view/task/pidfd view/under
END

# Without getrandom(2) the random device is asked, if it is that.
echo 'known to somebody' >known
# shellcheck disable=SC2016
unshare -m --propagation private sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	mount --bind known /dev/urandom
	code=0
	"$LAUNCH/older" 3.10 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs -o known.tar.zst 2>log || code=$?
	[ "$code" -eq 3 ] && grep -q ENODEV log || { cat log >&2; fixture_fail "keys from a file: exit $code"; }
'
