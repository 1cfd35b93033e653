#include "workstation/parse/dpkg.h"

#include <string.h>

struct dpkg dpkg_begin(const void *p, size_t n)
{
	struct dpkg d = { .s = scan_begin(p, n) };

	d.text = d.s.p;
	return d;
}

static uint64_t position(const struct dpkg *d)
{
	return (uint64_t)(d->s.p - d->text);
}

static bool next_line(struct dpkg *d, struct bytes *out)
{
	if (!scan_line(&d->s, out))
		return false;
	d->line++;
	return true;
}

static struct bytes without_blanks(struct bytes b)
{
	const char *p = b.p;

	while (b.len > 0 && (*p == ' ' || *p == '\t')) {
		p++;
		b.len--;
	}
	while (b.len > 0 && (p[b.len - 1] == ' ' || p[b.len - 1] == '\t' || p[b.len - 1] == '\r'))
		b.len--;
	return (struct bytes){ p, b.len };
}

/* ------------------------------------------------------------ status */

static bool continues(const struct dpkg *d)
{
	return d->s.p < d->s.end && (*d->s.p == ' ' || *d->s.p == '\t');
}

/* The lines that continue a field, as one piece. */
static struct bytes rest_of_field(struct dpkg *d)
{
	const char *begin = d->s.p;
	struct bytes line;

	while (continues(d) && next_line(d, &line))
		;
	return (struct bytes){ begin, (size_t)(d->s.p - begin) };
}

static bool is_name(struct bytes field, const char *name)
{
	return field.len == strlen(name) && strncasecmp(field.p, name, field.len) == 0;
}

static struct bytes last_word(struct bytes b)
{
	struct scan s = scan_begin(b.p, b.len);
	struct bytes word, last = { NULL, 0 };

	while (scan_word(&s, &word))
		last = word;
	return last;
}

static void take_field(struct dpkg *d, struct bytes name, struct bytes value,
		       struct dpkg_package *out)
{
	const struct {
		const char *name;
		struct bytes *to;
	} fields[] = {
		{ "Package", &out->name }, { "Version", &out->version },
		{ "Architecture", &out->arch }, { "Maintainer", &out->maintainer },
		{ "Description", &out->summary },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (is_name(name, fields[i].name))
			*fields[i].to = value;
	if (is_name(name, "Status"))
		out->state = last_word(value);
	if (is_name(name, "Conffiles")) {
		out->conffiles_line = d->line + 1;
		out->conffiles = rest_of_field(d);
	}
}

/* One stanza up to the empty line behind it. */
static void take_stanza(struct dpkg *d, struct dpkg_package *out)
{
	struct bytes line, name;

	while (next_line(d, &line) && without_blanks(line).len > 0) {
		struct scan s = scan_begin(line.p, line.len);

		if (scan_until(&s, ':', &name))
			take_field(d, name, without_blanks(scan_rest(&s)), out);
		else
			d->bad++;
		(void)rest_of_field(d);
	}
}

bool dpkg_package(struct dpkg *d, struct dpkg_package *out)
{
	while (d->s.p < d->s.end) {
		*out = (struct dpkg_package){ .pos = position(d), .line = d->line + 1 };
		take_stanza(d, out);
		if (out->name.len > 0)
			return true;
	}
	return false;
}

/* ------------------------------------------------------------ files */

static bool is_md5(struct bytes b)
{
	uint64_t half;

	return b.len == DPKG_MD5_LEN && scan_u64((struct bytes){ b.p, 16 }, 16, &half) &&
	       scan_u64((struct bytes){ (const char *)b.p + 16, 16 }, 16, &half);
}

/* Take the last word of ${b} off, and the blanks before it. */
static struct bytes cut_word(struct bytes *b)
{
	struct bytes word = last_word(*b);

