#include "lib/custody/summary.h"

#include <string.h>

#include "lib/base/text.h"

static const char limits[] =
"What this archive can prove, and what it cannot\n"
"\n"
"1. A file's bytes are those that the kernel of this host returned to read(2) during this run.\n"
"   An intruder who controls the kernel decides what it returns: it can hide files, processes\n"
"   and connections, and show other content than is stored. Nothing here can rule that out.\n"
"2. The host was running and went on changing. The objects were read one after the other\n"
"   between the begin and the end given above; together they are not the state of one instant.\n"
"   For each object the manifest gives the times of the first and last look, and what had\n"
"   changed between.\n"
"3. The SHA-256 of an object is the hash of its bytes as they were read at that time. The\n"
"   object may have had other content before and after; a second run will not give the same\n"
"   archive.\n"
"4. All times come from the clocks of this host, which nobody verified. The session says what\n"
"   they showed and whether they were synchronised; the workstation's record bounds them from\n"
"   outside.\n"
"5. The seals prove that nothing before a seal was changed after it was made, by anyone who did\n"
"   not hold that seal's key. They do not prove that the content was true before it was sealed,\n"
"   nor that it came from an unaltered system. Someone with full control over this host during\n"
"   the run could have forged what the collector saw and could have used its keys.\n"
"6. An archive without a seal that says \"final: yes\" was cut short. What its last seal covers\n"
"   is still proven; how much is missing is not.\n"
"7. What was skipped, refused or read only in part is in the manifest with the reason. What the\n"
"   plan did not name was not looked for. Absence from this archive is not proof of absence.\n"
"8. Collecting changes a live host: this program was copied to it, ran, used memory and left\n"
"   traces of its start. footprint.json and actions.jsonl say what is known of that.\n";

static void put_row(struct buf *b, const char *name, uint64_t v)
{
	buf_printf(b, "  %-22s %llu\n", name, (unsigned long long)v);
}

static void put_bytes(struct buf *b, const char *name, uint64_t v)
{
	char human[24];

	buf_printf(b, "  %-22s %llu (%s)\n", name, (unsigned long long)v,
		   text_size(human, sizeof(human), v));
}

/* Length of the run by the clock that an administrator cannot set. */
static uint64_t seconds(const struct summary *s)
{
	int64_t d = s->end.monotonic.sec - s->begin.monotonic.sec;

	return d > 0 ? (uint64_t)d : 0;
}

static void put_head(struct buf *b, const struct summary *s)
{
	char utc[CLOCK_UTC_LEN];

	buf_printf(b, "Exhibit: summary of session %s\n\n", s->session);
	buf_printf(b, "  begin   %s\n", clock_utc(utc, s->begin.realtime));
	buf_printf(b, "  end     %s\n", clock_utc(utc, s->end.realtime));
	buf_printf(b, "  took    %llu s\n", (unsigned long long)seconds(s));
	buf_puts(b, "  status  ");
	if (s->complete) {
		buf_puts(b, "complete: everything in the plan was attempted\n\n");
		return;
	}
	buf_puts(b, "incomplete: ");
	if (s->reason != NULL)
		text_escape(b, s->reason, strlen(s->reason));
	buf_puts(b, "\n\n");
}

static void put_counts(struct buf *b, const struct summary *s)
{
	buf_puts(b, "Objects\n");
	put_row(b, "attempted", s->objects);
	for (unsigned r = 0; r < RESULT_COUNT; r++)
		put_row(b, gap_result_word((enum result)r), s->by_result[r]);
	put_row(b, "in the archive", s->members);
	put_bytes(b, "bytes read", s->bytes_read);
	put_bytes(b, "bytes stored", s->bytes_stored);
	put_row(b, "seals before the last", s->seals);
	buf_putc(b, '\n');
}

static void put_gaps(struct buf *b, const struct summary *s)
{
	if (s->objects == s->by_gap[GAP_NONE]) {
		buf_puts(b, "Gaps\n  none\n\n");
		return;
	}
	buf_puts(b, "Gaps, by reason\n");
	for (unsigned g = 0; g < GAP_COUNT; g++) {
		if (g == GAP_NONE || s->by_gap[g] == 0)
			continue;
		put_row(b, gap_word((enum gap)g), s->by_gap[g]);
		buf_printf(b, "      %s\n", gap_text((enum gap)g));
	}
	buf_putc(b, '\n');
}

void summary_text(struct buf *out, const struct summary *s)
{
	put_head(out, s);
	put_counts(out, s);
	put_gaps(out, s);
	buf_puts(out, limits);
}

const char *summary_limits(void)
{
	return limits;
}
