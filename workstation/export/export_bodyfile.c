#include <string.h>

#include "lib/base/text.h"
#include "workstation/case/worth.h"
#include "workstation/export/export_form.h"

#define NS 1000000000

/* Columns. */
enum { MD5, PATH, LINK, INO, MODE, TYPE, UID, GID, SIZE, ATIME, MTIME, CTIME, BTIME, NAME };

/* A bar ends the field for whoever splits at bars, a backslash before it or not. */
static void put_name(struct buf *b, struct bytes text)
{
	const char *p, *bar;

	while (text.len > 0 && (bar = memchr(text.p, '|', text.len)) != NULL) {
		p = text.p;
		export_text(b, (struct bytes){ p, (size_t)(bar - p) });
		buf_puts(b, "\\x7c");
		text.len -= (size_t)(bar + 1 - p);
		text.p = bar + 1;
	}
	export_text(b, text);
}

/* "r/rrwxr-xr-x": the type of the name, that of the inode, the rights. */
static void put_mode(struct buf *b, struct bytes type, int64_t mode)
{
	static const struct {
		const char *word;
		char letter;
	} rows[] = {
		{ "file", 'r' },   { "directory", 'd' }, { "symlink", 'l' },  { "fifo", 'p' },
		{ "socket", 's' }, { "chardev", 'c' },   { "blockdev", 'b' },
	};
	static const struct {
		unsigned bit;
		int at;
		char with, without; /* the right to execute */
	} special[] = { { 04000, 2, 's', 'S' }, { 02000, 5, 's', 'S' }, { 01000, 8, 't', 'T' } };
	static const char bits[] = "rwxrwxrwx";
	unsigned m = mode == CASE_NULL ? 0 : (unsigned)mode;
	char letter = '-', rights[] = "---------";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (type.len == strlen(rows[i].word) && memcmp(type.p, rows[i].word, type.len) == 0)
			letter = rows[i].letter;
	}
	for (int i = 0; i < 9; i++) {
		if (m >> (8 - i) & 1)
			rights[i] = bits[i];
	}
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (m & special[i].bit)
			rights[special[i].at] =
				rights[special[i].at] == 'x' ? special[i].with : special[i].without;
	}
	buf_printf(b, "%c/%c%s", letter, letter, rights);
}

/* Seconds with a fraction; 0: not known, and what lies before 1970, which the form cannot say. */
static void put_time(struct buf *b, int64_t ns)
{
	if (ns == CASE_NULL || ns <= 0)
		buf_puts(b, "|0");
	else
		buf_printf(b, "|%lld.%09lld", (long long)(ns / NS), (long long)(ns % NS));
}

static void put_number(struct buf *b, int64_t v)
{
	buf_putc(b, '|');
	buf_i64(b, v == CASE_NULL ? 0 : v);
}

static void row(struct export *x, struct case_query *q)
{
	struct bytes md5 = case_query_text(q, MD5), link = case_query_text(q, LINK);
	struct bytes host = case_query_text(q, NAME);
	struct buf *b = &x->out;

	if (md5.len == 16)
		text_hex(b, md5.p, md5.len);
	else
		buf_putc(b, '0');
	buf_putc(b, '|');
	if (host.len > 0) {
		put_name(b, host);
		buf_putc(b, ':');
	}
	put_name(b, case_query_text(q, PATH));
	if (link.len > 0) {
		buf_puts(b, " -> ");
		put_name(b, link);
	}
	put_number(b, case_query_int(q, INO));
	buf_putc(b, '|');
	put_mode(b, case_query_text(q, TYPE), case_query_int(q, MODE));
	for (int i = UID; i <= SIZE; i++)
		put_number(b, case_query_int(q, i));
	for (int i = ATIME; i <= BTIME; i++)
		put_time(b, case_query_int(q, i));
	buf_putc(b, '\n');
}

/* A line of its own that mactime skips.  The last one: Plaso takes a file whose first line has no
 * fields for another form, and warns of one behind (plaso/parsers/bodyfile.py). */
static int put_worth(struct export *x)
{
	enum bundle_verdict v;

	if (worth_worst(x->db, &v, x->e) != 0)
		return -1;
	if (worth_sentence(v) != NULL)
		buf_printf(&x->out, "# %s\n", worth_sentence(v));
	return 0;
}

/* Of several hosts each name begins with that of its host. */
int export_bodyfile(struct export *x)
{
	int r = export_each(x,
			    "SELECT o.md5, o.path, o.link, o.ino, o.mode, o.type, o.uid, o.gid,"
			    " o.size, o.atime, o.mtime, o.ctime, o.btime,"
			    " CASE WHEN (SELECT count(*) FROM host) > 1 THEN h.name END"
			    " FROM object o JOIN host h ON h.id = o.host WHERE o.path GLOB '/*'"
			    " ORDER BY o.id",
			    row);

	return r == 0 ? put_worth(x) : -1;
}
