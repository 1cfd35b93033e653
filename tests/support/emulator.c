#include "tests/support/emulator.h"

#include <stdio.h>
#include <stdlib.h>

#define SLOWER 20			/* about, in our tests */

static const char *emulator(void)
{
	const char *name = getenv("EMULATOR");

	return name == NULL || name[0] == '\0' ? NULL : name;
}

bool emulator_lacks(const char *what)
{
	if (emulator() == NULL)
		return false;
	fprintf(stderr, "skipped: %s lacks %s\n", emulator(), what);
	return true;
}

int emulator_rounds(int n)
{
	return emulator() == NULL || n <= SLOWER ? n : n / SLOWER;
}

/* Prime, so that all bits and all places of a word have their turn. */
size_t emulator_step(void)
{
	return emulator() == NULL ? 1 : 19;
}
