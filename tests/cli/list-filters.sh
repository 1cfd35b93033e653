# Each filter alone, two of them together, and the manifest's own lines.
a=$SRCDIR/tests/golden/whole.tar.zst
for filter in '--gap any' '--gap shrank --gap vanished' '--result error' '--type symlink' '--category network' \
	'--depth digest' '--path /etc/*' '--artifact none' '--category config --type file'; do
	echo "$filter"
	# shellcheck disable=SC2086  # several words on purpose
	(set -f && "$EXHIBIT" list $filter "$a") | awk '{ print "  " $NF }'
done
"$EXHIBIT" list --json --path /etc/hostname "$a"
