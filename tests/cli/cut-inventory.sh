# What was cut before the inventory says of packages what the whole says, and what it cannot.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
mkdir -p root/usr/bin root/etc root/var/lib/dpkg/info
ln -s usr/bin root/bin
package() { # NAME FOLDER: it holds a program there
	echo "$1" >"root/usr/bin/$1"
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nVersion: 2\n\n' "$1" >>root/var/lib/dpkg/status
	printf '/.\n/%s\n/%s/%s\n' "$2" "$2" "$1" >"root/var/lib/dpkg/info/$1.list"
	(cd root && md5sum "$2/$1") >"root/var/lib/dpkg/info/$1.md5sums"
}
package kept usr/bin
package keptlink bin
package changed usr/bin
package changedlink bin
package gone usr/bin
echo more >>root/usr/bin/changed
echo more >>root/usr/bin/changedlink
rm root/usr/bin/gone
echo nobodys >root/usr/bin/nobodys
chmod 755 root/usr/bin/*
# each category that has something ends with a seal; the inventory comes last, behind the programs
"$EXHIBIT_COLLECT" --quiet --root root --compress none -o whole.tar 2>/dev/null
cut_before() { # ARTIFACT NAME: the archive NAME, without what begins with the artifact
	at=$(grep -abo "\"artifact\":\"$1\"" whole.tar | head -n 1 | cut -d: -f 1)
	head -c "$at" whole.tar >"$2.tar"
}
cut_before inventory cut
cut_before bin listed

ask() { # NAME FIELDS VERB...: fields of what is said, and what is said of its limits
	fields=$2
	db=$1.db
	shift 2
	echo "$db: show $*"
	"$EXHIBIT" show "$@" --csv "$db" 2>said | tail -n +2 | cut -d, -f "$fields" | sort
	grep -v TRUNCATED said || :
}
for name in whole cut listed; do
	"$EXHIBIT" load -qo "$name.db" "$name.tar" | grep -o '^[A-Z]*'
	ask "$name" 1,3,7 verify
	ask "$name" 6 unowned
	ask "$name" 1,2,7 owner --path '/usr/bin/*'
	"$EXHIBIT" show notes --csv "$name.db" | grep -E '^(unowned|verify)' || :
	echo "$name: report"
	"$EXHIBIT" report -qo "$name.html" "$name.db" >/dev/null || [ $? = 1 ]
	sed 's/<[^>]*>/\n/g' "$name.html" | grep -oE '.*(belongs to no package|is not what package).*' | sort -u
done
