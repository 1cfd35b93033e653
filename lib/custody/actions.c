#include "lib/custody/actions.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"

/* A line at its longest: each byte of the detail as \\xNN, times, words. */
#define LINE_MAX_LEN (5 * ACTIONS_DETAIL_MAX + 256)

static void put_time(struct buf *b, struct instant t)
{
	buf_putc(b, '[');
	buf_i64(b, t.sec);
	buf_putc(b, ',');
	buf_u64(b, t.nsec);
	buf_putc(b, ']');
}

/* A line for which there is no memory is not begun. */
static void put_line(struct actions *a, const char *act, const char *detail)
{
	struct clocks now = clock_read();
	struct buf *b = &a->text;
	size_t before = b->len;

	buf_puts(b, "{\"t\":");
	put_time(b, now.realtime);
	buf_puts(b, ",\"boot\":");
	put_time(b, now.boottime);
	buf_puts(b, ",\"act\":\"");
	buf_puts(b, act);
	buf_puts(b, "\",\"detail\":");
	text_json_escaped(b, detail, strnlen(detail, ACTIONS_DETAIL_MAX));
	buf_puts(b, "}\n");
	if (b->failed) {
		b->len = before;
		b->failed = false;
	}
}

void actions_init(struct actions *a)
{
	buf_init(&a->text, ACTIONS_MAX);
	a->lost = 0;
	a->full = false;
}

void actions_release(struct actions *a)
{
	buf_release(&a->text);
}

/* What tells whether the plan was completed. */
static bool is_of_plan(const char *act)
{
	static const char *const acts[] = {
		"category-begin", "category-end", "limit", "signal", "end",
	};

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (strcmp(act, acts[i]) == 0)
			return true;
	return false;
}

static bool has_room(const struct actions *a, size_t reserve)
{
	/* the line that says so needs room of its own */
	return a->text.len + 2 * LINE_MAX_LEN + reserve <= ACTIONS_MAX;
}

void actions_add(struct actions *a, const char *act, const char *detail)
{
	bool plan = is_of_plan(act);

	if (a->full || (!plan && a->lost > 0)) {
		a->lost++;
	} else if (!has_room(a, 0)) {
		a->full = true;
		a->lost++;
		put_line(a, "limit", "this log is full; later acts are not in it");
	} else if (!plan && !has_room(a, ACTIONS_RESERVE)) {
		a->lost++;
		put_line(a, "lost",
			 "this log is full; of later acts only those of the plan are in it");
	} else {
		put_line(a, act, detail != NULL ? detail : "");
	}
}
