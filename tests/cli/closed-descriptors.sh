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
try "load, nothing to read from or say to" all_closed load -qo closed.db "$archive"
"$EXHIBIT" load -qo open.db "$archive" >/dev/null
for db in closed open; do
	"$EXHIBIT" show files --csv $db.db >$db.csv
done
cmp closed.csv open.csv
try "load -, closed" sh -c '"$EXHIBIT" load -qo x.db - <&- 2>&1'
try "receive, no messages" sh -c '"$EXHIBIT" receive -o copy <"$1" >/dev/null 2>&-' - "$archive"
cmp copy "$archive"
try "verify, no output" sh -c '"$EXHIBIT" verify "$1" 2>&1 >&-' - "$archive"
