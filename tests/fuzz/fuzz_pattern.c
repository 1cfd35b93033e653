/*
 * loader_matches: hostile names against every pattern shape; ends, and agrees with fnmatch(3)
 * where both mean the same.  place_component: whatever name a member has, a file of its own in
 * the folder that it is put into, and nowhere else.
 */
#include <fnmatch.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hash/digest.h"
#include "workstation/case/loader.h"
#include "workstation/extract/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_match(const uint8_t *data, size_t n)
{
	const uint8_t *zero = memchr(data, 0, n);
	char pattern[64], name[256];
	size_t p = zero != NULL ? (size_t)(zero - data) : 0, k = n - p - (zero != NULL);
	bool hit;

	if (zero == NULL || p >= sizeof(pattern) || k >= sizeof(name))
		return;
	memcpy(pattern, data, p);
	memcpy(name, zero + 1, k);
	pattern[p] = name[k] = '\0';
	hit = loader_matches((struct bytes){ pattern, p }, (struct bytes){ name, k });
	if (strlen(name) != k || strpbrk(pattern, "[]\\") != NULL || strstr(pattern, "**") != NULL)
		return;
	for (size_t i = 0; i < p + k; i++)
		if ((unsigned char)(i < p ? pattern[i] : name[i - p]) > 0x7e)
			return;
	if (hit != (fnmatch(pattern, name, FNM_PATHNAME) == 0))
		abort();
}

/* A component has neither a slash nor a NUL, and is not empty. */
static void check_place(const char *s, size_t n, bool raw)
{
	char out[PLACE_NAME_MAX + 1];
	bool changed = place_component(out, s, n, raw);
	size_t len = strlen(out);

	if (len == 0 || len > PLACE_NAME_MAX || strchr(out, '/') != NULL ||
	    strcmp(out, ".") == 0 || strcmp(out, "..") == 0 ||
	    changed != (len != n || memcmp(out, s, n) != 0))
		abort();
	for (size_t i = 0; i < len && !raw; i++)
		if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data;

	digest_start();
	check_match(data, n);
	if (n > 0 && memchr(s, '\0', n) == NULL && memchr(s, '/', n) == NULL) {
		check_place(s, n, false);
		check_place(s, n, true);
	}
	return 0;
}
