# What stands at an offset that a case or a report gives is found with one command, in packed logs too.
set -eu
. "$SRCDIR/tests/support/fixture.sh"
mkdir -p tree/var/log tree/etc
echo web >tree/etc/hostname
for i in 1 2 3; do
	echo "2026-11-1$i 10:00:0$i status installed tool:amd64 $i"
done >tree/var/log/dpkg.log.2
sed 's/installed/half-configured/' tree/var/log/dpkg.log.2 >tree/var/log/dpkg.log.1
printf 'no line feed at the end' >>tree/var/log/dpkg.log.1
gzip -n tree/var/log/dpkg.log.1
xz tree/var/log/dpkg.log.2
"$EXHIBIT_COLLECT" -q --root tree -o a.tar.zst 2>/dev/null

"$EXHIBIT" cat -u a.tar.zst /var/log/dpkg.log.1.gz >plain
gzip -dc tree/var/log/dpkg.log.1.gz | cmp - plain
"$EXHIBIT" cat a.tar.zst /var/log/dpkg.log.1.gz | cmp - tree/var/log/dpkg.log.1.gz

"$EXHIBIT" show log --json a.tar.zst >log.json
EXHIBIT=$EXHIBIT python3 - <<'P'
import json, os, subprocess
rows = [json.loads(line) for line in open("log.json")]
for row in rows:
    out = subprocess.run([os.environ["EXHIBIT"], "cat", "--at", str(row["pos"]), "a.tar.zst", row["path"]],
                         stdout=subprocess.PIPE, check=True).stdout.decode()
    assert row["text"] in out and out.count("\n") <= 1, (row, out)
print(len(rows), "lines")
P
code() { "$@" 2>&1 && echo 0 || echo "$?"; }
code "$EXHIBIT" cat --at 12 a.tar.zst /etc/hostname
code "$EXHIBIT" cat --at 2 a.tar.zst /etc/hostname
code "$EXHIBIT" cat --at 18446744073709551615 a.tar.zst /etc/hostname
code "$EXHIBIT" cat --at x a.tar.zst /etc/hostname
seq 1 200000 | tr -d '\n' >tree/etc/long
"$EXHIBIT_COLLECT" -q --root tree --include /etc/long -o long.tar.zst 2>/dev/null
code "$EXHIBIT" cat --at 1000 long.tar.zst /etc/long >long
grep -o 'exhibit: .*' long
"$EXHIBIT" cat --at 1000 long.tar.zst /etc/long 2>/dev/null | wc -c
head -c 60 tree/var/log/dpkg.log.1.gz >cut.gz && mv -f cut.gz tree/var/log/dpkg.log.1.gz
"$EXHIBIT_COLLECT" -q --root tree -o cut.tar.zst 2>/dev/null
code "$EXHIBIT" cat -u cut.tar.zst /var/log/dpkg.log.1.gz | tail -n 2
