/* loader_matches: hostile names against every pattern shape; ends, and agrees with fnmatch(3)
 * where both mean the same. */
#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "workstation/case/loader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *zero = memchr(data, 0, n);
	char pattern[64], name[256];
	size_t p = zero != NULL ? (size_t)(zero - data) : 0, k = n - p - (zero != NULL);
	bool hit;

	if (zero == NULL || p >= sizeof(pattern) || k >= sizeof(name))
		return 0;
	memcpy(pattern, data, p);
	memcpy(name, zero + 1, k);
	pattern[p] = name[k] = '\0';
	hit = loader_matches((struct bytes){ pattern, p }, (struct bytes){ name, k });
	if (strlen(name) != k || strpbrk(pattern, "[]\\") != NULL || strstr(pattern, "**") != NULL)
		return 0;
	for (size_t i = 0; i < p + k; i++)
		if ((unsigned char)(i < p ? pattern[i] : name[i - p]) > 0x7e)
			return 0;
	if (hit != (fnmatch(pattern, name, FNM_PATHNAME) == 0))
		abort();
	return 0;
}
