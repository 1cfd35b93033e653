#include "workstation/parse/apk.h"

#include <string.h>

/* What comes next belongs to another package. */
static void begin_package(struct apk *a)
{
	a->package = (struct apk_package){ 0 };
	a->dir = (struct bytes){ NULL, 0 };
	a->told = true;
	a->package_pos = (uint64_t)(a->s.p - a->text);
	a->package_line = a->line + 1;
}

struct apk apk_begin(const void *p, size_t n)
{
	struct apk a = { .s = scan_begin(p, n) };

	a.text = a.s.p;
	begin_package(&a);
	return a;
}

/* The letter of the next line, which is not taken; 0 at the end. */
static char peek(const struct apk *a)
{
	return a->s.end - a->s.p >= 2 && a->s.p[1] == ':' ? a->s.p[0] : 0;
}

/* Take the next line: its letter, 0 for one that has none, and its value. */
static char take(struct apk *a, struct bytes *value)
{
	char letter = peek(a);
	struct bytes line;

	*value = (struct bytes){ "", 0 };
	if (!scan_line(&a->s, &line))
		return 0;
	a->line++;
	if (letter != 0)
		*value = (struct bytes){ (const char *)line.p + 2, line.len - 2 };
	else if (line.len > 0)
		a->bad++;
	return letter;
}

static void begin_row(const struct apk *a, struct apk_row *out, enum apk_kind kind)
{
	*out = (struct apk_row){ .kind = kind, .package = a->package,
				 .pos = (uint64_t)(a->s.p - a->text), .line = a->line + 1 };
	out->mode = kind == APK_FILE ? 0644 : 0755;
}

/* UID:GID:MODE, the mode in octal digits; what may follow is not looked at. */
static bool read_owner(struct bytes value, struct apk_row *out)
{
	struct scan s = scan_begin(value.p, value.len);
	struct bytes uid, gid, mode;
	uint64_t u, g, m;

	if (!scan_until(&s, ':', &uid) || !scan_until(&s, ':', &gid))
		return false;
	if (!scan_until(&s, ':', &mode))
		mode = scan_rest(&s);
	if (!scan_u64(uid, 10, &u) || !scan_u64(gid, 10, &g) || !scan_u64(mode, 8, &m) ||
	    u > UINT32_MAX || g > UINT32_MAX || m > 07777)
		return false;
	out->uid = (uint32_t)u;
	out->gid = (uint32_t)g;
	out->mode = (uint32_t)m;
	return true;
}

static int sextet(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != 0 ? strchr(digits, c) : NULL;

	return at == NULL ? -1 : (int)(at - digits);
}

/* Base64 of exactly ${n} bytes. */
static bool read_base64(const char *p, size_t len, uint8_t *out, size_t n)
{
	uint32_t bits = 0;
	size_t have = 0, at = 0;

	for (size_t i = 0; i < len && p[i] != '='; i++) {
		int v = sextet(p[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (at == n)
			return false;
		out[at++] = (uint8_t)(bits >> have);
	}
	return at == n;
}

static bool read_digest(struct bytes value, struct apk_row *out)
{
	const char *p = value.p;

	out->digest_len = 0;
	if (value.len < 2 || p[0] != 'Q' || (p[1] != '1' && p[1] != '2'))
		return false;
	out->digest_len = p[1] == '1' ? 20 : 32;
	if (read_base64(p + 2, value.len - 2, out->digest, out->digest_len))
		return true;
	out->digest_len = 0;
	return false;
}

/* The lines that say more of the row that F or R began. */
static void take_more(struct apk *a, struct apk_row *out)
{
	char owner = out->kind == APK_FILE ? 'a' : 'M';
	struct bytes value;

	while (peek(a) == owner || (peek(a) == 'Z' && out->kind == APK_FILE)) {
		bool good = take(a, &value) == owner ? read_owner(value, out) :
						       read_digest(value, out);

		a->bad += !good;
	}
}

/* A line of the package itself; an empty one ends it. */
static void take_fact(struct apk *a)
{
	bool empty = a->s.p < a->s.end && *a->s.p == '\n';
	struct bytes value;
	char letter = take(a, &value);
	const struct {
		char letter;
		struct bytes *to;
	} facts[] = {
		{ 'P', &a->package.name }, { 'V', &a->package.version },
		{ 'A', &a->package.arch }, { 'T', &a->package.summary },
		{ 'm', &a->package.maintainer },
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		if (facts[i].letter == letter)
			*facts[i].to = value;
	if (letter == 'P')
		a->told = false;
	if (empty)
		begin_package(a);
}

static void take_file(struct apk *a, struct apk_row *out, char letter)
{
	struct bytes value;

	begin_row(a, out, letter == 'R' ? APK_FILE : APK_DIRECTORY);
	(void)take(a, &value);
	if (letter == 'F')
		a->dir = value;
	else
		out->base = value;
	out->dir = a->dir;
	take_more(a, out);
}

bool apk_next(struct apk *a, struct apk_row *out)
{
	while (a->s.p < a->s.end || !a->told) {
		char letter = peek(a);
		bool facts_end = letter == 'F' || letter == 'R' || letter == 0;

		if (!a->told && facts_end) {
			begin_row(a, out, APK_PACKAGE);
			out->pos = a->package_pos;
			out->line = a->package_line;
			a->told = true;
			return true;
		}
		if ((letter == 'F' || letter == 'R') && a->package.name.len > 0) {
			take_file(a, out, letter);
			return true;
		}
		take_fact(a);
	}
	return false;
}
