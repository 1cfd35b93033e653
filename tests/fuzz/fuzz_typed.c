/* What a person types or a release brings: recipients, fingerprints in either form, times, lists
 * of hashes.  Any text is one or is refused, and what is accepted is equal to itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/crypt/age_recipient.h"
#include "lib/seal/key.h"
#include "workstation/custody/release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void try_forms(const char *s)
{
	uint8_t hash[DIGEST_LEN] = { 0 };
	int match = key_short_match(s, hash);

	if ((key_short_same(s, s) == 1) != (match >= 0))
		abort();
}

/* An encoding has one text: what was read is written the same. */
static void try_recipient(const char *s)
{
	struct age_recipient r, again;
	struct err e = { 0 };

	if (age_recipient_parse(&r, s, &e) != 0) {
		if (!e.set)
			abort();
		return;
	}
	age_recipient_of(&again, r.public);
	if (memcmp(again.public, r.public, sizeof(r.public)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t hash[DIGEST_LEN] = { 0 };
	struct instant t;
	char *s = malloc(n + 1);

	if (s == NULL)
		return 0;
	memcpy(s, data, n);
	s[n] = '\0';
	try_forms(s);
	try_recipient(s);
	if (clock_parse_utc(s, n, &t) == 0 && t.nsec >= 1000000000)
		abort();
	(void)release_has(s, n, hash);
	free(s);
	return 0;
}
