#include "workstation/cmd/arrival_note.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "workstation/receipt/file.h"
#include "workstation/receive/arrival.h"

#define BILLION UINT64_C(1000000000)

/* All digits: a bound that is rounded is none. */
static void seconds(char out[ARRIVAL_NOTE_SECONDS], int64_t ns)
{
	uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	snprintf(out, ARRIVAL_NOTE_SECONDS, "%c%" PRIu64 ".%09" PRIu64, ns < 0 ? '-' : '+',
		 size / BILLION, size % BILLION);
}

static void take(struct arrival_note *n, const struct arrival *a)
{
	struct offset o;

	arrival_offset(a, &o);
	if (a->ended)
		clock_utc(n->when, a->arrived);
	if (a->has_issued)
		clock_utc(n->sent, a->issued);
	if (a->session_host.sec != 0)
		clock_utc(n->host, a->session_host);
	if (a->has_session)
		clock_utc(n->received, a->session_arrived);
	if (o.has_low)
		seconds(n->from, o.low);
	if (o.has_high)
		seconds(n->to, o.high);
}

static int check(const struct arrival *a, const char *log, const char *observed, struct err *e)
{
	if (a->fault != NULL)
		return err_set(e, 0, "the log %.120s, line %" PRIu64 ": %s", log, a->line,
			       a->fault);
	if (a->ended && *observed != '\0' && strcmp(a->sha256, observed) != 0)
		return err_set(e, 0, "the log %.150s is of another archive; --log FILE or "
			       "--no-log", log);
	return 0;
}

int arrival_note_read(struct arrival_note *n, const char *log, const char *observed,
		      struct err *e)
{
	struct arrival a;
	struct buf text;
	int r;

	*n = (struct arrival_note){ .when = "" };
	r = file_load(log, &text, JOURNAL_FILE_MAX, e);
	if (r == 0) {
		arrival_read(&a, text.p, text.len);
		r = check(&a, log, observed, e);
		if (r == 0)
			take(n, &a);
		arrival_release(&a);
	}
	buf_release(&text);
	return r;
}

void arrival_note_say(const struct arrival_note *n, struct ledger_entry *entry)
{
	const struct {
		enum ledger_field field;
		const char *text;
	} rows[] = {
		{ LEDGER_WHEN, n->when }, { LEDGER_CLOCK_SENT, n->sent },
		{ LEDGER_CLOCK_HOST, n->host }, { LEDGER_CLOCK_RECEIVED, n->received },
		{ LEDGER_OFFSET_FROM, n->from }, { LEDGER_OFFSET_TO, n->to },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (entry->value[rows[i].field] == NULL && *rows[i].text != '\0')
			entry->value[rows[i].field] = rows[i].text;
}
