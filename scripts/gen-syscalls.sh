#!/bin/sh
# Writes workstation/parse/syscall_name.def anew from the kernel's headers, as Debian packages
# them: linux-libc-dev for x86, linux-libc-dev-ARCH-cross for the others. Run by hand when a
# newer kernel has new calls; needs gcc alone, which only preprocesses.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.."

names() { # ARCH HEADERS OPTIONS
	# shellcheck disable=SC2086  # options
	cpp() { gcc -E -nostdinc -I"$2" -I/usr/include $3 "$4" -; }
	echo '#include <asm/unistd.h>' | cpp "$@" -dM | sed -n 's/^#define __NR_\([a-z_][a-z0-9_]*\) .*/\1/p' |
		grep -v '^arch_specific_syscall$' |
		sed '1i #include <asm/unistd.h>
			s/.*/= & __NR_&/' | cpp "$@" -P | tr -d '()' | sed -n 's/^= //p' |
		awk '{ print $2 + ($3 == "+" ? $4 : 0), $1 }' |
		sort -n -u -k 1,1 | sed "s/^\([0-9]*\) \(.*\)/SYSCALL($1, \1, \"\2\")/"
}

{
	cat <<'TEXT'
/*
 * syscall_name.def: names of system calls by architecture and number.
 *
 * SYSCALL(architecture, number, "name"), made by scripts/gen-syscalls.sh from the public
 * headers of the kernel (asm/unistd.h), sorted by number within an architecture.
 */
TEXT
	names X86_64 /usr/include/x86_64-linux-gnu -m64
	names I386 /usr/include/x86_64-linux-gnu -m32
	names AARCH64 /usr/aarch64-linux-gnu/include ''
	names ARM /usr/arm-linux-gnueabihf/include -D__ARM_EABI__
	names RISCV64 /usr/riscv64-linux-gnu/include '-D__riscv_xlen=64 -D__LP64__'
	names PPC64 /usr/powerpc64le-linux-gnu/include -D__powerpc64__
	names S390X /usr/s390x-linux-gnu/include -D__s390x__
} >workstation/parse/syscall_name.def
wc -l workstation/parse/syscall_name.def
