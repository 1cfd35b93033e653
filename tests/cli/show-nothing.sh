# Nothing that fits is not the same as nothing to look in.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
mk=$SRCDIR/tests/support/mkarchive.py
python3 "$mk" whole.tar >/dev/null
python3 "$mk" --forge stopped-run stopped.tar >/dev/null
python3 "$mk" --forge cut-before-logs cut.tar >/dev/null
python3 "$mk" --forge cut-behind-logs behind.tar >/dev/null
for name in whole stopped cut behind; do
	"$EXHIBIT" load -qo $name.db $name.tar >/dev/null || [ $? = 1 ]
done
nothing() { # ARGUMENTS...: nothing on standard output, why on standard error
	code=0
	"$EXHIBIT" show "$@" 2>why || code=$?
	echo "show $*: exit $code"
	cat why
}
nothing logins whole.db --user nobody
nothing web whole.db
nothing who whole.db
nothing findings whole.db
nothing files whole.db --path /nowhere
nothing web whole.db --host elsewhere
nothing logins stopped.db
nothing files stopped.db --path /nowhere
nothing logins cut.db
nothing logins behind.db
nothing files behind.db --path /nowhere
nothing logins whole.tar --user nobody
