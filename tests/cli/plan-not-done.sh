# What a run did not come to is said wherever the verdict is: verify, load, show hosts, report.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
for name in whole stopped-run stopped-within stopped-at-end stopped-log-full stopped-log-torn \
	completed-log-full completed-log-long completed-line-long completed-says-why \
	sworn-no-acts sworn-rubbish sworn-log-full sworn-limit-hidden sworn-why-hidden \
	cut-before-logs cut-behind-logs; do
	python3 "$SRCDIR/tests/support/mkarchive.py" --forge $name $name.tar >/dev/null
	echo "---- $name"
	"$EXHIBIT" verify $name.tar | sed -n '/^Plan/,$p'
	"$EXHIBIT" verify --json $name.tar | grep -o '"plan":{.*}\]}'
	rm -f case.db page.html
	"$EXHIBIT" load -qo case.db $name.tar | sed 's/.* members read//; s/^, [0-9]* notes//'
	"$EXHIBIT" show hosts case.db --json | grep -oE '"(verdict|plan|stopped|not_reached|not_seen|begun)":[^,]*'
	"$EXHIBIT" report -q -o page.html case.db >/dev/null || [ $? = 1 ]
	grep -oE '<strong>.*' page.html || :
done
echo "---- a plan that was sworn to and not done is no whole archive, wherever it is read"
python3 "$SRCDIR/tests/support/mkarchive.py" --forge plan-not-done forged.tar >/dev/null
for verb in 'verify -q' 'load -qo forged.db' 'load --force -qo forged.db'; do
	code=0
	# shellcheck disable=SC2086  # words
	"$EXHIBIT" $verb forged.tar >out 2>&1 || code=$?
	sed 's/, [0-9]* of [0-9]* members read.*//' out
	echo "exit $code"
done
