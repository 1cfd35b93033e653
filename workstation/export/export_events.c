#include <string.h>

#include "lib/base/text.h"
#include "workstation/export/export_form.h"

#define VALUE_MAX 32000u /* bytes: longer values are not found by Timesketch's index (32766) */
#define MICRO 1000

/* Columns. */
enum { TIME, KIND, SUBJECT, TEXT, HOST, MEMBER, POS, LINE, SHA256, DATA_TYPE };

static const char events_sql[] =
	"SELECT e.time, e.kind, e.subject, e.text, h.name, COALESCE(o.member, o.path), e.pos,"
	" e.line, o.sha256, 'exhibit:' || e.kind FROM event e JOIN host h ON h.id = e.host"
	" LEFT JOIN object o ON o.id = e.object";

/* What a reader wants to see as the meaning of the time: the words of Plaso where it has one. */
static struct bytes meaning(struct bytes kind)
{
	static const struct {
		const char *word, *text;
	} rows[] = {
		{ "file-made", "Creation Time" },
		{ "file-modified", "Content Modification Time" },
		{ "file-changed", "Metadata Modification Time" },
		{ "file-read", "Last Access Time" },
		{ "login", "Login Time" },
		{ "logout", "Logout Time" },
		{ "failed", "Failed Login Time" },
		{ "process", "Start Time" },
		{ "package", "Installation Time" },
	};
	const char *text = "Recorded Time";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (kind.len == strlen(rows[i].word) && memcmp(kind.p, rows[i].word, kind.len) == 0)
			text = rows[i].text;
	}
	return (struct bytes){ text, strlen(text) };
}

/* Between two characters. */
static struct bytes cut(struct bytes text)
{
	const unsigned char *p = text.p;

	if (text.len <= VALUE_MAX)
		return text;
	text.len = VALUE_MAX;
	while (text.len > 0 && (p[text.len] & 0xc0) == 0x80)
		text.len--;
	return text;
}

static void json_row(struct export *x, struct case_query *q)
{
	struct bytes hash = case_query_text(q, SHA256), kind = case_query_text(q, KIND);
	struct buf *b = &x->out;
	int64_t time = case_query_int(q, TIME);

	buf_putc(b, '{');
	export_member(b, "message", cut(case_query_text(q, TEXT)));
	buf_puts(b, ",\"datetime\":\"");
	export_time(b, time, "+00:00");
	buf_putc(b, '"');
	export_number(b, "timestamp", time / MICRO - (time % MICRO < 0));
	export_member(b, "timestamp_desc", meaning(kind));
	export_member(b, "data_type", case_query_text(q, DATA_TYPE));
	export_member(b, "hostname", case_query_text(q, HOST));
	export_member(b, "subject", cut(case_query_text(q, SUBJECT)));
	export_member(b, "display_name", cut(case_query_text(q, MEMBER)));
	export_number(b, "offset", case_query_int(q, POS));
	export_number(b, "line", case_query_int(q, LINE));
	if (hash.len > 0) {
		buf_puts(b, ",\"sha256_hash\":\"");
		text_hex(b, hash.p, hash.len);
		buf_putc(b, '"');
	}
	buf_puts(b, "}\n");
}

int export_timesketch(struct export *x)
{
	return export_each(x, events_sql, json_row);
}

/* Quoted always.  Text of the host must not become a formula of who opens the file. */
static void csv_text(struct buf *b, struct bytes text)
{
	const char *p = text.p, *quote;

	buf_putc(b, '"');
	if (text.len > 0 && strchr("=+-@", p[0]) != NULL)
		buf_putc(b, '\'');
	while (text.len > 0 && (quote = memchr(p, '"', text.len)) != NULL) {
		export_text(b, (struct bytes){ p, (size_t)(quote - p) });
		buf_puts(b, "\"\"");
		text.len -= (size_t)(quote + 1 - p);
		p = quote + 1;
	}
	export_text(b, (struct bytes){ p, text.len });
	buf_putc(b, '"');
}

static void csv_row(struct export *x, struct case_query *q)
{
	static const int texts[] = { KIND, TEXT, HOST, MEMBER };
	struct bytes hash = case_query_text(q, SHA256);
	struct buf *b = &x->out;

	export_time(b, case_query_int(q, TIME), "+00:00");
	buf_putc(b, ',');
	csv_text(b, meaning(case_query_text(q, KIND)));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_putc(b, ',');
		csv_text(b, case_query_text(q, texts[i]));
	}
	for (int i = POS; i <= LINE; i++) {
		buf_putc(b, ',');
		if (case_query_int(q, i) != CASE_NULL)
			buf_i64(b, case_query_int(q, i));
	}
	buf_putc(b, ',');
	text_hex(b, hash.p, hash.len);
	buf_puts(b, "\r\n");
}

int export_csv(struct export *x)
{
	buf_puts(&x->out, "datetime,timestamp_desc,kind,message,hostname,display_name,offset,line,"
			  "sha256_hash\r\n");
	return export_each(x, events_sql, csv_row);
}
