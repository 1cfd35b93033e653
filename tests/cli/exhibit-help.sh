for verb in '' verify list cat extract help version; do
	# shellcheck disable=SC2086  # no word at all on purpose
	"$EXHIBIT" help $verb
	echo ----
done
"$EXHIBIT" verify --help | head -n 1
