# A worse archive of a session does not take the place of a better one without a word.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
for name in whole stopped-run two-segments one-segment flip-data; do
	python3 "$SRCDIR/tests/support/mkarchive.py" --forge $name $name.tar >/dev/null
done
load() { # ARGUMENTS...: what is said, the code, and what is in the case then
	code=0
	"$EXHIBIT" load -q -o case.db "$@" >out 2>&1 || code=$?
	sed '/^exhibit/!s/, [0-9]* objects.*//' out
	echo "exit $code: $(sqlite3 -readonly case.db 'SELECT group_concat(verdict || " " || seals) FROM host')"
}
load one-segment.tar
load two-segments.tar
load one-segment.tar
load whole.tar
load whole.tar
sqlite3 -readonly case.db .dump | sha256sum >before
load two-segments.tar
sqlite3 -readonly case.db .dump | sha256sum | cmp - before || fixture_fail "the case was changed"
[ ! -e case.db-journal ] || fixture_fail "a journal was left"
load --force two-segments.tar
load --force one-segment.tar
load whole.tar
load flip-data.tar
load --force flip-data.tar
load one-segment.tar
for blocks in 50 54 78 80; do # behind one seal 3 members, 6; behind two 2, the second longer
	head -c $((blocks * 512)) whole.tar >cut-$blocks.tar
done
echo "---- less behind the same seal"
rm case.db
load cut-54.tar
load cut-50.tar
load one-segment.tar
load cut-54.tar
load --force cut-50.tar
load cut-54.tar
load cut-80.tar
load cut-78.tar
load cut-54.tar
load --force cut-78.tar
load cut-80.tar
load whole.tar
echo "---- two that are COMPLETE, of one session and one key"
load stopped-run.tar
load whole.tar
load --force stopped-run.tar
load --force whole.tar
echo "---- an altered one that has more"
load --force flip-data.tar
load one-segment.tar
load two-segments.tar
key=$(printf '%064d' 0)
load --force --key "$key" cut-54.tar
load --force --key "$key" cut-50.tar
load --force --key "$key" cut-50.tar
load cut-50.tar
load whole.tar
