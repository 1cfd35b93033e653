for verb in '' prepare receive receipt verify list cat extract report export custody 'custody add' 'custody check' 'custody sign' 'custody form' help version; do
	# shellcheck disable=SC2086  # no word at all on purpose
	"$EXHIBIT" help $verb
	echo ----
done
"$EXHIBIT" verify --help | head -n 1
"$EXHIBIT" custody sign --help | head -n 1
"$EXHIBIT" custody --help | head -n 1
