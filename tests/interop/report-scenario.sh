#!/bin/sh
# Of a host that was broken into the report names each fact, with its place in the archive; of
# the same host before that night it names nothing.
set -eu
. "$SRCDIR/tests/support/fixture.sh"
. "$SRCDIR/tests/scenario/scenario.sh"
fixture_alone
fixture_own_network
for host in breached clean; do
	scenario_disk "$host" "$host.tar.zst" 2>/dev/null
	"$EXHIBIT" report -q -o "$host.html" "$host.tar.zst" >/dev/null
done
scenario_live breached live.tar.zst 2>/dev/null
"$EXHIBIT" report -q -o live.html live.tar.zst >/dev/null

# says PAGE RULE TEXT: an observation of that rule, with that text in it.
says() {
	awk -v rule="id=\"r-$2\"" -v text="$3" '
		index($0, "<article") { inside = index($0, rule) }
		inside && index($0, text) { found = 1 }
		END { exit !found }
	' "$1" || { echo "$1: $2 does not say: $3" >&2; exit 1; }
}
page=breached.html
says $page login-after-failures 'deploy logged in from 203.0.113.66'
says $page login-web-client 203.0.113.66
says $page web-script-idiom 'eval(base64_decode('
says $page web-command 'img.php?cmd='
says $page hidden-directory '/var/tmp/.cache-x is a hidden folder'
says $page temp-program /var/tmp/.cache-x/bnc
says $page time-set-back /var/tmp/.cache-x/bnc
says $page job-from-temp 'cron of root runs /var/tmp/.cache-x/run'
says $page job-from-temp '[root]/var/spool/cron/crontabs/root'
says $page verify-program 'The content of /usr/bin/login'
says $page immutable-program /usr/bin/.sysd
says $page setuid-unowned /usr/bin/.sysd
says $page uid0-twin 'sysadm has user number 0'
says $page authorized-key /root/.ssh/authorized_keys
says $page preload libpam-cache.so
says $page history-cleared '/root/.bash_history is a link to /dev/null'
says $page log-hole '/var/log/syslog has nothing for 8 hours'
says live.html shell-socket 'has a connection with 203.0.113.66 port 4444'
says live.html odd-program-connected '/var/tmp/.cache-x/bnc'
says live.html irc '198.51.100.23 port 6667'
says live.html process-name kworker/0:2
# and README shows what it says, word for word
python3 - breached.html "$SRCDIR/README.md" <<'E'
import html, re, sys
page = re.sub(r"<[^>]*>", "", re.sub(r"(?s)<(script|style).*?</\1>", "", open(sys.argv[1]).read()))
page = re.sub(r"\s+", " ", html.unescape(page))
rows = 0
for line in open(sys.argv[2]):
    row = re.match(r"\| (Entry point|Origin of the attack|Files touched|Level of access|Trail) \| (.*) \|$", line)
    if row:
        rows += 1
        for said in row.group(2).replace("`", "").split(" · "):
            if said not in page:
                sys.exit("README has what the report does not say: " + said)
if rows != 5:
    sys.exit("README shows %d of five questions" % rows)
E
for page in breached clean live; do
	grep -q '<strong>COMPLETE</strong>' "$page.html" || { echo "$page: no verdict" >&2; exit 1; }
done
if grep -o 'id="r-[a-z0-9-]*"' clean.html >&2; then
	echo "of a clean host there is something to say" >&2
	exit 1
fi
