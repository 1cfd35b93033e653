#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"

differ() { if cmp -s "$1" "$2"; then echo "$1 did not change"; exit 1; fi; }

for place in one two/deeper; do
	mkdir -p "$place/lib"
	cp -r "$SRCDIR/scripts" "$SRCDIR/build.mk" "$SRCDIR/GNUmakefile" "$SRCDIR/VERSION" "$place/"
	echo 'int x;' >"$place/lib/x.c"
done
one/scripts/build-id.sh "$PWD/a.h"
two/deeper/scripts/build-id.sh "$PWD/b.h"
cmp a.h b.h
grep -qE '^#define EXHIBIT_SOURCE_SHA256 "[0-9a-f]{64}"$' a.h
grep -q 'EXHIBIT_COMMIT "unknown"' a.h
grep -q 'EXHIBIT_LIBS "musl .*OpenSSL .*zstd ' a.h

# Not rewritten unless something changed, changed by content and by name.
touch -d 2001-01-01 a.h
one/scripts/build-id.sh "$PWD/a.h"
[ "$(date -r a.h +%Y)" = 2001 ]
mv one/lib/x.c one/lib/y.c
one/scripts/build-id.sh "$PWD/a.h"
differ a.h b.h
mv one/lib/y.c one/lib/x.c
echo 'int y;' >one/lib/x.c
one/scripts/build-id.sh "$PWD/a.h"
differ a.h b.h

if command -v git >/dev/null; then
	cd two/deeper
	git init -q .
	git add .
	git -c user.name=t -c user.email=t@example.org commit -qm t
	scripts/build-id.sh "$PWD/../id.h"
	grep -q "EXHIBIT_COMMIT \"$(git rev-parse HEAD)\"" ../id.h
	echo 'int z;' >lib/z.c
	scripts/build-id.sh "$PWD/../id.h"
	grep -q "EXHIBIT_COMMIT \"$(git rev-parse HEAD)-dirty\"" ../id.h
fi
