#include "collector/volatile/region.h"

#include <string.h>

#define KIB_MAX (UINT64_MAX >> 10)

/* Digits of a base at *at; they are passed.  False without any, or with too many. */
static bool take_number(const char **at, const char *end, unsigned base, uint64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	const char *begun = *at;

	*out = 0;
	for (; *at < end; (*at)++) {
		const char *d = memchr(digits, **at, base);

		if (d == NULL)
			break;
		if (*out > (UINT64_MAX - 15) / base)
			return false;
		*out = *out * base + (uint64_t)(d - digits);
	}
	return *at > begun;
}

static bool take_char(const char **at, const char *end, char c)
{
	if (*at == end || **at != c)
		return false;
	(*at)++;
	return true;
}

static bool either(char c, char a, char b)
{
	return c == a || c == b;
}

/* "rwxp " */
static bool take_rights(const char **at, const char *end, struct region *r)
{
	const char *p = *at;

	if (end - p < 5 || p[4] != ' ' || !either(p[0], 'r', '-') || !either(p[1], 'w', '-') ||
	    !either(p[2], 'x', '-') || !either(p[3], 'p', 's'))
		return false;
	r->write = p[1] == 'w';
	r->execute = p[2] == 'x';
	r->shared = p[3] == 's';
	*at += 5;
	return true;
}

/* "00000000 08:01 1234", then blanks and the name. */
static bool take_file(const char **at, const char *end, struct region *r)
{
	uint64_t skipped;

	if (!take_number(at, end, 16, &skipped) || !take_char(at, end, ' ') ||
	    !take_number(at, end, 16, &skipped) || !take_char(at, end, ':') ||
	    !take_number(at, end, 16, &skipped) || !take_char(at, end, ' ') ||
	    !take_number(at, end, 10, &r->inode))
		return false;
	while (*at < end && **at == ' ')
		(*at)++;
	r->name = *at;
	r->name_len = (size_t)(end - *at);
	r->of_kernel = r->name_len >= 2 && memcmp(r->name, "[v", 2) == 0;
	return true;
}

bool region_begin(const char *line, size_t n, struct region *r)
{
	const char *at = line, *end = line + n;
	struct region got = { .first = 0 };

	if (!take_number(&at, end, 16, &got.first) || !take_char(&at, end, '-') ||
	    !take_number(&at, end, 16, &got.last) || !take_char(&at, end, ' ') ||
	    got.last <= got.first || !take_rights(&at, end, &got) || !take_file(&at, end, &got))
		return false;
	got.last--;			/* the kernel writes the first byte behind it */
	*r = got;
	return true;
}

/* Is the line that field?  Then what follows its name and the blanks. */
static const char *field(const char *line, const char *end, const char *name)
{
	size_t n = strlen(name);

	if ((size_t)(end - line) < n || memcmp(line, name, n) != 0)
		return NULL;
	for (line += n; line < end && *line == ' '; line++)
		;
	return line;
}

/* "rd ex mr mw me io pf": two letters each. */
static void read_flags(const char *at, const char *end, struct region *r)
{
	bool locked = false, wiped = false, kept = false;

	r->has_flags = true;
	for (; end - at >= 2; at += end - at > 2 ? 3 : 2) {
		r->device |= memcmp(at, "io", 2) == 0 || memcmp(at, "pf", 2) == 0;
		locked |= memcmp(at, "lo", 2) == 0;
		wiped |= memcmp(at, "wf", 2) == 0;
		kept |= memcmp(at, "dc", 2) == 0;
	}
	r->secret = (wiped || (locked && kept)) && !r->device;
}

static bool read_kib(const char *at, const char *end, uint64_t *out)
{
	uint64_t kib;

	if (!take_number(&at, end, 10, &kib) || kib > KIB_MAX)
		return false;
	*out = kib << 10;
	return true;
}

void region_detail(const char *line, size_t n, struct region *r)
{
	const char *end = line + n, *at;

	if ((at = field(line, end, "VmFlags:")) != NULL)
		read_flags(at, end, r);
	else if ((at = field(line, end, "Anonymous:")) != NULL)
		r->has_anonymous = read_kib(at, end, &r->anonymous);
	else if ((at = field(line, end, "Swap:")) != NULL)
		read_kib(at, end, &r->swap);
}

bool region_readable(const struct region *r)
{
	if (r->shared || r->device || r->of_kernel || r->last > INT64_MAX)
		return false;
	return r->has_flags || r->inode == 0;
}
