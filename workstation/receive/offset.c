#include "workstation/receive/offset.h"

#include <inttypes.h>

#define BILLION INT64_C(1000000000)

int64_t offset_between(struct instant a, struct instant b)
{
	int64_t sec, nsec = (int64_t)a.nsec - (int64_t)b.nsec;

	if (__builtin_sub_overflow(a.sec, b.sec, &sec) ||
	    __builtin_mul_overflow(sec, BILLION, &sec) ||
	    __builtin_add_overflow(sec, nsec, &sec))
		return a.sec > b.sec ? INT64_MAX : INT64_MIN;
	return sec;
}

void offset_arrived(struct offset *o, struct instant stamp, struct instant arrived)
{
	int64_t bound = offset_between(stamp, arrived);

	if (!o->has_low || bound > o->low)
		o->low = bound;
	o->has_low = true;
}

void offset_answered(struct offset *o, struct instant stamp, struct instant issued)
{
	int64_t bound = offset_between(stamp, issued);

	if (!o->has_high || bound < o->high)
		o->high = bound;
	o->has_high = true;
}

bool offset_is_broken(const struct offset *o)
{
	return o->has_low && o->has_high && o->low > o->high;
}

void offset_seconds(struct buf *b, int64_t ns)
{
	uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	buf_printf(b, "%c%" PRIu64 ".%03" PRIu64 " s", ns < 0 ? '-' : '+', size / BILLION,
		   size % BILLION / 1000000);
}

void offset_sentence(struct buf *b, const struct offset *o)
{
	if (!o->has_low) {
		buf_puts(b, "not known: no time of the host was seen");
		return;
	}
	buf_puts(b, "host minus workstation ");
	if (!o->has_high) {
		buf_puts(b, "at least ");
		offset_seconds(b, o->low);
		buf_puts(b, "; no nonce bounds it from above");
		return;
	}
	if (offset_is_broken(o))
		buf_puts(b, "CONTRADICTORY, a clock was set meanwhile: ");
	buf_puts(b, "between ");
	offset_seconds(b, o->low);
	buf_puts(b, " and ");
	offset_seconds(b, o->high);
}
