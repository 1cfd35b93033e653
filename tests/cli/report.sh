#!/bin/sh
# exhibit report: a folder, a file, of a case; nothing overwritten; an altered archive refused.
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
mkdir tmp
export TMPDIR="$PWD/tmp"
whole=$SRCDIR/tests/golden/whole.tar.zst
"$EXHIBIT" report -q -o out "$whole" | sed "s:$SRCDIR/::; s/: host 1.*//"
ls out
"$EXHIBIT" report -q -o page.html "$whole" | tail -n 1
(cd out && "$EXHIBIT" report -o ../again.html case.db)
# Of the same archive the page is the same, whichever way it came.
cmp out/index.html again.html || diff out/index.html again.html | head -n 4
grep -o '<strong>[A-Z]*</strong>' page.html
find tmp -mindepth 1
code() { "$@" >/dev/null 2>error; echo "$?: $(sed "s:$SRCDIR/::" error)"; }
code "$EXHIBIT" report "$whole"
code "$EXHIBIT" report -o out "$whole"
code "$EXHIBIT" report -o page.html out/case.db
code "$EXHIBIT" report -o page.html nothing.tar	# it is refused before anything is read
code "$EXHIBIT" report -o two.html out/case.db out/case.db
python3 "$SRCDIR/tests/support/mkarchive.py" --forge flip-data altered.tar >/dev/null
code "$EXHIBIT" report -q -o altered.html altered.tar
ls altered.html 2>&1
code "$EXHIBIT" report -q --force -o altered.html altered.tar
grep -o '<strong>[A-Z]*</strong>' altered.html
