#include "collector/facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/hash/checksum.h"

#define PATH_KEPT_MAX 4096u	/* bytes of a fact's path */

/* What is done with the content of the item that is open. */
enum use { USE_NOTHING, USE_KEEP, USE_PASSWD, USE_ENVIRON };

/* Positions in the text of all facts. */
struct fact {
	size_t path, path_len, data, data_len;
};

struct facts {
	struct sink sink;		/* first member: the sink is the facts */
	struct plan_facts *to;
	struct buf text;		/* paths and contents, one after the other */
	struct fact *rows;
	size_t count, cap;
	bool full;
	/* The item that is open. */
	enum use use;
	char path[PATH_KEPT_MAX];
	size_t path_len;
	size_t content_max;
	struct buf content;
};

static bool add_row(struct facts *f)
{
	if (f->count == f->cap) {
		size_t cap = f->cap == 0 ? 64 : f->cap * 2;
		struct fact *rows = realloc(f->rows, cap * sizeof(*rows));

		if (rows == NULL)
			return false;
		f->rows = rows;
		f->cap = cap;
	}
	f->count++;
	return true;
}

/* Keeps a fact; what does not fit as a whole is left out. */
static void keep(struct facts *f, const void *data, size_t n)
{
	size_t at = f->text.len;

	buf_add(&f->text, f->path, f->path_len);
	buf_add(&f->text, data, n);
	/* The terminator is room that makes an empty content have an address. */
	buf_putc(&f->text, '\0');
	if (f->text.failed || !add_row(f)) {
		f->text.failed = false;
		f->text.len = at;
		f->full = true;
		return;
	}
	f->rows[f->count - 1] = (struct fact){ at, f->path_len, at + f->path_len, n };
}

static void add_home(struct facts *f, const char *p, size_t n)
{
	if (f->to != NULL)
		plan_facts_home(f->to, p, n);
}

/* Sixth field of each whole line, passwd(5). */
static void homes_of_passwd(struct facts *f)
{
	const char *p = f->content.p, *end = p + f->content.len;

	while (p < end) {
		const char *line_end = memchr(p, '\n', (size_t)(end - p));
		const char *field = p, *colon = NULL;

		if (line_end == NULL) {
			/* Whoever cut it may have cut a path. */
			if (f->content.len >= f->content_max)
				return;
			line_end = end;
		}
		for (int i = 0; i < 5 && field != NULL; i++) {
			colon = memchr(field, ':', (size_t)(line_end - field));
			field = colon != NULL ? colon + 1 : NULL;
		}
		if (field != NULL) {
			colon = memchr(field, ':', (size_t)(line_end - field));
			add_home(f, field, (size_t)((colon != NULL ? colon : line_end) - field));
		}
		p = line_end + 1;
	}
}

static void home_of_environ(struct facts *f)
{
	const char *p = f->content.p, *end = p + f->content.len;

	while (p < end) {
		const char *stop = memchr(p, '\0', (size_t)(end - p));

		if (stop == NULL)
			return;
		if (stop - p > 5 && memcmp(p, "HOME=", 5) == 0)
			add_home(f, p + 5, (size_t)(stop - p) - 5);
		p = stop + 1;
	}
}

static bool has_prefix(struct bytes b, const char *s)
{
	size_t n = strlen(s);

	return b.len >= n && memcmp(b.p, s, n) == 0;
}

static bool has_suffix(struct bytes b, const char *s)
{
	size_t n = strlen(s);

	return b.len >= n && memcmp((const char *)b.p + b.len - n, s, n) == 0;
}

static bool is(struct bytes b, const char *s)
{
	return b.len == strlen(s) && has_prefix(b, s);
}

/* /home/NAME or /root, whatever it is: a link too leads to a home. */
static bool is_home(struct bytes path)
{
	if (is(path, "/root"))
		return true;
	return has_prefix(path, "/home/") && path.len > 6 &&
	       memchr((const char *)path.p + 6, '/', path.len - 6) == NULL;
}

static enum use use_of(const struct item *it)
{
	if (it->type != ITEM_FILE)
		return USE_NOTHING;
	/* That it is there is a fact. */
	if (it->depth != DEPTH_CONTENT)
		return USE_KEEP;
	if (is(it->path, "/etc/passwd"))
		return USE_PASSWD;
	if (has_prefix(it->path, "/proc/") && has_suffix(it->path, "/environ"))
		return USE_ENVIRON;
	return USE_KEEP;
}

