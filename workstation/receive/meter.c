#include "workstation/receive/meter.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"

#define BILLION UINT64_C(1000000000)
#define LIVE_NS (BILLION / 4)
#define LINE_NS (10 * BILLION)
#define SILENCE_NS (5 * BILLION)	/* from when on we say that nothing comes */

void meter_open(struct meter *m, int fd, bool quiet)
{
	*m = (struct meter){ .fd = quiet ? -1 : fd, .live = isatty(fd) == 1 };
	m->begun_ns = m->shown_ns = clock_monotonic_ns();
}

static void add_size(struct buf *b, uint64_t bytes)
{
	char size[32];

	buf_puts(b, text_size(size, sizeof(size), bytes));
}

void meter_line(struct buf *b, const struct receive *r, uint64_t rate, uint64_t now_ns)
{
	add_size(b, r->bytes);
	buf_puts(b, " received  ");
	add_size(b, rate);
	buf_puts(b, "/s  ");
	if (r->v != NULL) {
		buf_printf(b, "%" PRIu64 " seals, ", r->v->facts.seals);
		add_size(b, r->v->facts.proven_bytes);
		buf_puts(b, " of tar proven");
	} else {
		buf_puts(b, "no seal yet");
	}
	if (now_ns > r->arrived_ns + SILENCE_NS)
		buf_printf(b, "  nothing came for %" PRIu64 " s",
			   (now_ns - r->arrived_ns) / BILLION);
}

void meter_tick(void *ctx, const struct receive *r)
{
	struct meter *m = ctx;
	uint64_t now = clock_monotonic_ns(), passed = now - m->shown_ns;
	struct buf b;

	if (m->fd < 0 || passed < (m->live ? LIVE_NS : LINE_NS))
		return;
	buf_init(&b, 1024);
	if (m->live)
		buf_puts(&b, "\r\x1b[K");
	meter_line(&b, r, (uint64_t)((double)(r->bytes - m->shown_bytes) * 1e9 / (double)passed),
		   now);
	if (!m->live)
		buf_putc(&b, '\n');
	(void)fd_write_all(m->fd, b.p, b.len);
	buf_release(&b);
	m->shown = m->live;
	m->shown_ns = now;
	m->shown_bytes = r->bytes;
}

void meter_clear(struct meter *m)
{
	static const char clear[] = "\r\x1b[K";

	if (m->shown)
		(void)fd_write_all(m->fd, clear, sizeof(clear) - 1);
	m->shown = false;
}
