#!/bin/sh
# exhibit export: to a file or to standard output, the same bytes; nothing overwritten, nothing left;
# one form; an altered archive refused.
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
mkdir tmp
export TMPDIR="$PWD/tmp"
whole=$SRCDIR/tests/golden/whole.tar.zst
"$EXHIBIT" export --bodyfile -o body "$whole" 2>/dev/null | sed "s:$SRCDIR/::; s/: host 1.*//"
"$EXHIBIT" export -q --bodyfile "$whole" 2>/dev/null | tee body.stdout
cmp body body.stdout
"$EXHIBIT" load -q "$whole" >/dev/null
"$EXHIBIT" export --bodyfile case.db | cmp - body
"$EXHIBIT" export --csv case.db | sed -n '1p; /etc.hostname/p'
for form in timesketch case stix; do
	"$EXHIBIT" export --$form case.db | python3 -c '
import json, sys
for document in sys.stdin if sys.argv[1] == "timesketch" else [sys.stdin.read()]:
    json.loads(document)' $form || echo "$form: no JSON"
done
"$EXHIBIT" export --jsonl -o out case.db
"$EXHIBIT" export -q --plaso-dir plaso "$whole" 2>/dev/null | tail -n 1
find out -name object.jsonl
find tmp -mindepth 1
code() { "$@" >/dev/null 2>error; echo "$?: $(sed "s:$SRCDIR/::" error)"; }
code "$EXHIBIT" export "$whole"
code "$EXHIBIT" export --csv --stix "$whole"
code "$EXHIBIT" export --csv case.db case.db
code "$EXHIBIT" export --csv -o body case.db
code "$EXHIBIT" export --jsonl case.db
code "$EXHIBIT" export --jsonl -o out case.db
code "$EXHIBIT" export --plaso-dir plaso2 case.db
# A disk that is full: what is not whole does not stay.
# shellcheck disable=SC2016  # its own $0
code sh -c 'ulimit -f 4; exec "$0" export --timesketch -o large case.db' "$EXHIBIT"
ls large 2>&1
python3 "$SRCDIR/tests/support/mkarchive.py" --forge flip-data altered.tar >/dev/null
code "$EXHIBIT" export -q --csv -o altered.csv altered.tar
ls altered.csv 2>&1
code "$EXHIBIT" export -q --force --csv -o altered.csv altered.tar
test -s altered.csv
find tmp -mindepth 1
# What is worth less says so: on standard error, and in the forms that have a place for it.
"$EXHIBIT" load -q --force -o altered.db altered.tar >/dev/null
head -c 3000 "$whole" >cut.tar.zst
"$EXHIBIT" load -q -o cut.db cut.tar.zst >/dev/null
for form in bodyfile timesketch csv case stix; do
	code "$EXHIBIT" export -q --$form -o told.$form altered.db
done
code "$EXHIBIT" export -q --jsonl -o told altered.db
code "$EXHIBIT" export -q --bodyfile -o cut.bodyfile cut.db
tail -q -n 1 told.bodyfile cut.bodyfile
"$EXHIBIT" export --stix cut.db 2>/dev/null | cat told.stix - | grep '"verdict"' | sed 's/^.*"abstract"/"abstract"/'
find told -name host.jsonl -exec grep -o '"verdict":"[A-Z]*"' {} +
code "$EXHIBIT" report -q -o altered.html altered.db
# Who reads no more ends it, as it ends show.
cat >closed.py <<'EOF'
import os, subprocess, sys
r, w = os.pipe()
os.close(r)
p = subprocess.run(sys.argv[1:], stdout=w, stderr=subprocess.PIPE)
print(p.returncode, p.stderr)
EOF
python3 closed.py "$EXHIBIT" show files case.db
python3 closed.py "$EXHIBIT" export --bodyfile case.db
find tmp -mindepth 1
