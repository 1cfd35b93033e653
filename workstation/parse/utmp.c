#include "workstation/parse/utmp.h"

#include <arpa/inet.h>
#include <string.h>

#include "workstation/parse/binary.h"

#define NS 1000000000
#define SAMPLE 64u /* records that are tried for the layout */

/* Offsets that both layouts share. */
enum { TYPE = 0, PAD = 2, PID = 4, LINE = 8, ID = 40, USER = 44, HOST = 76, EXIT = 332 };
enum { LINE_LEN = 32, ID_LEN = 4, USER_LEN = 32, HOST_LEN = 256 };

/* Offsets and widths in which they differ; by utmp_layout.wide. */
static const struct shape {
	unsigned size, session, session_width, sec, usec, time_width, address;
} shapes[2] = {
	{ 384, 336, 4, 340, 344, 4, 348 },
	{ 400, 336, 8, 344, 352, 8, 360 },
};

static const struct shape *shape_of(struct utmp_layout layout)
{
	return &shapes[layout.wide];
}

size_t utmp_size(struct utmp_layout layout)
{
	return shape_of(layout)->size;
}

/* A text field: printable up to the NUL. */
static bool is_text(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n && p[i] != 0; i++)
		if (p[i] < 0x20 || p[i] == 0x7f)
			return false;
	return true;
}

/* Times until INT32_MAX make sense, and so do those of a host without a clock. */
static bool is_time(uint64_t sec, uint64_t usec)
{
	return sec <= UINT32_MAX && usec < 1000000;
}

/* How much sense a record makes: 0 for none and for one of zeros. */
static unsigned sense(const uint8_t *p, struct utmp_layout layout)
{
	const struct shape *s = shape_of(layout);
	unsigned points = 0;

	if (binary_zero(p, s->size) || binary_get(p + TYPE, 2, layout.big) >= UTMP_TYPES)
		return 0;
	points += binary_zero(p + PAD, 2);
	points += is_text(p + LINE, LINE_LEN) && is_text(p + USER, USER_LEN) &&
		  is_text(p + HOST, HOST_LEN);
	points += is_time(binary_get(p + s->sec, s->time_width, layout.big),
			  binary_get(p + s->usec, s->time_width, layout.big));
	points += binary_zero(p + s->address + 16, s->size - s->address - 16);
	return points * points;
}

static struct utmp_layout guess(const uint8_t *p, size_t n, struct utmp_layout hint)
{
	struct utmp_layout best = hint;
	unsigned most = 0;

	/* the hint comes first, and has to be beaten */
	for (unsigned i = 0; i < 4; i++) {
		struct utmp_layout l = { hint.wide != (i & 1), hint.big != (i >> 1) };
		size_t size = utmp_size(l);
		unsigned sum = 0;

		for (size_t at = 0, k = 0; n - at >= size && k < SAMPLE; at += size, k++)
			sum += sense(p + at, l);
		if (sum > most) {
			most = sum;
			best = l;
		}
	}
	return best;
}

void utmp_begin(struct utmp *u, const void *p, size_t n, struct utmp_layout hint)
{
	*u = (struct utmp){ .p = p, .n = n, .layout = guess(p, n, hint) };
}

static int64_t read_time(const struct utmp *u, const uint8_t *p, unsigned *flags)
{
	const struct shape *s = shape_of(u->layout);
	int64_t sec = (int64_t)binary_get(p + s->sec, s->time_width, u->layout.big);
	uint64_t usec = binary_get(p + s->usec, s->time_width, u->layout.big);

	if (usec >= 1000000) {
		*flags |= UTMP_BAD_FRACTION;
		usec = 0;
	}
	if (sec < 0 || sec > INT64_MAX / NS - 1)
		sec = 0;
	if (sec < 31 * 86400)
		*flags |= UTMP_CLOCK_UNSET;
	return sec * NS + (int64_t)usec * 1000;
}

static void read_record(const struct utmp *u, const uint8_t *p, struct utmp_record *out)
{
	const struct shape *s = shape_of(u->layout);
	bool big = u->layout.big;

	*out = (struct utmp_record){
		.pos = u->at,
		.type = (int16_t)binary_get(p + TYPE, 2, big),
		.pid = (int32_t)binary_get(p + PID, 4, big),
		.session = s->session_width == 4 ? (int32_t)binary_get(p + s->session, 4, big)
						 : (int64_t)binary_get(p + s->session, 8, big),
		.termination = (int16_t)binary_get(p + EXIT, 2, big),
		.exit = (int16_t)binary_get(p + EXIT + 2, 2, big),
		.line = binary_text(p + LINE, LINE_LEN),
		.id = binary_text(p + ID, ID_LEN),
		.user = binary_text(p + USER, USER_LEN),
		.host = binary_text(p + HOST, HOST_LEN),
	};
	memcpy(out->address, p + s->address, 16);
	out->time_ns = read_time(u, p, &out->flags);
	if (out->type < 0 || out->type >= UTMP_TYPES)
		out->flags |= UTMP_UNKNOWN_TYPE;
	if (out->type == UTMP_USER_PROCESS && out->user.len == 0 &&
	    !binary_zero(p + USER, USER_LEN))
		out->flags |= UTMP_RESIDUE;
}

bool utmp_next(struct utmp *u, struct utmp_record *out)
{
	size_t size = utmp_size(u->layout);

	while (u->n - u->at >= size && binary_zero(u->p + u->at, size))
		u->at += size;
	if (u->n - u->at < size)
		return false;
	read_record(u, u->p + u->at, out);
	u->at += size;
	if ((out->flags & (UTMP_UNKNOWN_TYPE | UTMP_BAD_FRACTION)) == 0) {
		if (u->any && u->last_ns - out->time_ns >= NS)
			out->flags |= UTMP_TIME_BACK;
		u->last_ns = out->time_ns;
		u->any = true;
	}
	return true;
}

size_t utmp_left(const struct utmp *u)
{
	return u->n - u->at;
}

bool utmp_address(char *out, const struct utmp_record *r)
{
	bool v4 = binary_zero(r->address + 4, 12);

	if (binary_zero(r->address, 16))
		return false;
	return inet_ntop(v4 ? AF_INET : AF_INET6, r->address, out, UTMP_ADDRESS_LEN) != NULL;
}

const char *utmp_type_name(int type)
{
	static const char *const names[UTMP_TYPES] = {
		"EMPTY",        "RUN_LVL",       "BOOT_TIME",    "NEW_TIME",     "OLD_TIME",
		"INIT_PROCESS", "LOGIN_PROCESS", "USER_PROCESS", "DEAD_PROCESS", "ACCOUNTING",
	};

	return type >= 0 && type < UTMP_TYPES ? names[type] : "?";
}