	if (word.len > 0)
		b->len = (size_t)((const char *)word.p - (const char *)b->p);
	*b = without_blanks(*b);
	return word;
}

static bool read_conffile(struct bytes line, struct dpkg_file *out)
{
	struct bytes word;

	out->path = without_blanks(line);
	word = cut_word(&out->path);
	while (scan_is(word, "obsolete") || scan_is(word, "remove-on-upgrade")) {
		out->obsolete = true;
		word = cut_word(&out->path);
	}
	if (is_md5(word))
		out->md5 = word;
	return out->path.len > 0 && *(const char *)out->path.p == '/' &&
	       (out->md5.len > 0 || scan_is(word, "newconffile"));
}

static bool read_sum(struct bytes line, struct dpkg_file *out)
{
	const char *p = line.p;

	/* md5sum(1) puts a blank and a blank or an asterisk behind the digest */
	if (line.len < DPKG_MD5_LEN + 3 || p[DPKG_MD5_LEN] != ' ')
		return false;
	out->md5 = (struct bytes){ p, DPKG_MD5_LEN };
	out->path = (struct bytes){ p + DPKG_MD5_LEN + 2, line.len - DPKG_MD5_LEN - 2 };
	return is_md5(out->md5);
}

static bool read_listed(struct bytes line, struct dpkg_file *out)
{
	out->path = line;
	return line.len > 0 && *(const char *)line.p == '/';
}

static bool next_file(struct dpkg *d, struct dpkg_file *out,
		      bool (*read)(struct bytes, struct dpkg_file *))
{
	struct bytes line;

	while (d->s.p < d->s.end) {
		*out = (struct dpkg_file){ .pos = position(d), .line = d->line + 1 };
		if (!next_line(d, &line))
			return false;
		if (read(line, out))
			return true;
		d->bad += line.len > 0;
	}
	return false;
}

bool dpkg_conffile(struct dpkg *d, struct dpkg_file *out)
{
	return next_file(d, out, read_conffile);
}

bool dpkg_sum(struct dpkg *d, struct dpkg_file *out)
{
	return next_file(d, out, read_sum);
}

bool dpkg_listed(struct dpkg *d, struct dpkg_file *out)
{
	return next_file(d, out, read_listed);
}

/* ------------------------------------------------------------ what an administrator changed */

bool dpkg_diversion(struct dpkg *d, struct dpkg_diversion *out)
{
	if (!next_line(d, &out->from))
		return false;
	if (next_line(d, &out->to) && next_line(d, &out->package))
		return true;
	d->bad++;
	return false;
}

static bool read_override(struct bytes line, struct dpkg_override *out)
{
	struct scan s = scan_begin(line.p, line.len);
	struct bytes mode;
	uint64_t bits;

	if (!scan_word(&s, &out->user) || !scan_word(&s, &out->group) || !scan_word(&s, &mode))
		return false;
	out->path = scan_rest(&s);
	if (!scan_u64(mode, 8, &bits) || bits > 07777 || out->path.len == 0)
		return false;
	out->mode = (uint32_t)bits;
	return true;
}

bool dpkg_override(struct dpkg *d, struct dpkg_override *out)
{
	struct bytes line;

	while (next_line(d, &line)) {
		if (read_override(line, out))
			return true;
		d->bad += line.len > 0;
	}
	return false;
}

/* Where the last ${mark} stands in ${b}, or its length. */
static size_t last_of(struct bytes b, char mark)
{
	const char *p = b.p;

	for (size_t i = b.len; i-- > 0;)
		if (p[i] == mark)
			return i;
	return b.len;
}

bool dpkg_info(struct bytes file, struct bytes *package, struct bytes *arch, struct bytes *kind)
{
	size_t dot = last_of(file, '.'), colon;

	if (dot == 0 || dot + 1 >= file.len)
		return false;
	*kind = (struct bytes){ (const char *)file.p + dot + 1, file.len - dot - 1 };
	*package = (struct bytes){ file.p, dot };
	*arch = (struct bytes){ "", 0 };
	colon = last_of(*package, ':');
	if (colon < package->len) {
		*arch = (struct bytes){ (const char *)file.p + colon + 1, dot - colon - 1 };
		package->len = colon;
	}
	return package->len > 0;
}