static int facts_begin(struct sink *to, const struct item *it)
{
	struct facts *f = (struct facts *)to;

	f->use = USE_NOTHING;
	if (it->path.len > sizeof(f->path)) {
		f->full = true;
		return 0;
	}
	memcpy(f->path, it->path.p, it->path.len);
	f->path_len = it->path.len;
	if ((it->type == ITEM_DIR || it->type == ITEM_SYMLINK) && is_home(it->path))
		add_home(f, f->path, f->path_len);
	if (it->type == ITEM_SYMLINK && it->link.len <= FACTS_CONTENT_MAX) {
		keep(f, it->link.p, it->link.len);
		if (it->depth == DEPTH_META && f->to != NULL && f->path_len < sizeof(f->path)) {
			f->path[f->path_len] = '\0';
			plan_facts_alias(f->to, f->path, it->link.p, it->link.len);
		}
	}
	f->use = use_of(it);
	f->content_max = f->use == USE_KEEP ? FACTS_CONTENT_MAX : FACTS_PASSWD_MAX;
	buf_clear(&f->content);
	return 0;
}

static int facts_write(struct sink *to, const void *data, size_t n)
{
	struct facts *f = (struct facts *)to;
	size_t room = f->content_max - f->content.len;

	if (f->use == USE_NOTHING)
		return 0;
	buf_add(&f->content, data, n < room ? n : room);
	if (n > room && f->use != USE_KEEP)
		f->full = true;
	return 0;
}

static int facts_end(struct sink *to, const struct item_end *how)
{
	struct facts *f = (struct facts *)to;
	bool got = how->gap == GAP_NONE || f->content.len > 0;

	if (f->content.failed)
		f->full = true;
	else if (f->use == USE_KEEP && got)
		keep(f, f->content.p != NULL ? f->content.p : "", f->content.len);
	else if (f->use == USE_PASSWD && f->content.len > 0)
		homes_of_passwd(f);
	else if (f->use == USE_ENVIRON && f->content.len > 0)
		home_of_environ(f);
	f->use = USE_NOTHING;
	return 0;
}

struct facts *facts_new(struct plan_facts *to, struct err *e)
{
	struct facts *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		err_set(e, ENOMEM, "reading the host's identity");
		return NULL;
	}
	f->sink = (struct sink){ facts_begin, facts_write, facts_end };
	f->to = to;
	buf_init(&f->text, FACTS_TOTAL_MAX);
	buf_init(&f->content, FACTS_PASSWD_MAX);
	return f;
}

void facts_free(struct facts *f)
{
	if (f == NULL)
		return;
	buf_release(&f->text);
	buf_release(&f->content);
	free(f->rows);
	free(f);
}

struct sink *facts_sink(struct facts *f)
{
	return &f->sink;
}

static struct bytes path_of(const struct facts *f, size_t i)
{
	return (struct bytes){ f->text.p + f->rows[i].path, f->rows[i].path_len };
}

static struct bytes data_of(const struct facts *f, size_t i)
{
	return (struct bytes){ f->text.p + f->rows[i].data, f->rows[i].data_len };
}

struct bytes facts_get(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->count; i++) {
		if (is(path_of(f, i), path))
			return data_of(f, i);
	}
	return (struct bytes){ NULL, 0 };
}

struct bytes facts_next(const struct facts *f, size_t *from, const char *prefix,
			const char *suffix, struct bytes *path)
{
	while (*from < f->count) {
		size_t i = (*from)++;
		struct bytes p = path_of(f, i);

		if (!has_prefix(p, prefix) || !has_suffix(p, suffix))
			continue;
		if (path != NULL)
			*path = p;
		return data_of(f, i);
	}
	return (struct bytes){ NULL, 0 };
}

unsigned facts_checksums(const struct facts *f)
{
	static const struct {
		const char *database;
		enum checksum_kind kind;
	} rows[] = {
		{ "/var/lib/dpkg/status", CHECKSUM_MD5 },
		{ "/lib/apk/db/installed", CHECKSUM_SHA1 },
		{ "/usr/lib/apk/db/installed", CHECKSUM_SHA1 },
	};
	unsigned kinds = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (facts_get(f, rows[i].database).p != NULL)
			kinds |= CHECKSUM_BIT(rows[i].kind);
	return kinds;
}

bool facts_full(const struct facts *f)
{
	return f->full;
}
