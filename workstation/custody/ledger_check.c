#include "workstation/custody/ledger_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/seal/key.h"

static const struct flaw_row {
	const char *word, *text;
	enum ledger_severity severity;
} flaws[] = {
#define FLAW(id, word, severity, text) [LEDGER_FLAW_##id] = { word, text, LEDGER_##severity },
#include "workstation/custody/ledger_flaw.def"
#undef FLAW
};

const char *ledger_check_word(enum ledger_flaw f)
{
	return flaws[f].word;
}

const char *ledger_check_text(enum ledger_flaw f)
{
	return flaws[f].text;
}

enum ledger_severity ledger_check_severity(enum ledger_flaw f)
{
	return flaws[f].severity;
}

static void add(struct ledger_check *c, struct ledger_finding f)
{
	if (c->flaw_count < LEDGER_CHECK_FLAWS)
		c->flaws[c->flaw_count] = f;
	c->flaw_count++;
	if (flaws[f.flaw].severity > c->worst)
		c->worst = flaws[f.flaw].severity;
}

void ledger_check_add(struct ledger_check *c, enum ledger_flaw flaw, uint64_t place)
{
	add(c, (struct ledger_finding){ .flaw = flaw, .place = place });
}

/* Lines of ${text} that have an LF. */
static size_t count_lines(const char *text, size_t n)
{
	size_t count = 0;
	const char *lf;

	for (; (lf = memchr(text, '\n', n)) != NULL; count++) {
		n -= (size_t)(lf + 1 - text);
		text = lf + 1;
	}
	return count;
}

static void read_row(struct ledger_row *row)
{
	const char *utc;

	row->readable = ledger_line_read(&row->t, row->text, row->len, NULL) == 0;
	utc = row->readable ? row->t.line.value[LEDGER_UTC] : NULL;
	if (utc == NULL || clock_parse_utc(utc, strlen(utc), &row->utc) != 0)
		row->utc = (struct instant){ 0 };
}

static int read_rows(struct ledger_check *c, const char *text, size_t n, struct err *e)
{
	size_t count = count_lines(text, n);

	c->rows = calloc(count > 0 ? count : 1, sizeof(*c->rows));
	if (c->rows == NULL)
		return err_set(e, 0, "no memory for the custody record");
	for (; c->count < count; c->count++) {
		struct ledger_row *row = &c->rows[c->count];
		const char *lf = memchr(text, '\n', n);

		row->text = text;
		row->len = (size_t)(lf - text);
		read_row(row);
		n -= row->len + 1;
		text = lf + 1;
	}
	c->cut = n > 0;
	return 0;
}

/* All lines have to be of the record of the first one that can be read. */
static const struct ledger_row *first_readable(const struct ledger_check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->rows[i].readable)
			return &c->rows[i];
	}
	return NULL;
}

static bool is_of(const struct ledger_row *row, const struct ledger_row *first)
{
	return row->readable &&
	       memcmp(row->t.line.record, first->t.line.record, LEDGER_RECORD_LEN) == 0;
}

/* What a line says of itself. */
static void check_each(struct ledger_check *c, const struct ledger_row *first)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct ledger_row *row = &c->rows[i];

		if (!row->readable)
			ledger_check_add(c, LEDGER_FLAW_MALFORMED, i + 1);
		else if (!is_of(row, first))
			ledger_check_add(c, LEDGER_FLAW_OTHER, i + 1);
		else if (row->t.edited)
			ledger_check_add(c, LEDGER_FLAW_EDITED, i + 1);
	}
}

/* Where the numbers stand, sorted by number and then by place. */
struct place {
	uint64_t n;
	size_t row;
};

struct places {
	struct place *p;
	size_t count;
};

