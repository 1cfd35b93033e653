/*
 * System logs of lines.  Those without a year get the one of the file's last change first; when
 * the end is seen, the parts before each new year are moved back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/load_message.h"
#include "workstation/case/loaders.h"
#include "workstation/case/zones.h"
#include "workstation/parse/syslog.h"

#define PARTS_MAX 256u
#define TABLES 3u
#define NS 1000000000

/* Tables that a line can be put into, by their numbers in struct part. */
static const char *const tables[TABLES] = { "log", "login", "command" };

/* Lines without a year, one behind the other, all of one year. */
struct part {
	int64_t after[TABLES], last[TABLES]; /* the rows that came of them: after < id <= last */
	unsigned years;                      /* new years seen before it */
};

struct syslog_state {
	struct syslog_year year;
	unsigned years;
	bool open; /* the last part goes on */
	size_t count;
	struct part parts[PARTS_MAX];
};

static int newest(struct loading *l, int64_t ids[TABLES])
{
	static const char *const sql[TABLES] = { "SELECT max(id) FROM log",
						 "SELECT max(id) FROM login",
						 "SELECT max(id) FROM command" };

	for (unsigned i = 0; i < TABLES; i++) {
		struct case_query *q CLEANUP(case_query_close) = NULL;

		if (case_query_open(&q, l->db, sql[i], l->e) != 0 || case_query_step(q, l->e) < 0)
			return -1;
		ids[i] = case_query_int(q, 0) == CASE_NULL ? 0 : case_query_int(q, 0);
	}
	return 0;
}

int load_syslog_begin(struct loading *l)
{
	struct syslog_state *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return err_set(l->e, 0, "no memory to read a log");
	l->state = s;
	syslog_year_begin(&s->year,
			  l->mtime_ns != CASE_NULL       ? l->mtime_ns
			  : l->facts->begin != CASE_NULL ? l->facts->begin
							 : 0,
			  &l->zone->clock);
	return 0;
}

/* Remember where lines of another year begin, and where those before them end. */
static int turn(struct loading *l, struct syslog_state *s, bool yearless)
{
	struct part *p;

	if (s->open && newest(l, s->parts[s->count - 1].last) != 0)
		return -1;
	s->open = false;
	if (!yearless)
		return 0;
	if (s->count == PARTS_MAX)
		return case_note(l, CASE_NULL, CASE_NULL, "year",
				 "too many new years: the years of what follows are a guess");
	p = &s->parts[s->count++];
	p->years = s->years;
	s->open = true;
	return newest(l, p->after);
}

static int put(struct loading *l, struct syslog_line *line, int64_t pos, int64_t number)
{
	struct syslog_state *s = l->state;
	bool yearless = line->when.year == 0, stepped;
	struct load_message m = { .pos = pos, .line = number, .source = "syslog" };

	stepped = syslog_year_next(&s->year, &line->when, &m.time);
	s->years += stepped;
	if ((stepped || yearless != s->open) && turn(l, s, yearless) != 0)
		return -1;
	m.time_from = load_message_from(l, s->year.found, yearless);
	m.host = line->host;
	m.program = line->program;
	m.text = line->text;
	m.pid = line->pid < 0 ? CASE_NULL : line->pid;
	m.priority = line->priority < 0 ? CASE_NULL : line->priority;
	return load_message_put(l, &m);
}

int load_syslog(struct loading *l, const char *text, size_t n, uint64_t pos, uint64_t number)
{
	struct syslog_line line;
	struct case_log row;

	if (n == 0)
		return 0;
	if (syslog_parse(text, n, &line))
		return put(l, &line, (int64_t)pos, (int64_t)number);
	/* the rest of a message of several lines, or damage: kept as it is */
	case_init_log(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)number;
	row.source = "syslog";
	row.time_from = "none";
	row.text = (struct bytes){ text, n };
	return case_put_log(l->db, &row, l->e);
}

/* ${ns} by the same clocks ${years} later (or earlier); as it is if there is no such day. */
static int64_t shifted(int64_t ns, const struct tzif *zone, int years, enum datetime_found *found)
{
	char text[CLOCK_UTC_LEN];
	struct instant local = { ns / NS, (uint32_t)(ns % NS) };
	struct datetime t;
	struct scan s;

	local.sec += tzif_offset(zone, local.sec);
	clock_utc(text, local);
	s = scan_begin(text, strlen(text));
	if (ns < 0 || !datetime_iso(&s, &t))
		return ns;
	t.year += years;
	t.has_offset = false;
	*found = datetime_ns(&t, zone, INT64_MIN, &ns);
	return ns;
}

/* Move the rows of one table that came of a part. */
static int move(struct loading *l, const struct part *p, unsigned table, int years)
{
	struct case_query *rows CLEANUP(case_query_close) = NULL;
	struct case_query *set CLEANUP(case_query_close) = NULL;
	enum datetime_found found = DATETIME_ONCE;
	const char *word;
	char sql[160];
	int r;

	snprintf(sql, sizeof(sql),
		 "SELECT id, time FROM %s WHERE id > ? AND id <= ? AND object = ? AND time IS NOT "
		 "NULL",
		 tables[table]);
	if (case_query_open(&rows, l->db, sql, l->e) != 0)
		return -1;
	snprintf(sql, sizeof(sql), "UPDATE %s SET time = ?, time_from = ? WHERE id = ?",
		 tables[table]);
	if (case_query_open(&set, l->db, sql, l->e) != 0)
		return -1;
	case_query_bind(rows, 1, p->after[table]);
	case_query_bind(rows, 2, p->last[table]);
	case_query_bind(rows, 3, l->object);
	while ((r = case_query_step(rows, l->e)) > 0) {
		case_query_bind(set, 1,
				shifted(case_query_int(rows, 1), &l->zone->clock, years, &found));
		word = load_message_from(l, found, true);
		case_query_bind_text(set, 2, (struct bytes){ word, strlen(word) });
		case_query_bind(set, 3, case_query_int(rows, 0));
		if (case_query_step(set, l->e) < 0)
			return -1;
		case_query_reset(set);
	}
	return r;
}

static int move_all(struct loading *l, struct syslog_state *s)
{
	if (turn(l, s, false) != 0)
		return -1;
	for (size_t i = 0; i < s->count; i++) {
		int years = syslog_year_shift(&s->year, s->years - s->parts[i].years);

		for (unsigned table = 0; table < TABLES && years != 0; table++)
			if (move(l, &s->parts[i], table, years) != 0)
				return -1;
	}
	return 0;
}

int load_syslog_end(struct loading *l, bool whole)
{
	int r;

	(void)whole;
	if (l->state == NULL)
		return 0;
	r = move_all(l, l->state);
	free(l->state);
	l->state = NULL;
	return r;
}
