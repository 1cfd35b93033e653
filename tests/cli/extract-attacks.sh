# Nothing of an archive that is nothing but attacks gets out, or can act.
set -eu
python3 "$SRCDIR/tests/support/mkarchive.py" --forge attacks x.tar >/dev/null
mkdir -p top/out
code=0
(cd top && "$EXHIBIT" extract -C out ../x.tar 2>/dev/null) || code=$?
[ "$code" = 3 ]
[ -z "$(ls -A top/out)" ]
for how in '' --symlinks --raw-names '--raw-names --symlinks'; do
	rm -rf top && mkdir -p top/out
	# shellcheck disable=SC2086  # several words on purpose
	(cd top && "$EXHIBIT" extract $how --force -C out ../x.tar >/dev/null 2>&1) || :
	[ "$(ls -A top)" = out ]
	[ ! -e /tmp/exhibit-escaped ] && [ ! -e /tmp/exhibit-escaped-2 ]
	find top ! -type d ! -type f ! -type l >odd
	[ ! -s odd ]
	find top -type l -lname '/*' >links
	find top -type l -lname '*..*' ! -lname '../etc/hostname' >>links
	[ ! -s links ]
	find top -type f -perm /7111 >acting
	[ ! -s acting ]
	# A file stands where a directory was wanted: what was there first stays.
	[ "$(cat 'top/out/[root]/a/twice')" = first ]
	[ "$(stat -c %s 'top/out/[root]/sparse')" = 1048576 ]
done