static int by_number(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static int find_places(struct places *ps, const struct ledger_check *c,
		       const struct ledger_row *first)
{
	ps->p = calloc(c->count + 1, sizeof(*ps->p));
	if (ps->p == NULL)
		return -1;
	for (size_t i = 0; i < c->count; i++) {
		if (is_of(&c->rows[i], first))
			ps->p[ps->count++] = (struct place){ c->rows[i].t.line.n, i };
	}
	qsort(ps->p, ps->count, sizeof(*ps->p), by_number);
	return 0;
}

/* The first place of number ${n} in row ${from} or behind it; before row ${to}. */
static bool stands_in(const struct places *ps, uint64_t n, size_t from, size_t to)
{
	const struct place key = { n, from };
	size_t lo = 0, hi = ps->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (by_number(&ps->p[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < ps->count && ps->p[lo].n == n && ps->p[lo].row < to;
}

/* The numbers from..to were skipped before row ${i}.  Those that come later were moved and
 * are told there. */
static void check_gap(struct ledger_check *c, const struct places *ps, size_t i, uint64_t from,
		      uint64_t to)
{
	while (from <= to && stands_in(ps, from, i, c->count))
		from++;
	while (from <= to && stands_in(ps, to, i, c->count))
		to--;
	if (from <= to)
		add(c, (struct ledger_finding){ LEDGER_FLAW_REMOVED, i + 1, from, to });
}

/* Numbers one after the other.  A line that cannot be read may be one that is missing. */
static void check_order(struct ledger_check *c, const struct places *ps,
			const struct ledger_row *first)
{
	uint64_t want = 1, unreadable = 0;

	for (size_t i = 0; i < c->count; i++) {
		uint64_t n = c->rows[i].t.line.n;

		if (!is_of(&c->rows[i], first)) {
			unreadable++;
			continue;
		}
		if (n < want)
			ledger_check_add(c, stands_in(ps, n, 0, i) ? LEDGER_FLAW_REPEATED :
					 LEDGER_FLAW_MOVED, i + 1);
		else if (n - want > unreadable)
			check_gap(c, ps, i, want + unreadable, n - 1);
		want = n >= want ? n + 1 : want;
		unreadable = 0;
	}
}

static bool is_earlier(struct instant a, struct instant b)
{
	return a.sec < b.sec || (a.sec == b.sec && a.nsec < b.nsec);
}

/* Each line names the one before it. */
static void check_link(struct ledger_check *c, size_t i)
{
	const struct ledger_row *row = &c->rows[i], *before = row - 1;

	if (row->t.line.n != before->t.line.n + 1)
		return;
	if (memcmp(row->t.line.prev, before->t.line.sha256, DIGEST_LEN) != 0)
		ledger_check_add(c, LEDGER_FLAW_REPLACED, i);
	if (!row->t.edited && !before->t.edited && is_earlier(row->utc, before->utc))
		ledger_check_add(c, LEDGER_FLAW_CLOCK, i + 1);
}

static void check_links(struct ledger_check *c, const struct ledger_row *first)
{
	static const uint8_t none[DIGEST_LEN];

	for (size_t i = 1; i < c->count; i++) {
		if (is_of(&c->rows[i], first) && is_of(&c->rows[i - 1], first))
			check_link(c, i);
	}
	/* Nothing stands before the first line: what claims so is not as it was begun. */
	if (first == c->rows && first->t.line.n == 1 && !first->t.edited &&
	    memcmp(first->t.line.prev, none, DIGEST_LEN) != 0)
		ledger_check_add(c, LEDGER_FLAW_EDITED, 1);
}

/* Where a record holds, a line's place is its number; of another nobody asks. */
static void find_corrected(struct ledger_check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct ledger_line *l = &c->rows[i].t.line;
		uint64_t n;

		if (!c->rows[i].readable || l->event != LEDGER_EVENT_CORRECTED ||
		    l->value[LEDGER_CORRECTS] == NULL)
			continue;
		n = strtoull(l->value[LEDGER_CORRECTS], NULL, 10);
		if (n >= 1 && n <= i && c->rows[n - 1].readable && c->rows[n - 1].t.line.n == n)
			c->rows[n - 1].corrected = l->n;
	}
}

bool ledger_check_superseded(const struct ledger_row *row)
{
	enum ledger_event event = row->t.line.event;

	return row->corrected > 0 &&
	       (event == LEDGER_EVENT_KEY_READBACK || event == LEDGER_EVENT_ROOT_READBACK);
}

int ledger_check_run(struct ledger_check *c, const char *text, size_t n, struct err *e)
{
	const struct ledger_row *first;
	struct places ps = { 0 };

	*c = (struct ledger_check){ 0 };
	if (read_rows(c, text, n, e) != 0)
		return -1;
	if (err_starved())
		return err_set(e, ENOMEM, "reading the custody record");
	first = first_readable(c);
	if (first == NULL) {
		ledger_check_add(c, LEDGER_FLAW_FOREIGN, 0);
		return 0;
	}
	check_each(c, first);
	if (find_places(&ps, c, first) != 0)
		return err_set(e, 0, "no memory for the custody record");
	check_order(c, &ps, first);
	free(ps.p);
	check_links(c, first);
	find_corrected(c);
	if (c->cut)
		ledger_check_add(c, LEDGER_FLAW_CUT, c->count + 1);
	return 0;
}

void ledger_check_release(struct ledger_check *c)
{
	for (size_t i = 0; i < c->count; i++)
		ledger_line_release(&c->rows[i].t);
	free(c->rows);
	*c = (struct ledger_check){ 0 };
}

int64_t ledger_check_head(struct ledger_check *c, const char *typed)
{
	for (size_t i = 0; i < c->count; i++) {
		int r = key_short_match(typed, c->rows[i].t.line.sha256);

		if (r < 0)
			return -1;
		if (r > 0 && c->rows[i].readable && !c->rows[i].t.edited)
			return (int64_t)i + 1;
	}
	ledger_check_add(c, LEDGER_FLAW_HEAD, 0);
	return 0;
}

static void sentence_removed(struct buf *out, const struct ledger_finding *f)
{
	if (f->from == f->to)
		buf_printf(out, "line %" PRIu64 " is missing: line %" PRIu64
			   " of the file was written after it", f->from, f->place);
	else
		buf_printf(out, "lines %" PRIu64 " to %" PRIu64 " are missing: line %" PRIu64
			   " of the file was written after them", f->from, f->to, f->place);
}

void ledger_check_sentence(struct buf *out, const struct ledger_finding *f)
{
	if (f->flaw == LEDGER_FLAW_REMOVED)
		sentence_removed(out, f);
	else if (f->place == 0)
		buf_puts(out, flaws[f->flaw].text);
	else
		buf_printf(out, "line %" PRIu64 " %s", f->place, flaws[f->flaw].text);
}
