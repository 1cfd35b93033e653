#include "workstation/parse/account.h"

#include <string.h>

#include "workstation/parse/scan.h"

#define FIELDS_MAX 16u

/* Cut at colons; the last field has all that is left.  How many there are. */
static size_t cut(struct bytes line, struct bytes *out, size_t max)
{
	const char *s = line.p, *end = s + line.len;
	size_t n = 0;

	while (n + 1 < max) {
		const char *colon = memchr(s, ':', (size_t)(end - s));

		if (colon == NULL)
			break;
		out[n++] = (struct bytes){ s, (size_t)(colon - s) };
		s = colon + 1;
	}
	out[n++] = (struct bytes){ s, (size_t)(end - s) };
	return n;
}

/* The line without blanks before it, and what kind it is by its first byte. */
static enum account_line begin(const char *s, size_t n, struct bytes *line)
{
	struct scan scan = scan_begin(s, n);

	*line = scan_rest(&scan);
	if (line->len == 0 || *(const char *)line->p == '#')
		return ACCOUNT_EMPTY;
	if (*(const char *)line->p == '+' || *(const char *)line->p == '-')
		return ACCOUNT_NIS;
	return ACCOUNT_READ;
}

static bool number(struct bytes b, uint32_t *out)
{
	uint64_t v;

	if (!scan_u64(b, 10, &v) || v > UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

enum account_line account_passwd(const char *s, size_t n, struct account_passwd *out)
{
	struct bytes line, f[7] = { { 0 } };
	enum account_line kind = begin(s, n, &line);

	*out = (struct account_passwd){ 0 };
	if (kind == ACCOUNT_EMPTY)
		return kind;
	n = cut(line, f, 7);
	out->name = f[0];
	if (kind == ACCOUNT_NIS)
		return kind;
	if (n != 7 || f[0].len == 0 || !number(f[2], &out->uid) || !number(f[3], &out->gid))
		return ACCOUNT_BAD;
	out->no_password = f[1].len == 0;
	out->gecos = f[4];
	out->home = f[5];
	out->shell = f[6];
	return ACCOUNT_READ;
}

/* crypt(5), and passlib's list for the older ones. */
static const struct {
	const char *prefix, *word;
} schemes[] = {
	{ "$y$", "yescrypt" }, { "$gy$", "yescrypt" }, { "$7$", "scrypt" },
	{ "$6$", "sha512" },   { "$5$", "sha256" },    { "$1$", "md5" },
	{ "$2", "bcrypt" },    { "$", "other" },       { "_", "des" },
};

static const char *scheme_of(struct bytes hash)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (scan_begins(hash, schemes[i].prefix))
			return schemes[i].word;
	return hash.len == 13 ? "des" : NULL;
}

static void judge(struct bytes password, struct account_shadow *out)
{
	const char *p = password.p;
	size_t marks = 0;

	while (marks < password.len && p[marks] == '!')
		marks++;
	out->scheme = scheme_of((struct bytes){ p + marks, password.len - marks });
	if (password.len == 0)
		out->state = "none";
	else if (marks > 0)
		out->state = "locked";
	else
		out->state = out->scheme != NULL ? "set" : "never";
}

enum account_line account_shadow(const char *s, size_t n, struct account_shadow *out)
{
	struct bytes line, f[FIELDS_MAX] = { { 0 } };
	enum account_line kind = begin(s, n, &line);
	uint32_t day;

	*out = (struct account_shadow){ .changed_day = -1 };
	if (kind == ACCOUNT_EMPTY)
		return kind;
	n = cut(line, f, FIELDS_MAX);
	out->name = f[0];
	if (kind == ACCOUNT_NIS)
		return kind;
	if (n < 2 || n > 9 || f[0].len == 0)
		return ACCOUNT_BAD;
	judge(f[1], out);
	if (n > 2 && number(f[2], &day))
		out->changed_day = day;
	return ACCOUNT_READ;
}

enum account_line account_group(const char *s, size_t n, struct account_group *out)
{
	struct bytes line, f[4] = { { 0 } };
	enum account_line kind = begin(s, n, &line);

	*out = (struct account_group){ 0 };
	if (kind == ACCOUNT_EMPTY)
		return kind;
	n = cut(line, f, 4);
	out->name = f[0];
	if (kind == ACCOUNT_NIS)
		return kind;
	if (n != 4 || f[0].len == 0 || !number(f[2], &out->gid))
		return ACCOUNT_BAD;
	out->members = f[3];
	return ACCOUNT_READ;
}
