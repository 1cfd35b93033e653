#!/bin/sh
# Standard descriptors that are closed: nothing that is said gets into a file that is written,
# and what could not be said is no success.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
archive=$SRCDIR/tests/golden/whole.tar.zst
try() { # WHAT COMMAND...
	echo "== $1"
	shift
	code=0
	"$@" || code=$?
	echo "exit $code"
}
all_closed() { "$EXHIBIT" "$@" <&- >&- 2>&-; }
stdin_closed() { "$EXHIBIT" load -qo x.db - <&- 2>&1; }
stderr_closed() { "$EXHIBIT" receive -o copy <"$archive" >/dev/null 2>&-; }
stdout_closed() { "$EXHIBIT" verify "$archive" 2>&1 >&-; }
try "load, nothing to read from or say to" all_closed load -qo closed.db "$archive"
"$EXHIBIT" load -qo open.db "$archive" >/dev/null
for db in closed open; do
	"$EXHIBIT" show files --csv $db.db >$db.csv
done
cmp closed.csv open.csv
try "load -, closed" stdin_closed
try "receive, no messages" stderr_closed
cmp copy "$archive"
try "verify, no output" stdout_closed
