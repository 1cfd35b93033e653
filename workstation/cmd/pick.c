#include "workstation/cmd/pick.h"

#include <string.h>

#include "lib/base/text.h"

static const char root[] = "[root]";

/* Length without the slashes at its end, but of "/" alone. */
static size_t trimmed(const char *s, size_t n)
{
	while (n > 1 && s[n - 1] == '/')
		n--;
	return n;
}

/* How much of ${member} the ${n} bytes of ${name} cover: all of them, 0: no match. */
static size_t covers(const char *name, size_t n, struct bytes member)
{
	const char *m = member.p;
	size_t skip = 0;

	n = trimmed(name, n);
	if (n > 0 && name[0] == '/') {
		skip = sizeof(root) - 1;
		if (member.len < skip || memcmp(m, root, skip) != 0)
			return 0;
		if (n == 1)
			return skip;
	}
	if (n == 0 || member.len < skip + n || memcmp(m + skip, name, n) != 0)
		return 0;
	return skip + n;
}

static size_t covers_either(const char *typed, struct bytes member,
			    bool (*fits)(struct bytes member, size_t n))
{
	struct buf raw;
	size_t n = covers(typed, strlen(typed), member);

	if (n > 0 && fits(member, n))
		return n;
	n = 0;
	buf_init(&raw, ITEM_PATH_MAX * 4);
	if (strchr(typed, '\\') != NULL && text_unescape(&raw, typed, strlen(typed)) == 0)
		n = covers(buf_cstr(&raw), raw.len, member);
	buf_release(&raw);
	return n > 0 && fits(member, n) ? n : 0;
}

static bool fits_exactly(struct bytes member, size_t n)
{
	return n == trimmed(member.p, member.len);
}

static bool fits_below(struct bytes member, size_t n)
{
	return n == member.len || ((const char *)member.p)[n] == '/';
}

bool pick_is(const char *typed, struct bytes member)
{
	return covers_either(typed, member, fits_exactly) > 0;
}

bool pick_holds(const char *typed, struct bytes member)
{
	return covers_either(typed, member, fits_below) > 0;
}
