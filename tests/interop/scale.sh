#!/bin/sh
# The commands of docs/SCALE.md as they stand, over two hosts, with programs in the place of
# clickhouse-client and curl that keep what they are handed: every row reaches both, into columns
# that are there and of its kind, and by the rules of the bulk interface.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/scenario/scenario.sh
. "$SRCDIR/tests/scenario/scenario.sh"
fixture_alone
scenario_disk breached breached.tar.zst 2>/dev/null
fixture_tree tree
touch 'tree/home/alice/a"b' 'tree/home/alice/&\1' 'tree/home/alice/{"index":{}}'
printf 'web2\n' >tree/etc/hostname
fixture_collect tree odd.tar.zst 2>/dev/null

mkdir bin handed
ln -s "$EXHIBIT" bin/exhibit
ln -s "$SRCDIR/docs" docs
cat >bin/clickhouse-client <<'END'
#!/bin/sh
set -eu
case "$*" in
--multiquery) cat >handed/create.sql ;;
'--input_format_skip_unknown_fields=0 --query INSERT INTO `'*'` FORMAT JSONEachRow')
	table=${3#*\`}
	cat >"handed/insert.${table%%\`*}"
	;;
*) echo "clickhouse-client: $*" >&2; exit 1 ;;
esac
END
cat >bin/curl <<'END'
#!/bin/sh
set -eu
case "$*" in
'-s -H Content-Type: application/x-ndjson --data-binary @- http://localhost:9200/_bulk')
	cat >"$(mktemp handed/bulk.XXXXXX)"
	echo '{"took":30,"errors":false,"items":[]}'
	;;
'-s -X PUT -H Content-Type: application/json http://localhost:9200/_index_template/exhibit -d '*)
	printf '%s' "$8" >handed/template
	;;
*) echo "curl: $*" >&2; exit 1 ;;
esac
END
chmod +x bin/*
PATH=$PWD/bin:$PATH
for kind in export clickhouse opensearch; do
	awk -v fence="\`\`\`sh $kind" '/^```/ { inside = $0 == fence; next } inside' docs/SCALE.md >"$kind.sh"
	[ -s "$kind.sh" ] || fixture_fail "docs/SCALE.md has no commands for $kind"
	sh -eu "$kind.sh" >"$kind.told" 2>&1 || { cat "$kind.told" >&2; fixture_fail "$kind"; }
done
set -- handed/bulk.*
grep -qx " *$# \"errors\":false" opensearch.told || { cat opensearch.told >&2; fixture_fail "not $# pieces"; }
python3 "$SRCDIR/tests/interop/scale_check.py" out handed breached.tar.zst.db
