#include "tests/support/emulator.h"

#include <stdio.h>
#include <stdlib.h>

bool emulator_lacks(const char *what)
{
	const char *name = getenv("EMULATOR");

	if (name == NULL || name[0] == '\0')
		return false;
	fprintf(stderr, "skipped: %s lacks %s\n", name, what);
	return true;
}
