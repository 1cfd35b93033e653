#include "tests/support/settled.h"

#include <check.h>
#include <stdio.h>
#include <unistd.h>

#define TRIES 60000u
#define PAUSE 1000u		/* microseconds */

void settled_wait(pid_t pid, long past)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	for (unsigned i = 0; i < TRIES; i++) {
		FILE *f = fopen(path, "r");
		long call = past;
		int n = f == NULL ? 0 : fscanf(f, "%ld", &call);

		if (f == NULL || ferror(f)) {
			usleep(100 * PAUSE);
			call = past + 1;
			n = 1;
		}
		if (f != NULL)
			fclose(f);
		if (n == 1 && call >= 0 && call != past)
			return;
		usleep(PAUSE);
	}
	ck_abort_msg("process %d does not come to rest", (int)pid);
}
