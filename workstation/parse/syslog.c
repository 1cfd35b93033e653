#include "workstation/parse/syslog.h"

#include <string.h>

#include "workstation/parse/line.h"

#define NS 1000000000
#define DAY_NS (86400ll * NS)

/* <PRI>: the level is its low three bits. */
static void priority(struct scan *s, struct syslog_line *out)
{
	struct scan at = *s;
	uint64_t v;

	if (!line_char(&at, '<') || !line_u64(&at, &v) || v > 191 || !line_char(&at, '>'))
		return;
	out->priority = (int)(v & 7);
	*s = at;
}

/* Digits in brackets; what else stands there is a part of the message. */
static void process(struct scan *s, struct syslog_line *out)
{
	struct scan at = *s;
	uint64_t pid;

	if (!line_char(&at, '[') || !line_u64(&at, &pid) || pid > INT32_MAX || !line_char(&at, ']'))
		return;
	out->pid = (int64_t)pid;
	*s = at;
}

/* program[pid]: or program:, or nothing. */
static bool tag(struct scan *s, struct syslog_line *out)
{
	struct scan at = *s;
	struct bytes name = line_until(&at, " \t[:");

	if (name.len == 0)
		return false;
	process(&at, out);
	if (!line_char(&at, ':')) {
		out->pid = -1;
		return false;
	}
	out->program = line_last(name);
	*s = at;
	return true;
}

/* facility.level, which busybox writes before the tag. */
static void facility(struct scan *s, struct syslog_line *out)
{
	static const char levels[8][8] = { "emerg", "alert",  "crit", "err",
					   "warn",  "notice", "info", "debug" };
	struct scan at = *s;
	struct bytes word = line_until(&at, " \t"), level;
	struct scan in = line_of(word);

	if (!line_to(&in, ".", NULL))
		return;
	level = line_rest(&in);
	for (int i = 0; i < 8; i++) {
		if (!scan_is(level, levels[i]))
			continue;
		out->priority = i;
		line_blanks(&at);
		*s = at;
	}
}

/* "-" is nil in RFC 5424. */
static struct bytes nil_or(struct bytes b)
{
	return scan_is(b, "-") ? (struct bytes){ b.p, 0 } : b;
}

/* Structured data, in which a bracket can be escaped: [id a="x\]"][id2]. */
static void structured(struct scan *s)
{
	if (line_char(s, '-'))
		return;
	while (line_char(s, '[')) {
		while (!line_ended(s) && *s->p != ']') {
			if (*s->p == '\\' && s->end - s->p > 1)
				s->p++;
			s->p++;
		}
		line_char(s, ']');
	}
}

static bool rfc5424(struct scan *s, struct syslog_line *out)
{
	struct bytes pid;
	uint64_t number;

	if (!line_text(s, "1 ") || !datetime_iso(s, &out->when))
		return false;
	out->host = nil_or(line_word(s));
	out->program = line_last(nil_or(line_word(s)));
	pid = line_word(s);
	if (scan_u64(pid, 10, &number) && number <= INT32_MAX)
		out->pid = (int64_t)number;
	line_word(s);
	line_blanks(s);
	structured(s);
	line_blanks(s);
	line_text(s, "\xef\xbb\xbf");
	out->text = line_rest(s);
	return true;
}

bool syslog_parse(const char *text, size_t n, struct syslog_line *out)
{
	struct scan s = scan_begin(text, n), at;

	*out = (struct syslog_line){ .pid = -1, .priority = -1 };
	priority(&s, out);
	at = s;
	if (out->priority >= 0 && rfc5424(&at, out))
		return true;
	if (!datetime_bsd(&s, &out->when) && !datetime_iso(&s, &out->when))
		return false;
	/* "time: --- last message repeated" has neither host nor program */
	if (!line_char(&s, ':')) {
		line_blanks(&s);
		/* a word that is a tag is no host: "kernel: [997.3] ..." */
		if (!tag(&s, out)) {
			out->host = line_word(&s);
			line_blanks(&s);
			facility(&s, out);
			tag(&s, out);
		}
	}
	line_blanks(&s);
	out->text = line_rest(&s);
	return true;
}

static int year_of(int64_t ns)
{
	int year = 1970;
	struct datetime t = { .month = 1, .day = 1 };
	int64_t begin;

	for (t.year = 1971; datetime_ns(&t, NULL, INT64_MIN, &begin) && begin <= ns; t.year++)
		year = t.year;
	return year;
}

void syslog_year_begin(struct syslog_year *y, int64_t mtime_ns, const struct tzif *zone)
{
	if (mtime_ns < 0 || mtime_ns > INT64_MAX - 2 * DAY_NS)
		mtime_ns = 0;
	*y = (struct syslog_year){ .limit_ns = mtime_ns + DAY_NS,
				   .zone = zone,
				   .before_ns = INT64_MIN };
	y->year = year_of(y->limit_ns);
}

/* A date that is earlier by more than half a year. */
static bool is_new_year(const struct syslog_year *y, const struct datetime *t)
{
	int before = (int)(y->month * 31 + y->day), now = (int)(t->month * 31 + t->day);

	return y->month != 0 && before - now > 6 * 31;
}

/* The time of a line whose year is set; one that has none keeps what was before it. */
static enum datetime_found time_of(struct syslog_year *y, const struct datetime *t, int64_t *ns)
{
	y->found = datetime_ns(t, y->zone, y->before_ns, ns);
	if (y->found == DATETIME_NONE)
		*ns = INT64_MIN;
	else
		y->before_ns = *ns;
	return y->found;
}

bool syslog_year_next(struct syslog_year *y, struct datetime *t, int64_t *ns)
{
	bool stepped;

	if (t->year != 0) {
		time_of(y, t, ns);
		return false;
	}
	stepped = is_new_year(y, t);
	t->year = y->year;
	/* 29 February: the last year that has one */
	for (int i = 0; i < 8 && time_of(y, t, ns) == DATETIME_NONE; i++)
		if (t->month == 2 && t->day == 29)
			t->year--;
	if (*ns != INT64_MIN) {
		y->month = t->month;
		y->day = t->day;
		y->last_ns = *ns;
	}
	return stepped && *ns != INT64_MIN;
}

int syslog_year_shift(const struct syslog_year *y, unsigned after)
{
	int last = y->last_ns > y->limit_ns ? -1 : 0;

	return after > 200 ? -200 : last - (int)after;
}
