# A case record, a configuration and command lines; the collector takes the configuration, the
# record and the session name each other, and what prepare prints is safe to paste.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "a file of the program that runs, of which the digest is taken"
cp "$EXHIBIT_COLLECT" exhibit-collect
sha256sum exhibit-collect >SHA256SUMS
cat >case.json <<-JSON
	{"exhibit-prepare":1, "case":"2026-11", "exhibit":"wrong", "examiner":"N. N.",
	 "authority":"Warrant \"7\"", "with":["private-keys","include=/a","include=/b c"]}
JSON
# shellcheck disable=SC2016  # a hostile name, as it is
"$EXHIBIT" prepare --from case.json -C case --exhibit 'A$(touch pwned)'\'' 1' --host web01 \
	--collector exhibit-collect --sums SHA256SUMS --profile logs --discovered 'by chance' \
	--new-identity lab.key --new-identity escrow.key >printed
pairs='s/[0-9a-f]\{64\}/HASH/; s/\([a-z0-9]\{3\}-\)\{8\}[a-z0-9]\{3\}/SHORT/; s/issued [0-9TZ:.-]*/issued UTC/'
sed "$pairs" printed
field() { # KEY LINE
	sed -n "$2s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" case/custody.jsonl
}
[ "$(field collector_sha256 1)" = "$(cut -c1-64 SHA256SUMS)" ] || fixture_fail "collector's hash"
[ "$(field collector_listed 1)" = yes ] || fixture_fail "not listed"
[ "$(field config_sha256 1)" = "$(sha256sum <case/collect.json | cut -c1-64)" ] || fixture_fail "config's hash"
[ "$(stat -c %a lab.key)$(stat -c %a case/custody.jsonl)" = 600600 ] || fixture_fail "modes"

# As if pasted: programs that only show their words stand in for scp, ssh and exhibit.
mkdir bin
for name in scp ssh exhibit; do
	# shellcheck disable=SC2016  # for the other shell
	printf '#!/bin/sh\nline=\nfor word; do line="${line}%s<$word> "; done\necho "$line" >>words\ncat >/dev/null\n' \
		$name >bin/$name
	chmod +x bin/$name
done
grep '^  scp' printed >line
PATH=$PWD/bin:$PATH sh line
sort words | sed "$pairs; s/issued> exhibit<[0-9TZ:.-]*/issued> exhibit<UTC/"
[ ! -e pwned ] || fixture_fail "a name became a command"

# The session says what the record says; the keys read the archive.
mkdir -p tree/var/log
echo x >tree/var/log/syslog
./exhibit-collect --config - --quiet --root tree -o - <case/collect.json >case/A.tar.zst.age 2>/dev/null
"$EXHIBIT" cat case/A.tar.zst.age CUSTODY/session.txt -i escrow.key >session
grep -E '^(case:|exhibit:|examiner-name|authority|intake-discovered|profile:|limit: private-keys)' session
for pair in nonce:nonce config-sha256:config_sha256 tool-sha256:collector_sha256; do
	grep -q "^${pair%:*}: $(field "${pair#*:}" 1)\$" session || fixture_fail "$pair"
done
grep '^recipient' session | sed 's/.*: //' | paste -sd ' ' | grep -qxF "$(field recipients 1)" || fixture_fail "recipients"
if command -v age >/dev/null; then
	age -d -i lab.key case/A.tar.zst.age | cmp -s - /dev/null && fixture_fail "age gave nothing"
	[ "$(age-keygen -y lab.key)" = "$(sed -n 's/# public key: //p' lab.key)" ] || fixture_fail "age-keygen"
fi
"$EXHIBIT" custody add received -y -R case/custody.jsonl --received-by 'N. N.' --method ssh \
	-a case/A.tar.zst.age -i lab.key >/dev/null
[ "$(field verdict 2)" = COMPLETE ] || fixture_fail "not verified"

refused() { # EXIT ARGUMENTS...
	want=$1
	shift
	code=0
	"$EXHIBIT" prepare "$@" >stdout 2>stderr </dev/null || code=$?
	{
		echo "---- $code $*"
		cat stdout stderr
	} | sed 's/age1[0-9a-z]\{58\}/age1.../' | cat -v
	[ "$code" -eq "$want" ] || fixture_fail "exit code $code, wanted $want"
}
who='--case 1 --exhibit 2 --examiner 3'
refused 2 --case 1
# shellcheck disable=SC2086  # three options
{
	refused 4 $who -C case
	refused 4 $who -C new --new-identity lab.key
	refused 4 $who -C new --recipient age1nonsense
	refused 4 $who -C new --recipient-of lab.key --recipient-of lab.key
	refused 2 $who -C new --sums SHA256SUMS
	refused 4 $who -C new --collector nowhere
	refused 2 $who -C new --notes "$(printf 'a\033[31m')"
	refused 2 $who -C new --ssh -oProxyCommand=touch
	refused 4 $who -C new --with 'No=1'
	echo x >>exhibit-collect
	refused 3 $who -C new --collector exhibit-collect --sums SHA256SUMS
}
echo '{"exhibit-config":1}' >other.json
refused 2 --from other.json
echo '{"exhibit-prepare":1,"from":"x"}' >other.json
refused 2 --from other.json
# At a terminal: all questions, the keys among them; what must be answered comes again.
if command -v script >/dev/null; then
	printf '\nC 1\nE 1\nN. N.\n\n\n\nweb01\n\n\n\n\n\n\n\n\nnew.key\n%s\n' \
		"$(sed -n 's/# public key: //p' escrow.key)" >answers
	script -qec "'$EXHIBIT' prepare -C asked" /dev/null <answers >shown || { cat shown >&2; exit 1; }
	grep -oE '"(case|exhibit|host|by)":"[^"]*"' asked/custody.jsonl
	grep -o '"recipients":"[^"]*"' asked/custody.jsonl | grep -o age1 | wc -l
	[ -s new.key ] || fixture_fail "no key was made"
fi
[ ! -e new/custody.jsonl ] || fixture_fail "something was begun"
