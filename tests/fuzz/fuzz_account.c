/* account, strings: hostile lines and bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/account.h"
#include "workstation/parse/strings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What a parser gives out lies inside what it was given. */
static void inside(const uint8_t *data, size_t n, struct bytes b)
{
	const uint8_t *p = b.p;

	if (p != NULL && (p < data || p + b.len > data + n))
		abort();
}

static int take(void *ctx, uint64_t offset, bool utf16, const char *text, size_t n)
{
	size_t *size = ctx;

	if (n == 0 || n > STRINGS_MAX || offset + n * (utf16 ? 2 : 1) > *size + utf16)
		abort();
	for (size_t i = 0; i < n; i++)
		if ((text[i] < 0x20 && text[i] != '\t') || text[i] > 0x7e)
			abort();
	return 0;
}

static void look(const uint8_t *data, size_t n, bool big)
{
	static struct strings s;

	strings_begin(&s, 4, big, take, &n);
	strings_add(&s, data, n / 2);
	strings_add(&s, data + n / 2, n - n / 2);
	strings_end(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct account_passwd p;
	struct account_shadow s;
	struct account_group g;
	const char *line = (const char *)data;

	if (account_passwd(line, n, &p) == ACCOUNT_READ) {
		inside(data, n, p.name);
		inside(data, n, p.home);
		inside(data, n, p.shell);
	}
	if (account_shadow(line, n, &s) == ACCOUNT_READ) {
		inside(data, n, s.name);
		if (s.state == NULL)
			abort();
	}
	if (account_group(line, n, &g) == ACCOUNT_READ)
		inside(data, n, g.members);
	look(data, n, false);
	look(data, n, true);
	return 0;
}
