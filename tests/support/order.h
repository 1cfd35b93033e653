/*
 * order: bytes of tests whose order is that of this machine, and bytes whose order is fixed.
 *
 * A test may run on a machine with the high byte first.  What our code reads in the order of
 * its own machine (/proc/kcore, packed attributes) the test has to write so, and what a format
 * fixes (LiME, utmp of x86) the test must neither write nor read by copying a number.
 */
#ifndef EXHIBIT_TESTS_ORDER_H
#define EXHIBIT_TESTS_ORDER_H

#include <elf.h>
#include <stdint.h>

#define ORDER_LITTLE (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

/* e_ident[EI_DATA] of this machine, and of one with the other order (elf(5)). */
#define ORDER_ELF (ORDER_LITTLE ? ELFDATA2LSB : ELFDATA2MSB)
#define ORDER_ELF_OTHER (ORDER_LITTLE ? ELFDATA2MSB : ELFDATA2LSB)

/*
 * The lengths of name and value, strings of one byte, before a packed attribute (item.h), as
 * the beginning of a string.
 */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ORDER_XATTR(name, value) "\0" name "\0\0\0" value
#else
#define ORDER_XATTR(name, value) name "\0" value "\0\0\0"
#endif

/* The eight bytes at ${at} as a number, the low byte first. */
uint64_t order_le64(const void *at);

/* Write ${v} to the four bytes at ${at}, the low byte first. */
void order_put_le32(void *at, uint32_t v);

#endif
