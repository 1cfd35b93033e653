#!/bin/sh
# foo.c exports only foo_* (or foo itself), so that a name says where it lives.
#
#   check-symbols.sh OBJECTS     the folder of the objects, build/obj
#
# The stem of a file drops src_ in front and _read or _write behind: bundle_write.c
# exports bundle_*. A module cut into several files shares the prefix of its one
# header: plan_facts.c may export plan_* when there is a plan.h and no
# plan_facts.h. main.c exports main.
set -eu
LC_ALL=C
export LC_ALL
objects=${1:?usage: check-symbols.sh OBJECTS}
case $objects in /*) ;; *) objects=$PWD/$objects ;; esac
cd "${TREE:-$(dirname "$0")/..}"

# The prefixes, separated by spaces, that a source file may export.
prefixes() {
	_folder=${1%/*}
	_stem=${1##*/}
	_stem=${_stem%.c}
	_stem=${_stem#src_}
	echo "$_stem"
	case $_stem in *_read | *_write) echo "${_stem%_*}" ;; esac
	[ ! -f "${1%.c}.h" ] || return 0
	while [ "$_stem" != "${_stem%_*}" ]; do
		_stem=${_stem%_*}
		[ ! -f "$_folder/$_stem.h" ] || echo "$_stem"
	done
}

status=0
count=0
for source in $(find lib collector workstation -name '*.c' 2>/dev/null | sort); do
	object=$objects/${source%.c}.o
	[ -f "$object" ] || { echo "$source: not compiled"; status=1; continue; }
	allowed=$(prefixes "$source" | tr '\n' ' ')
	for symbol in $("${NM:-nm}" -g --defined-only -P "$object" | cut -d ' ' -f 1); do
		case $symbol in __x86.get_pc_thunk.*) continue ;; esac # the compiler's, for i386
		count=$((count + 1))
		good=
		[ "$symbol:${source##*/}" != main:main.c ] || good=1
		for prefix in $allowed; do
			case $symbol in "$prefix" | "$prefix"_*) good=1 ;; esac
		done
		if [ -z "$good" ]; then
			echo "$source: exports $symbol; make it static or name it ${allowed%% *}_..."
			status=1
		fi
	done
done
[ "$status" -ne 0 ] || echo "$count symbols, every one named after its file"
exit "$status"
