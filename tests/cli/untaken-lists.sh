# What only a list names that the collector left out is nobody's for no one who reads on.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
mkdir -p root/usr/bin root/etc root/var/lib/dpkg/info
for name in tool big nobodys; do
	echo "$name" >"root/usr/bin/$name"
	printf '/.\n/usr\n/usr/bin\n/usr/bin/%s\n' "$name" >"root/var/lib/dpkg/info/$name.list"
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nVersion: 2\n\n' "$name" >"$name"
done
chmod 755 root/usr/bin/*
chmod 4755 root/usr/bin/nobodys
cat tool big >root/var/lib/dpkg/status
rm root/var/lib/dpkg/info/nobodys.list
seq 3000 | sed 's,^,/usr/share/big/,' >>root/var/lib/dpkg/info/big.list

ask() { # NAME OPTIONS...: what is said of the host that is collected so
	name=$1
	shift
	"$EXHIBIT_COLLECT" --quiet --root root "$@" -o "$name.tar.zst" 2>/dev/null
	"$EXHIBIT" load -qo "$name.db" "$name.tar.zst" >/dev/null
	for verb in unowned "owner --path /usr/bin/big" "verify --package tool"; do
		echo "$name: show $verb"
		# shellcheck disable=SC2086  # words of ours
		"$EXHIBIT" show $verb --csv "$name.db" 2>said | grep -o '/usr/bin/[a-z]*' | sort -u
		cat said
	done
	"$EXHIBIT" show notes --csv "$name.db" | grep ^unowned || :
	echo "$name: report"
	"$EXHIBIT" report -qo "$name.html" "$name.db" >/dev/null
	sed 's/<[^>]*>/\n/g; s/user [0-9]*/user N/' "$name.html" |
		grep -oE '.*(belongs to no package|has mode 4755|no list of its files).*|package databases without gaps|folder of the lists of files of packages' | sort -u
}
ask whole
ask list --file-size 10k
ask status --exclude /var/lib/dpkg/status
ask rule --exclude '/var/lib/dpkg/info/big*'
ask folder --exclude /var/lib/dpkg/info
# A database of a manager that this host does not have: whoever makes one changes nothing.
mkdir -p root/var/lib/rpm
mkfifo root/var/lib/rpm/Packages
ask foreign
# Nor is one with a package and a gap, put beside that which names the files, more than a doubt.
mkdir -p root/lib/apk/db root/usr/lib/apk/db
printf 'P:x\nV:1\nA:x86_64\n\n' >root/lib/apk/db/installed
seq 20000 >root/usr/lib/apk/db/installed
ask second --file-size 80k
# A list of no package, put there to be left out, is no reason to doubt.
mv root/usr/lib/apk/db/installed root/var/lib/dpkg/info/nobody.list
rm -r root/lib root/usr/lib
ask nobody --file-size 80k
