/*
 * SQLite files of a host, asked what the loaders of logins ask: every query ends, and nothing of
 * it reaches beyond what SQLite gave.
 */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/case/foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define ROWS_MAX 100000u

static volatile unsigned read_sum;	/* so that every byte is read */

static void ask(struct foreign *f, const char *sql, int columns)
{
	unsigned rows = 0, sum = 0;

	if (!foreign_ask(f, sql)) {
		if (foreign_why(f)[0] == '\0')
			abort();
		return;
	}
	while (rows++ < ROWS_MAX && foreign_step(f) > 0) {
		for (int i = 0; i < columns; i++) {
			struct bytes b = foreign_text(f, i);

			for (size_t k = 0; k < b.len; k++)
				sum += ((const uint8_t *)b.p)[k];
			sum += (unsigned)foreign_int(f, i);
		}
	}
	read_sum = sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct foreign *f = foreign_open(data, n);

	if (f == NULL)
		return 0;
	ask(f, "SELECT ID, Type, User, Login, Logout, TTY, RemoteHost, Service FROM wtmp", 8);
	ask(f, "SELECT Name, Time, TTY, RemoteHost, Service FROM Lastlog2", 5);
	foreign_close(f);
	return 0;
}
