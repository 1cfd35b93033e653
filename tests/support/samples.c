#include "tests/support/samples.h"

#include <stdio.h>
#include <stdlib.h>

#define SAMPLE_MAX (64u << 20)
#define PIECE 65536u

static FILE *open_sample(const char *name)
{
	const char *folder = getenv("EXHIBIT_SAMPLES"), *top = getenv("SRCDIR");
	char path[4096];

	if (folder != NULL)
		snprintf(path, sizeof(path), "%s/%s", folder, name);
	else
		snprintf(path, sizeof(path), "%s/../shared/samples/%s", top == NULL ? "." : top,
			 name);
	return fopen(path, "rb");
}

bool samples_read(const char *name, struct buf *b)
{
	FILE *f = open_sample(name);
	size_t n = 1;

	buf_init(b, SAMPLE_MAX);
	if (f == NULL) {
		printf("skipped: no sample %s\n", name);
		return false;
	}
	while (n > 0 && buf_room(b, PIECE) != NULL) {
		n = fread(b->p + b->len, 1, PIECE, f);
		b->len += n;
	}
	fclose(f);
	return true;
}
