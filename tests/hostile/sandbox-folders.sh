#!/bin/sh
# Who fills a folder on the workstation has given up its rights before it reads an archive or a
# case: Landlock knows that folder alone, and behind the filter nothing is opened but new files and
# folders, by descriptor; and none of it costs anything that was to be made.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock"
mkdir tree tmp
export TMPDIR="$PWD/tmp"
fixture_tree tree
ln tree/etc/passwd tree/home/alice/linked
fixture_collect tree a.tar.zst 2>/dev/null
"$EXHIBIT" load -q -o case.db a.tar.zst >/dev/null

# filled NAME ARGUMENT...: one process of exhibit, traced, that fills the folder NAME.
filled() {
	name=$1
	shift
	strace -f -qq -o "$name.trace" "$EXHIBIT" "$@" >"$name.out" 2>"$name.err" ||
		{ cat "$name.err" >&2; fixture_fail "$name: code $?"; }
	# what is behind the last filter: of the process that does the work
	awk '/PR_SET_SECCOMP, SECCOMP_MODE_FILTER/ { who = $1; inside = 1; next }
		inside && $1 == who' "$name.trace" >"$name.inside"
	[ -s "$name.inside" ] || fixture_fail "$name: no filter"
	if grep 'no Landlock' "$name.err" >&2; then
		grep -q 'landlock_create_ruleset(NULL.* = -1' "$name.trace" || fixture_fail "$name: no Landlock"
	else
		grep -q 'landlock_restrict_self(.* = 0' "$name.trace" || fixture_fail "$name: no Landlock"
	fi
	# SQLite asks whether somebody has moved its file, and can do without an answer
	! grep -E ' = -1 E(PERM|ACCES|XDEV|NOSYS)' "$name.inside" | grep -v 'stat.*/case\.db"' >&2 ||
		fixture_fail "$name: a call is stopped"
	! grep -E '^[0-9]+ +open' "$name.inside" |
		grep -vE 'openat\([0-9]+, "[^/"][^"]*", O_(RDONLY|WRONLY).*O_NOFOLLOW.*(O_DIRECTORY|, 0600)\)' >&2 ||
		fixture_fail "$name: opened by another way"
	! grep -E '^[0-9]+ +(execve|socket|connect|fork|clone|kill|unlink|rename)' "$name.inside" >&2 ||
		fixture_fail "$name: a forbidden call"
}

filled extract extract --raw-names --symlinks -C extracted a.tar.zst
filled plaso export --plaso-dir plaso a.tar.zst
filled jsonl export --jsonl -o lines case.db

grep -q ' 0 failed' extract.out
! grep -E '^FAILED|hard link not made' extract.err plaso.err >&2 || fixture_fail "something was not made"
for folder in extracted plaso; do
	cmp tree/etc/passwd "$folder/[root]/home/alice/linked"
	[ "$(stat -c %i "$folder/[root]/etc/passwd")" = "$(stat -c %i "$folder/[root]/home/alice/linked")" ] ||
		fixture_fail "$folder: a hard link was lost"
	[ "$(readlink "$folder/[root]/tmp/link out")" = ../../etc/passwd ] ||
		[ -f "$folder/[root]/tmp/link out.symlink" ] || fixture_fail "$folder: a link was lost"
done
find lines -name object.jsonl -exec grep -q '"/etc/passwd"' {} + || fixture_fail "no lines"
[ -z "$(find tmp -mindepth 1)" ] || fixture_fail "something is left"
