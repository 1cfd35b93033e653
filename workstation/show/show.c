#include "workstation/show/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/show/show_groups.h"
#include "workstation/show/show_state.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SQL_MAX 65536u
#define OF_HOST " AND v.host IN (SELECT id FROM host WHERE name = :host OR id = :host)"

static const struct show_verb *const groups[] = {
#define GROUP(name) show_##name##_verbs,
#include "workstation/show/groups.def"
#undef GROUP
};

const struct show_verb *show_at(size_t i)
{
	for (size_t g = 0; g < COUNT(groups); g++)
		for (const struct show_verb *v = groups[g]; v->name != NULL; v++)
			if (i-- == 0)
				return v;
	return NULL;
}

const struct show_verb *show_find(const char *name)
{
	const struct show_verb *v;

	for (size_t i = 0; (v = show_at(i)) != NULL; i++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

int show_when(const char *text, int64_t *ns)
{
	static const char full[] = "0000-01-01T00:00:00.000000000Z";
	char whole[sizeof(full)];
	size_t n = strlen(text);
	struct instant t;

	if (n > 0 && text[n - 1] == 'Z')
		n--;
	/* a date, or down to minutes, seconds or all nine decimals; a blank may stand for T */
	if (n != 10 && n != 16 && n != 19 && n != 29)
		return -1;
	memcpy(whole, full, sizeof(full));
	memcpy(whole, text, n);
	if (whole[10] == ' ')
		whole[10] = 'T';
	if (clock_parse_utc(whole, sizeof(full) - 1, &t) != 0)
		return -1;
	return __builtin_mul_overflow(t.sec, INT64_C(1000000000), ns) ||
			       __builtin_add_overflow(*ns, (int64_t)t.nsec, ns)
		       ? -1
		       : 0;
}

/* Has the SQL of the verb a column of that name?  Listed ones are asked; `v` knows the rest. */
static bool has_column(const struct show_verb *verb, const char *name)
{
	for (const struct show_column *c = verb->columns; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return true;
	return false;
}

static int check_times(const struct show_args *a, struct err *e)
{
	int64_t ns;

	for (int i = 0; i < 2; i++) {
		const char *given = i == 0 ? a->since : a->until;

		if (given != NULL && show_when(given, &ns) != 0)
			return err_set(e, 0,
				       "--%s needs a time such as 2026-11-23 or "
				       "2026-11-23T10:53:00, not \"%.60s\"",
				       i == 0 ? "since" : "until", given);
	}
	return 0;
}

/* The value of an option of the verb, as a number; 0, or -1: it is none. */
static int number_of(const struct show_option *o, const char *text, int64_t *n)
{
	char *end;

	if (o->value == SHOW_WHEN)
		return show_when(text, n);
	if (o->value == SHOW_FLAG) {
		*n = 1;
		return 0;
	}
	*n = (int64_t)strtoull(text, &end, o->value == SHOW_OCTAL ? 8 : 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' ? 0 : -1;
}

/* Is ${text} one of ${words}? */
static bool is_word(const char *words, const char *text)
{
	size_t n = strlen(text);

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (len == n && memcmp(words, text, n) == 0)
			return true;
		words += len;
		words += strspn(words, " ");
	}
	return false;
}

/* Is there anything that makes it fewer rows? */
static bool is_chosen(const struct show_verb *verb, const struct show_args *a)
{
	const struct show_option *o = verb->options;
	bool chosen = a->path != NULL || a->limit != 0;

	for (size_t i = 0; o != NULL && o[i].name != NULL; i++)
		chosen = chosen || a->flags[i] || a->values[i] != NULL;
	return chosen;
}

int show_check(const struct show_verb *verb, const struct show_args *a, struct err *e)
{
	static const char *const forms[] = {
		[SHOW_NUMBER] = "a number",
		[SHOW_OCTAL] = "an octal number such as 777",
		[SHOW_WHEN] = "a time such as 2026-11-23T10:53:00",
	};
	const struct show_option *o = verb->options;
	int64_t n;

	if (a->json && a->csv)
		return err_set(e, 0, "--json or --csv, not both");
	for (size_t i = 0; o != NULL && o[i].name != NULL; i++) {
		const char *given = a->values[i];

		if (given != NULL && o[i].value > SHOW_STRING && number_of(&o[i], given, &n) != 0)
			return err_set(e, 0, "--%s needs %s, not \"%.60s\"", o[i].name,
				       forms[o[i].value], given);
		if (given != NULL && o[i].words != NULL && !is_word(o[i].words, given))
			return err_set(e, 0, "--%s is one of: %s", o[i].name, o[i].words);
	}
	if (verb->needs != NULL && !is_chosen(verb, a))
		return err_set(e, 0, "show %s: give %s", verb->name, verb->needs);
	return check_times(a, e);
}

/* ===== the statement ===== */

static void put_conditions(struct buf *sql, const struct show_verb *verb, const struct show_args *a)
{
	const struct show_option *o = verb->options;

	buf_puts(sql, " WHERE 1");
	for (size_t i = 0; o != NULL && o[i].name != NULL; i++)
		if ((a->flags[i] || a->values[i] != NULL) && o[i].condition != NULL)
			buf_printf(sql, " AND (%s)", o[i].condition);
	if (a->host != NULL)
		buf_puts(sql, OF_HOST);
	if (a->user != NULL)
		buf_puts(sql, " AND v.user = :user");
	if (a->path != NULL)
		buf_puts(sql, " AND v.path GLOB :path");
	if (a->since != NULL)
		buf_puts(sql, " AND v.time >= :since");
	if (a->until != NULL)
		buf_puts(sql, " AND v.time <= :until");
}

/* Which columns `v` has can be asked of SQLite alone: prepare and look. */
static bool has_more(struct show *s, const char *column)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct err ignored = { 0 };
	bool has = false;

	if (case_query_open(&q, s->db, s->verb->sql, &ignored) != 0)
		return false;
	for (int i = 0; i < case_query_columns(q); i++)
		has = has || strcmp(case_query_name(q, i), column) == 0;
	return has;
}

static void put_columns(struct show *s, struct buf *sql, struct show_column *shown)
{
	size_t n = 0;

	buf_puts(sql, "SELECT ");
	for (const struct show_column *c = s->verb->columns; c->name != NULL; c++) {
		buf_printf(sql, "%sv.\"%s\"", n > 0 ? ", " : "", c->name);
		shown[n++] = *c;
	}
	buf_puts(sql, ", ifnull((SELECT name FROM host WHERE id = v.host), v.host) AS host");
	shown[n++] = (struct show_column){ "host", SHOW_TEXT | SHOW_MORE };
	if (has_more(s, "object")) {
		buf_puts(sql, ", (SELECT member FROM object o WHERE o.id = v.object) AS member, "
			      "(SELECT sha256 FROM object o WHERE o.id = v.object) AS sha256");
		shown[n++] = (struct show_column){ "member", SHOW_TEXT | SHOW_MORE };
		shown[n++] = (struct show_column){ "sha256", SHOW_HASH | SHOW_MORE };
	}
	for (int i = 0; i < 2; i++) {
		const char *name = i == 0 ? "pos" : "line";

		if (has_column(s->verb, name) || !has_more(s, name))
			continue;
		buf_printf(sql, ", v.%s", name);
		shown[n++] = (struct show_column){ name, SHOW_INT | SHOW_MORE };
	}
	shown[n] = (struct show_column){ NULL, 0 };
}

static void bind_text(struct case_query *q, const char *name, const char *raw)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	text_escape(&b, raw, strlen(raw));
	case_query_bind_text_as(q, name, (struct bytes){ buf_cstr(&b), b.len });
	buf_release(&b);
}

static void bind_option(struct case_query *q, const struct show_option *o, const char *value)
{
	char name[64];
	int64_t n = 1;

	snprintf(name, sizeof(name), ":%s", o->name);
	for (char *c = name; *c != '\0'; c++)
		if (*c == '-')
			*c = '_';
	if (o->value == SHOW_STRING)
		bind_text(q, name, value);
	else if (o->value == SHOW_FLAG || number_of(o, value, &n) == 0)
		case_query_bind_as(q, name, n);
}

static void bind(struct show *s, struct case_query *q)
{
	const struct show_option *o = s->verb->options;
	const struct show_args *a = s->args;
	int64_t ns;

	for (size_t i = 0; o != NULL && o[i].name != NULL; i++)
		if (a->values[i] != NULL || a->flags[i])
			bind_option(q, &o[i], a->values[i]);
	if (a->host != NULL)
		bind_text(q, ":host", a->host);
	if (a->user != NULL)
		bind_text(q, ":user", a->user);
	/* a glob as it was typed: its backslashes are those of the escaped text */
	if (a->path != NULL)
		case_query_bind_text_as(q, ":path", (struct bytes){ a->path, strlen(a->path) });
	if (a->since != NULL && show_when(a->since, &ns) == 0)
		case_query_bind_as(q, ":since", ns);
	if (a->until != NULL && show_when(a->until, &ns) == 0)
		case_query_bind_as(q, ":until", ns);
}

static int give(struct show *s, struct case_query *q, size_t n)
{
	struct show_cell cells[SHOW_COLUMNS_MAX];
	int r;

	while ((r = case_query_step(q, s->e)) > 0) {
		for (size_t i = 0; i < n; i++) {
			cells[i].text = case_query_text(q, (int)i);
			cells[i].n = case_query_int(q, (int)i);
		}
		r = show_row(s, cells);
		if (r != 0)
			return r < 0 ? -1 : 0;
	}
	return r;
}

static int ask(struct show *s)
{
	struct show_column shown[SHOW_COLUMNS_MAX];
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct buf sql;
	size_t n = 0;
	int r;

	buf_init(&sql, SQL_MAX);
	put_columns(s, &sql, shown);
	buf_printf(&sql, " FROM (%s) v", s->verb->sql);
	put_conditions(&sql, s->verb, s->args);
	if (s->verb->order != NULL)
		buf_printf(&sql, " ORDER BY %s", s->verb->order);
	r = case_query_open(&q, s->db, buf_cstr(&sql), s->e);
	buf_release(&sql);
	if (r != 0)
		return -1;
	while (shown[n].name != NULL)
		n++;
	bind(s, q);
	show_print_begin(s, shown);
	return give(s, q, n);
}

int show_limits(struct show *s, struct buf *out)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct buf sql;
	int r;

	if (s->verb->limits == NULL)
		return 0;
	buf_init(&sql, SQL_MAX);
	buf_printf(&sql, "SELECT v.text FROM (%s) v WHERE 1", s->verb->limits);
	if (s->args->host != NULL)
		buf_puts(&sql, OF_HOST);
	r = case_query_open(&q, s->db, buf_cstr(&sql), s->e);
	buf_release(&sql);
	if (r == 0 && s->args->host != NULL)
		bind_text(q, ":host", s->args->host);
	while (r == 0 && (r = case_query_step(q, s->e)) > 0) {
		struct bytes text = case_query_text(q, 0);

		buf_add(out, text.p, text.len);
		buf_putc(out, '\n');
		r = 0;
	}
	return r;
}

int64_t show_run(struct show *s, const struct option_list *operands)
{
	int r;

	if (show_print_new(s) != 0)
		return -1;
	if (s->verb->sql != NULL) {
		r = ask(s);
	} else {
		show_print_begin(s, s->verb->columns);
		r = s->verb->run(s, operands);
	}
	return show_print_end(s, r);
}
