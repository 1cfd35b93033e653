/* Runs every unit test. The rows of suites.def are made from the file names. */
#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/leftover.h"

#define SUITE(stem, path) Suite *suite_##stem(void);
#include "suites.def"
#undef SUITE

struct row {
	const char *path;
	Suite *(*make)(void);
};

static const struct row rows[] = {
#define SUITE(stem, path) { path, suite_##stem },
#include "suites.def"
#undef SUITE
	{ NULL, NULL },
};

/* "lib/hash" picks the folder, "lib/hash/digest" the one suite. */
static int picked(const char *path, const char *wanted)
{
	size_t n = wanted ? strlen(wanted) : 0;

	if (n && wanted[n - 1] == '/')
		n--;
	return n == 0 || (strncmp(path, wanted, n) == 0 && (path[n] == '\0' || path[n] == '/'));
}

int main(void)
{
	const char *wanted = getenv("CK_RUN_SUITE");
	SRunner *runner = srunner_create(NULL);
	int count = 0, failed;

	for (const struct row *row = rows; row->path; row++) {
		if (!picked(row->path, wanted))
			continue;
		srunner_add_suite(runner, row->make());
		count++;
	}
	if (wanted && count == 0) {
		fprintf(stderr, "unit: no suite is named %s\n", wanted);
		srunner_free(runner);
		return EXIT_FAILURE;
	}
	/* Check compares it with whole names, which would hide a folder's suites. */
	unsetenv("CK_RUN_SUITE");
	leftover_begin();
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	leftover_end();
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
