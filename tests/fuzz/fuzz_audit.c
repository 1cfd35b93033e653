/*
 * Records of auditd: every event comes once, with fields that are not longer than the limit;
 * and stanzas and times of other logs.
 */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/audit.h"
#include "workstation/parse/timedlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int emit(void *ctx, const struct audit_event *ev)
{
	++*(uint64_t *)ctx;
	for (unsigned k = 0; k < AUDIT_FIELDS; k++)
		if (ev->field[k].failed || ev->field[k].len > AUDIT_TEXT_MAX)
			abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct scan s = scan_begin(data, n);
	struct timedlog_stanza t;
	struct datetime when;
	static struct audit a;
	struct bytes line, text;
	uint64_t number = 0, events = 0;

	audit_begin(&a, emit, &events);
	timedlog_begin(&t);
	while (scan_line(&s, &line)) {
		number++;
		if (audit_line(&a, line.p, line.len, 0, number) < 0)
			abort();
		timedlog_line(&t, line.p, line.len, 0, number);
		timedlog_parse(line.p, line.len, &when, &text);
	}
	audit_finish(&a);
	if (events > number)
		abort();
	audit_release(&a);
	timedlog_release(&t);
	return 0;
}
