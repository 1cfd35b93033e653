#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/check-docker.sh"

fresh() {
	rm -rf "$TREE"
	mkdir -p "$TREE"
	cp -r "$SRCDIR/scripts" "$SRCDIR/Dockerfile.build" "$TREE/"
	printf 'Run\n\n    make\n\nor Dockerfile.build.\n' | file README.md
}
# edit FILE SED-SCRIPT
edit() {
	fresh
	sed -i "$2" "$TREE/$1"
}
fresh
passes "$check"
edit Dockerfile.build 's/^RUN make$/RUN gcc -o x x.c/'
refuses 'neither a script of the tree nor make' "$check"
edit Dockerfile.build 's/^COPY \. \.$/COPY nowhere ./'
refuses 'there is no such file' "$check"
edit Dockerfile.build 's/^RUN make$/RUN apt-get install x \&\& make/'
refuses 'a second recipe' "$check"
edit Dockerfile.build 's:scripts/deps.lock scripts/:scripts/:'
refuses 'deps.lock is not copied' "$check"
edit Dockerfile.build 's:^COPY scripts/setup.sh scripts/packages.build:COPY scripts/packages.build:'
refuses 'not copied yet' "$check"
edit Dockerfile.build 's/^FROM .*/FROM debian:sid/'
refuses 'FROM is not the BASE argument' "$check"
edit README.md 's/make/cmake/'
refuses 'does not build with the same command' "$check"
fresh
echo aaa >>"$TREE/scripts/packages.build"
refuses 'not a sorted list' "$check"
