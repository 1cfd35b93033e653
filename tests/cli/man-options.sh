#!/bin/sh
# Each option that the help of a program prints is in its manual page and the other
# way round, and the pages are mdoc without a complaint.
status=0
# Options as rows of help: at the beginning of a line, long ones perhaps behind a short one.
of_help() {
	sed -nE -e 's/^  +(-[a-zA-Z]), (--[a-z][a-z0-9-]+).*/\1\n\2/p' -e 's/^  +(--[a-z][a-z0-9-]+).*/\1/p' | sort -u
}

# In mdoc an option is the argument of Fl: "Fl -output", "Fl C".
of_page() {
	grep -oE -e 'Fl (-[a-z][a-z0-9-]+|[a-zA-Z])( |$)' "$SRCDIR/docs/$1.1" | sed 's/Fl /-/; s/ $//' | sort -u
}

compare() { # PROGRAM: its help is in the file printed
	of_help <printed >in-help
	of_page "$1" >in-page
	[ -s in-help ] || { echo "$1: no option in the help"; status=1; }
	if ! diff in-help in-page >difference; then
		echo "$1: < only in the help, > only in the manual page"
		grep '^[<>]' difference
		status=1
	fi
}

"$EXHIBIT_COLLECT" --help >printed
compare exhibit-collect
{
	for verb in prepare receive receipt verify list cat extract load report export 'custody add' 'custody check' 'custody sign' 'custody form'; do
		# shellcheck disable=SC2086  # two words
		"$EXHIBIT" help $verb
	done
	# Below show each word has options of its own; the list of them is behind a heading.
	for what in $("$EXHIBIT" help show | sed -n '/^Verbs/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
		"$EXHIBIT" help show "$what"
	done
} >printed
compare exhibit

for page in exhibit-collect exhibit; do
	LC_ALL=C.UTF-8 groff -mdoc -Tutf8 -ww -z "$SRCDIR/docs/$page.1" >complaints 2>&1
	[ ! -s complaints ] || { cat complaints; status=1; }
done
exit "$status"
