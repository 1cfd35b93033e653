#include "workstation/show/show_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"

#define FLUSH_AT 65536u
#define ALIGNED_BY 500u      /* rows that are looked at for the widths */
#define OUT_MAX (256u << 20) /* bytes that wait: the rows above, each in its longest form */
#define WIDTH_MAX 60u        /* a column is not made wider for one long value */

/* Output that waits.  A table waits cell by cell until its widths are known. */
struct print {
	struct buf one;        /* a value on its way */
	struct buf out, cells; /* cells: text of each, with a NUL behind it */
	struct show_column columns[SHOW_COLUMNS_MAX];
	size_t count;
	size_t from; /* the column `time_from`; count: there is none */
	size_t width[SHOW_COLUMNS_MAX];
	uint64_t rows;    /* taken */
	uint64_t waiting; /* in cells */
	bool hosts;       /* the column host is shown to people, too */
	bool settled;     /* the widths are */
};

static enum show_form form(const struct show *s)
{
	return s->args->json ? SHOW_JSON : s->args->csv ? SHOW_CSV : SHOW_TABLE;
}

/* More than one host: then a row of a table says of which it is. */
static bool many_hosts(struct show *s)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct err ignored = { 0 };

	return s->db != NULL &&
	       case_query_open(&q, s->db, "SELECT count(*) FROM host", &ignored) == 0 &&
	       case_query_step(q, &ignored) > 0 && case_query_int(q, 0) > 1;
}

int show_print_new(struct show *s)
{
	struct print *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return err_set(s->e, ENOMEM, "preparing the output");
	buf_init(&p->out, OUT_MAX);
	buf_init(&p->cells, OUT_MAX);
	buf_init(&p->one, OUT_MAX);
	p->hosts = many_hosts(s);
	s->print = p;
	return 0;
}

static int flush(struct show *s, struct buf *b)
{
	int r = 0;

	if (b->failed)
		r = err_set(s->e, ENOMEM, "preparing the output");
	else if (fd_write_all(s->fd, b->p, b->len) != 0)
		r = err_set(s->e, errno, "writing the output");
	buf_clear(b);
	return r;
}

static void put_csv(struct buf *b, const char *text, size_t n)
{
	bool quoted = memchr(text, ',', n) != NULL || memchr(text, '"', n) != NULL;

	if (quoted)
		buf_putc(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"')
			buf_putc(b, '"');
		buf_putc(b, text[i]);
	}
	if (quoted)
		buf_putc(b, '"');
}

void show_print_begin(struct show *s, const struct show_column *columns)
{
	struct print *p = s->print;

	for (; columns[p->count].name != NULL; p->count++)
		p->columns[p->count] = columns[p->count];
	for (; p->from < p->count && strcmp(columns[p->from].name, "time_from") != 0; p->from++)
		;
	if (form(s) != SHOW_CSV)
		return;
	for (size_t i = 0; i < p->count; i++) {
		if (i > 0)
			buf_putc(&p->out, ',');
		put_csv(&p->out, columns[i].name, strlen(columns[i].name));
	}
	buf_puts(&p->out, "\r\n");
}

/* ===== one value ===== */

static struct instant instant_of(int64_t ns)
{
	int64_t sec = ns / 1000000000, rest = ns % 1000000000;

	if (rest < 0) {
		sec--;
		rest += 1000000000;
	}
	return (struct instant){ sec, (uint32_t)rest };
}

/* Of a case that somebody else made, too. */
static void put_text(struct buf *b, struct bytes text)
{
	if (text_is_shown(text.p, text.len))
		buf_add(b, text.p, text.len);
	else
		text_escape(b, text.p, text.len);
}

/* "-rwsr-xr-x" as ls(1) writes it. */
static void put_mode(struct buf *b, int64_t mode)
{
	static const char types[] = "?pc?d?b?-?l?s???", bits[] = "rwxrwxrwx";
	static const struct {
		int64_t bit;
		size_t at;
		char with_x, without;
	} special[] = {
		{ 04000, 2, 's', 'S' },
		{ 02000, 5, 's', 'S' },
		{ 01000, 8, 't', 'T' },
	};
	char s[] = "---------";

	for (size_t i = 0; i < 9; i++)
		if (mode >> (8 - i) & 1)
			s[i] = bits[i];
	for (size_t i = 0; i < 3; i++)
		if (mode & special[i].bit)
			s[special[i].at] =
				s[special[i].at] == 'x' ? special[i].with_x : special[i].without;
	buf_putc(b, types[mode >> 12 & 15]);
	buf_puts(b, s);
}

