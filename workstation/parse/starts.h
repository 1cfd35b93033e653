/*
 * starts: single lines of configuration that make something run: PAM, udev, modprobe, at.
 */
#ifndef EXHIBIT_PARSE_STARTS_H
#define EXHIBIT_PARSE_STARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

struct starts_line {
	struct bytes name;	/* module of PAM or of the kernel; key of udev */
	struct bytes when;	/* type and control of PAM; "install" of modprobe; empty for udev */
	struct bytes command;	/* what runs, or the arguments of the module */
};

/**
 * starts_pam(s, n, service, out):
 * A line of /etc/pam.d, or of /etc/pam.conf if ${service}, that loads a module which is not of
 * Linux-PAM or a usual companion, is given by its path, or runs a program (pam.conf(5)).
 */
bool starts_pam(const char *s, size_t n, bool service, struct starts_line *out);

/**
 * starts_udev(s, n, at, out):
 * The next key of a rule from byte *${at} on that runs a program: RUN, PROGRAM, IMPORT{program}
 * (udev(7)).  Advances *${at}.
 */
bool starts_udev(const char *s, size_t n, size_t *at, struct starts_line *out);

/* "install MODULE COMMAND", "remove MODULE COMMAND" (modprobe.d(5)). */
bool starts_modprobe(const char *s, size_t n, struct starts_line *out);

/**
 * starts_at(name, number, minutes):
 * The name of a job of at(1), a0000101b2c3d4: queue letter, five hex digits of its number, eight
 * of the minutes since 1970 when it is due.
 */
bool starts_at(struct bytes name, uint64_t *number, uint64_t *minutes);

#endif
