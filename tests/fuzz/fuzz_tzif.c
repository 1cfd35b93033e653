/*
 * A zone file, and a line of TZ; then times of both directions.
 *
 * What the clocks show at a time must lead back to that time, and times found twice must rise.
 */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/tzif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_zone(const struct tzif *z)
{
	int64_t utc[2];

	for (int64_t t = -TZIF_TIME_MAX; t <= TZIF_TIME_MAX; t += TZIF_TIME_MAX / 16) {
		int32_t offset = tzif_offset(z, t);
		enum tzif_shown shown = tzif_utc(z, t, utc);

		if (offset <= -25 * 3600 || offset >= 26 * 3600 || utc[0] > utc[1])
			abort();
		if ((shown == TZIF_TWICE) != (utc[0] != utc[1]))
			abort();
		if (shown != TZIF_NEVER &&
		    (utc[0] + tzif_offset(z, utc[0]) != t || utc[1] + tzif_offset(z, utc[1]) != t))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct tzif z = { .width = 4 };
	struct tzif_rule r;

	if (tzif_parse(data, n, &z)) {
		tzif_flaw(&z);
		check_zone(&z);
	}
	if (tzif_rule_parse((struct bytes){ data, n }, &r))
		for (int64_t t = -TZIF_TIME_MAX; t <= TZIF_TIME_MAX; t += TZIF_TIME_MAX / 16)
			tzif_rule_offset(&r, t);
	return 0;
}