static void put_time(struct buf *b, int64_t ns, bool exact)
{
	char utc[CLOCK_UTC_LEN], *dot;

	clock_utc(utc, instant_of(ns));
	dot = strchr(utc, '.');
	if (!exact && dot != NULL) {
		*dot = '\0';
		if (strchr(utc, 'T') != NULL)
			*strchr(utc, 'T') = ' ';
	}
	buf_puts(b, utc);
}

static bool is_null(int kind, const struct show_cell *c)
{
	return kind == SHOW_TEXT || kind == SHOW_HASH ? c->text.p == NULL : c->n == CASE_NULL;
}

/* The value without quotes; nothing for NULL. */
static void put_plain(struct buf *b, int kind, const struct show_cell *c, bool exact)
{
	char size[32];

	if (is_null(kind, c))
		return;
	switch (kind) {
	case SHOW_TEXT:
		put_text(b, c->text);
		break;
	case SHOW_HASH:
		text_hex(b, c->text.p, c->text.len);
		break;
	case SHOW_TIME:
		put_time(b, c->n, exact);
		break;
	case SHOW_MODE:
		if (exact)
			buf_printf(b, "%07" PRIo64, (uint64_t)c->n);
		else
			put_mode(b, c->n);
		break;
	case SHOW_SIZE:
		if (!exact) {
			buf_puts(b, text_size(size, sizeof(size), (uint64_t)(c->n < 0 ? 0 : c->n)));
			break;
		}
		buf_i64(b, c->n);
		break;
	default:
		buf_i64(b, c->n);
	}
}

static bool is_number(int kind)
{
	return kind == SHOW_INT || kind == SHOW_SIZE;
}

/* ===== rows ===== */

static void put_json_row(struct print *p, const struct show_cell *cells)
{
	for (size_t i = 0; i < p->count; i++) {
		int kind = p->columns[i].kind & ~SHOW_MORE;

		buf_putc(&p->out, i == 0 ? '{' : ',');
		text_json(&p->out, p->columns[i].name, strlen(p->columns[i].name));
		buf_putc(&p->out, ':');
		buf_clear(&p->one);
		put_plain(&p->one, kind, &cells[i], true);
		if (is_null(kind, &cells[i]))
			buf_puts(&p->out, "null");
		else if (is_number(kind))
			buf_add(&p->out, p->one.p, p->one.len);
		else
			text_json(&p->out, buf_cstr(&p->one), p->one.len);
	}
	buf_puts(&p->out, "}\n");
	p->out.failed = p->out.failed || p->one.failed;
}

static void put_csv_row(struct print *p, const struct show_cell *cells)
{
	for (size_t i = 0; i < p->count; i++) {
		if (i > 0)
			buf_putc(&p->out, ',');
		buf_clear(&p->one);
		put_plain(&p->one, p->columns[i].kind & ~SHOW_MORE, &cells[i], true);
		put_csv(&p->out, buf_cstr(&p->one), p->one.len);
	}
	buf_puts(&p->out, "\r\n");
	p->out.failed = p->out.failed || p->one.failed;
}

static bool is_shown(const struct print *p, size_t i)
{
	if (strcmp(p->columns[i].name, "host") == 0 && (p->columns[i].kind & SHOW_MORE))
		return p->hosts;
	return (p->columns[i].kind & SHOW_MORE) == 0;
}

/* Characters, as far as a terminal shows one for each; text here is valid UTF-8. */
static size_t length(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static size_t last_shown(const struct print *p)
{
	size_t i = p->count;

	while (i > 0 && !is_shown(p, i - 1))
		i--;
	return i;
}

/* Cut a line that began at ${begin} to the width of the terminal. */
static void cut(struct buf *b, size_t begin, size_t width)
{
	size_t n = 0, at = begin;

	if (width == 0 || b->failed)
		return;
	while (at < b->len && n < width) {
		at++;
		while (at < b->len && ((unsigned char)b->p[at] & 0xc0) == 0x80)
			at++;
		n++;
	}
	if (at == b->len)
		return;
	while (at > begin && ((unsigned char)b->p[at - 1] & 0xc0) == 0x80)
		at--;
	b->len = at - 1;
	buf_putc(b, '>');
}

static void put_cells(struct show *s, const char **text)
{
	struct print *p = s->print;
	size_t last = last_shown(p), begin = p->out.len;

	for (size_t i = 0; i < last; i++) {
		const char *t = *text;
		size_t n = length(t), pad = p->width[i] > n ? p->width[i] - n : 0;
		bool right = is_number(p->columns[i].kind);

		if (!is_shown(p, i))
			continue;
		if (right)
			for (; pad > 0; pad--)
				buf_putc(&p->out, ' ');
		buf_puts(&p->out, t);
		for (; i + 1 < last && pad > 0; pad--)
			buf_putc(&p->out, ' ');
		if (i + 1 < last)
			buf_puts(&p->out, "  ");
		*text += strlen(t) + 1;
	}
	cut(&p->out, begin, s->width);
	buf_putc(&p->out, '\n');
}

/* The heading counts for the widths as the rows do. */
static void keep_cell(struct print *p, size_t i, size_t at)
{
	size_t n;

	buf_putc(&p->cells, '\0');
	if (p->cells.failed || p->settled)
		return;
	n = length(p->cells.p + at);
	if (n > WIDTH_MAX)
		n = WIDTH_MAX;
	if (n > p->width[i])
		p->width[i] = n;
}

static void keep_heading(struct print *p)
{
	for (size_t i = 0; i < p->count; i++) {
		size_t at = p->cells.len;

		if (!is_shown(p, i))
			continue;
		for (const char *c = p->columns[i].name; *c != '\0'; c++)
			buf_putc(&p->cells, (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c));
		keep_cell(p, i, at);
	}
	p->waiting++;
}

/* Does this column have a time that clocks showed twice or never?  Words of load_message.h. */
static bool is_doubtful(const struct print *p, const struct show_cell *cells, size_t i)
{
	static const char *const words[] = { "zone-ambiguous", "zone-skipped" };
	struct bytes from = p->from < p->count ? cells[p->from].text : (struct bytes){ NULL, 0 };

	if (from.p == NULL || strcmp(p->columns[i].name, "time") != 0)
		return false;
	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
		if (from.len == strlen(words[w]) && memcmp(from.p, words[w], from.len) == 0)
			return true;
	return false;
}

static void keep_row(struct print *p, const struct show_cell *cells)
{
	for (size_t i = 0; i < p->count; i++) {
		size_t at = p->cells.len;
		int kind = p->columns[i].kind & ~SHOW_MORE;

		if (!is_shown(p, i))
			continue;
		put_plain(&p->cells, kind, &cells[i], false);
		if (p->cells.len == at)
			buf_putc(&p->cells, '-');
		if (is_doubtful(p, cells, i))
			buf_putc(&p->cells, '?');
		keep_cell(p, i, at);
	}
	p->waiting++;
}

static int give_waiting(struct show *s)
{
	struct print *p = s->print;
	const char *text = p->cells.p;
	int r = 0;

	if (p->cells.failed)
		return err_set(s->e, ENOMEM, "preparing the output");
	for (; p->waiting > 0 && r == 0; p->waiting--) {
		put_cells(s, &text);
		if (p->out.len >= FLUSH_AT)
			r = flush(s, &p->out);
	}
	buf_clear(&p->cells);
	p->settled = true;
	return r;
}

static int table_row(struct show *s, const struct show_cell *cells)
{
	struct print *p = s->print;

	if (p->rows == 1)
		keep_heading(p);
	keep_row(p, cells);
	return p->settled || p->rows >= ALIGNED_BY ? give_waiting(s) : 0;
}

int show_row(struct show *s, const struct show_cell *cells)
{
	struct print *p = s->print;
	int r = 0;

	if (s->args->limit != 0 && p->rows == s->args->limit)
		return 1;
	p->rows++;
	switch (form(s)) {
	case SHOW_JSON:
		put_json_row(p, cells);
		break;
	case SHOW_CSV:
		put_csv_row(p, cells);
		break;
	default:
		r = table_row(s, cells);
	}
	if (r == 0 && (p->out.len >= FLUSH_AT || p->out.failed))
		r = flush(s, &p->out);
	return r;
}

int64_t show_print_end(struct show *s, int r)
{
	struct print *p = s->print;
	int64_t rows;

	if (r == 0 && p->waiting > 0)
		r = give_waiting(s);
	if (r == 0)
		r = flush(s, &p->out);
	rows = (int64_t)p->rows;
	buf_release(&p->out);
	buf_release(&p->cells);
	buf_release(&p->one);
	free(p);
	s->print = NULL;
	return r == 0 ? rows : -1;
}
