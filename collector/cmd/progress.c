#include "collector/cmd/progress.h"

#include <string.h>

#include "lib/base/text.h"

#define TEXT_MAX 32768u			/* bytes of one block */
#define PATIENCE_MS 2000		/* for begin, end and errors */
#define LIVE_NS UINT64_C(200000000)	/* between two live lines */
#define JSON_NS UINT64_C(1000000000)
#define LINE_NS UINT64_C(10000000000)
#define PATH_SHOWN 4096u		/* bytes of a path that are looked at */
#define GAPS_SHOWN 6u			/* kinds of gap in the end block */

static const char *const code_texts[] = {
	[ARGS_EXIT_DONE] = "done: the plan was completed and sealed",
	[ARGS_EXIT_INCOMPLETE] = "sealed, but the plan was not completed",
	[ARGS_EXIT_USAGE] = "nothing was done",
	[ARGS_EXIT_BROKEN] = "FAILED: the archive is incomplete; what was sealed before is valid",
};

static void show(struct progress *p, struct buf *b, int patience_ms)
{
	static const char no_memory[] = "exhibit-collect: out of memory\n";

	if (b->failed)
		screen_write(&p->screen, no_memory, sizeof(no_memory) - 1, patience_ms);
	else if (b->len > 0)
		screen_write(&p->screen, b->p, b->len, patience_ms);
	buf_release(b);
}

/* Begins a text that goes where the live line may stand. */
static void begin(struct progress *p, struct buf *b)
{
	buf_init(b, TEXT_MAX);
	if (p->line_shown)
		buf_puts(b, "\r\x1b[K");
	p->line_shown = false;
}

static void add_escaped(struct buf *b, const char *s)
{
	text_escape(b, s, strlen(s));
}

static void add_json(struct buf *b, const char *name, const char *s)
{
	buf_printf(b, ",\"%s\":", name);
	if (s != NULL)
		text_json_escaped(b, s, strlen(s));
	else
		buf_puts(b, "null");
}

/* The same for a sentence of ours that may hold escaped parts. */
static void add_json_sentence(struct buf *b, const char *name, const char *s)
{
	struct buf plain;

	buf_init(&plain, TEXT_MAX);
	screen_sentence(&plain, s);
	buf_printf(b, ",\"%s\":", name);
	text_json(b, plain.p != NULL ? plain.p : "", plain.len);
	buf_release(&plain);
}

static void add_size(struct buf *b, uint64_t bytes)
{
	char size[32];

	buf_puts(b, text_size(size, sizeof(size), bytes));
}

static void add_elapsed(struct buf *b, uint64_t ns)
{
	unsigned long long s = ns / 1000000000;

	if (s >= 3600)
		buf_printf(b, "%llu:%02llu:%02llu", s / 3600, s / 60 % 60, s % 60);
	else
		buf_printf(b, "%llu:%02llu", s / 60, s % 60);
}

void progress_groups(struct buf *out, const uint8_t hash[DIGEST_LEN])
{
	for (size_t i = 0; i < DIGEST_LEN; i += 2) {
		if (i > 0)
			buf_putc(out, ' ');
		text_hex(out, hash + i, 2);
	}
}

/* Both written forms of a hash, indented, to be read aloud or copied. */
static void add_hash(struct buf *b, const uint8_t hash[DIGEST_LEN])
{
	char line[KEY_SHORT_LEN];
	struct buf groups;

	buf_printf(b, "    %s\n", key_short_form(line, hash));
	buf_init(&groups, 128);
	progress_groups(&groups, hash);
	buf_printf(b, "    %.39s\n    %s\n", buf_cstr(&groups), buf_cstr(&groups) + 40);
	buf_release(&groups);
}

static uint64_t gaps_of(const struct bundle_counts *c)
{
	return c->objects - c->by_gap[GAP_NONE];
}

void progress_start(struct progress *p, int fd, const struct args *a, uint64_t now_ns)
{
	*p = (struct progress){ .mode = a->progress, .quiet = a->quiet };
	screen_open(&p->screen, fd);
	p->begun_ns = p->shown_ns = now_ns;
}

/* The lines of ${s}, which are escaped text, as a JSON array. */
static void add_json_lines(struct buf *b, const char *name, const char *s)
{
	buf_printf(b, ",\"%s\":[", name);
	for (const char *line = s; *line != '\0'; ) {
		size_t n = strcspn(line, "\n");

		if (line != s)
			buf_putc(b, ',');
		text_json(b, line, n);
		line += n + (line[n] == '\n');
	}
	buf_putc(b, ']');
}

static void add_json_recipients(struct buf *b, const struct progress_begin *s)
{
	buf_puts(b, ",\"recipients\":[");
	for (size_t i = 0; i < s->recipient_count; i++)
		buf_printf(b, "%s\"%s\"", i > 0 ? "," : "", s->recipients[i].text);
	buf_putc(b, ']');
}

static void begin_json(struct buf *b, const struct progress_begin *s)
{
	char hash[DIGEST_HEX_LEN], line[KEY_SHORT_LEN];

	buf_puts(b, "{\"event\":\"begin\"");
	add_json(b, "session", s->session);
	add_json(b, "fingerprint", digest_hex(hash, s->fingerprint));
	add_json(b, "fingerprint_short", key_short_form(line, s->fingerprint));
	add_json(b, "output", s->output);
	add_json(b, "profile", s->profile);
	add_json_recipients(b, s);
	add_json_lines(b, "missing", s->missing);
	buf_puts(b, "}\n");
}

static void begin_text(struct buf *b, const struct progress_begin *s)
{
	buf_printf(b, "exhibit-collect: session %s, profile %s\nArchive: ", s->session, s->profile);
	add_escaped(b, s->output);
	buf_putc(b, '\n');
	for (size_t i = 0; i < s->recipient_count; i++)
		buf_printf(b, "%s%s\n", i == 0 ? "Encrypted to " : "         and ",
			   s->recipients[i].text);
	buf_puts(b, "Write down the fingerprint of the seal key now:\n");
	add_hash(b, s->fingerprint);
	if (*s->missing == '\0')
		return;
	buf_puts(b, "This run lacks:\n");
	for (const char *line = s->missing; *line != '\0'; ) {
		int n = (int)strcspn(line, "\n");

		buf_printf(b, "    %.*s\n", n, line);
		line += n + (line[n] == '\n');
	}
}

void progress_begin(struct progress *p, const struct progress_begin *s)
{
	struct buf b;

	begin(p, &b);
	if (p->mode == ARGS_PROGRESS_JSON)
		begin_json(&b, s);
	else
		begin_text(&b, s);
	show(p, &b, PATIENCE_MS);
}

/* Appends the end of what is being read, at most ${room} bytes. */
static void add_reading(struct buf *b, struct bytes path, size_t room)
{
	const char *raw = path.p;
	size_t n = path.len, cut;
	struct buf e;

	if (n > PATH_SHOWN) {
		raw += n - PATH_SHOWN;
		n = PATH_SHOWN;
	}
	buf_init(&e, (size_t)4 * PATH_SHOWN);
	if (n > 0)
		text_escape(&e, raw, n);
	if (e.len <= room && n == path.len) {
		buf_add(b, e.p != NULL ? e.p : "", e.len);
	} else if (room > 3) {
		cut = e.len > room - 3 ? e.len - (room - 3) : 0;
		/* Not into the middle of a character. */
		while (cut < e.len && ((unsigned char)e.p[cut] & 0xc0) == 0x80)
			cut++;
		buf_puts(b, "...");
		buf_add(b, e.p + cut, e.len - cut);
	}
	buf_release(&e);
}

static void now_line(struct progress *p, struct buf *b, const struct progress_now *n,
		     uint64_t elapsed_ns)
{
	buf_printf(b, "[%u/%u %s] %llu items  ", n->category_number, n->category_count, n->category,
		   (unsigned long long)n->counts->objects);
	add_size(b, n->counts->bytes_read);
	buf_puts(b, "  ");
	add_size(b, (uint64_t)p->rate);
	buf_printf(b, "/s  %llu gaps  ", (unsigned long long)gaps_of(n->counts));
	add_elapsed(b, elapsed_ns);
	buf_puts(b, "  ");
}

static void now_json(struct buf *b, const struct progress_now *n, uint64_t elapsed_ns)
{
	const struct bundle_counts *c = n->counts;

	buf_puts(b, "{\"event\":\"progress\"");
	add_json(b, "category", n->category);
	buf_printf(b, ",\"category_number\":%u,\"category_count\":%u", n->category_number,
		   n->category_count);
	buf_printf(b, ",\"objects\":%llu,\"bytes_read\":%llu,\"bytes_out\":%llu",
		   (unsigned long long)c->objects, (unsigned long long)c->bytes_read,
		   (unsigned long long)c->bytes_out);
	buf_printf(b, ",\"gaps\":%llu,\"seals\":%llu,\"elapsed_ms\":%llu,\"reading\":",
		   (unsigned long long)gaps_of(c), (unsigned long long)c->seals,
		   (unsigned long long)(elapsed_ns / 1000000));
	text_json_escaped(b, n->reading.len > 0 ? n->reading.p : "",
			  n->reading.len < PATH_SHOWN ? n->reading.len : PATH_SHOWN);
	buf_puts(b, "}\n");
}

static uint64_t interval(const struct progress *p)
{
	if (p->mode == ARGS_PROGRESS_JSON)
		return JSON_NS;
	return p->screen.terminal ? LIVE_NS : LINE_NS;
}

/* Bytes per second, mostly of the last second or two. */
static void measure(struct progress *p, uint64_t bytes, uint64_t now_ns)
{
	double seconds = (double)(now_ns - p->shown_ns) / 1e9;
	double rate = (double)(bytes - p->shown_bytes) / seconds;
	double weight = seconds > 1.0 ? 1.0 : 0.3 * seconds + 0.1;

	p->rate = p->shown_bytes == 0 ? rate : p->rate + weight * (rate - p->rate);
	p->shown_bytes = bytes;
	p->shown_ns = now_ns;
}

void progress_tick(struct progress *p, const struct progress_now *n, uint64_t now_ns)
{
	unsigned width;
	struct buf b;

	if (p->quiet || p->mode == ARGS_PROGRESS_NONE || now_ns < p->shown_ns + interval(p))
		return;
	measure(p, n->counts->bytes_read, now_ns);
	buf_init(&b, TEXT_MAX);
	if (p->mode == ARGS_PROGRESS_JSON) {
		now_json(&b, n, now_ns - p->begun_ns);
	} else if (!p->screen.terminal) {
		now_line(p, &b, n, now_ns - p->begun_ns);
		add_reading(&b, n->reading, 200);
		buf_putc(&b, '\n');
	} else {
		width = screen_width(&p->screen);
		now_line(p, &b, n, now_ns - p->begun_ns);
		if (b.len < width)
			add_reading(&b, n->reading, width - 1 - b.len);
		if (b.len > width - 1)
			b.len = width - 1;
		/* The last column stays free: some terminals would wrap. */
		buf_puts(&b, "\x1b[K\r");
		p->line_shown = true;
	}
	show(p, &b, 0);
}

void progress_say(struct progress *p, const char *text)
{
	struct buf b;

	if (p->quiet)
		return;
	begin(p, &b);
	if (p->mode == ARGS_PROGRESS_JSON) {
		buf_puts(&b, "{\"event\":\"message\"");
		add_json_sentence(&b, "text", text);
		buf_puts(&b, "}\n");
	} else {
		buf_puts(&b, "exhibit-collect: ");
		screen_sentence(&b, text);
		buf_putc(&b, '\n');
	}
	show(p, &b, 0);
}

void progress_error(struct progress *p, const struct err *e)
{
	struct buf b;

	begin(p, &b);
	if (p->mode == ARGS_PROGRESS_JSON) {
		buf_puts(&b, "{\"event\":\"error\"");
		add_json_sentence(&b, "text", e->what);
		add_json(&b, "errname", e->oserr != 0 ? err_name(e->oserr) : NULL);
		buf_puts(&b, "}\n");
	} else {
		buf_puts(&b, "exhibit-collect: ");
		screen_sentence(&b, e->what);
		if (e->oserr != 0)
			buf_printf(&b, " (%s)", err_name(e->oserr));
		buf_putc(&b, '\n');
	}
	show(p, &b, PATIENCE_MS);
}

static void end_json(struct buf *b, const struct progress_end *end, uint64_t elapsed_ns)
{
	const struct bundle_counts *c = end->counts;
	char hash[DIGEST_HEX_LEN], line[KEY_SHORT_LEN];

	buf_printf(b, "{\"event\":\"end\",\"code\":%d", (int)end->code);
	add_json(b, "root", end->has_root ? digest_hex(hash, end->root) : NULL);
	add_json(b, "root_short", end->has_root ? key_short_form(line, end->root) : NULL);
	add_json(b, "output", end->output);
	add_json(b, "reason", end->reason);
	buf_printf(b, ",\"objects\":%llu,\"bytes_read\":%llu,\"bytes_out\":%llu,\"seals\":%llu",
		   (unsigned long long)c->objects, (unsigned long long)c->bytes_read,
		   (unsigned long long)c->bytes_out, (unsigned long long)c->seals);
	buf_printf(b, ",\"elapsed_ms\":%llu,\"gaps\":{",
		   (unsigned long long)(elapsed_ns / 1000000));
	for (unsigned g = 0, n = 0; g < GAP_COUNT; g++) {
		if (g == GAP_NONE || c->by_gap[g] == 0)
			continue;
		buf_printf(b, "%s\"%s\":%llu", n++ > 0 ? "," : "", gap_word((enum gap)g),
			   (unsigned long long)c->by_gap[g]);
	}
	buf_puts(b, "}}\n");
}

/* "Gaps: 17: 9 vanished, 5 permission, ..." by number. */
static void add_gaps(struct buf *b, const struct bundle_counts *c)
{
	uint64_t left = gaps_of(c), below = UINT64_MAX;
	unsigned shown = 0, last = 0;

	buf_printf(b, "Gaps:    %llu", (unsigned long long)left);
	while (left > 0 && shown < GAPS_SHOWN) {
		unsigned best = GAP_COUNT;

		/* The next by number, and by order of the list among equals. */
		for (unsigned g = 0; g < GAP_COUNT; g++) {
			uint64_t n = c->by_gap[g];

			if (g == GAP_NONE || n == 0 || n > below || (n == below && g <= last))
				continue;
			if (best == GAP_COUNT || n > c->by_gap[best])
				best = g;
		}
		if (best == GAP_COUNT)
			break;
		below = c->by_gap[best];
		last = best;
		left -= below < left ? below : left;
		buf_printf(b, "%s%llu %s", shown++ > 0 ? ", " : ": ", (unsigned long long)below,
			   gap_word((enum gap)best));
	}
	if (left > 0)
		buf_printf(b, ", %llu others", (unsigned long long)left);
	buf_putc(b, '\n');
}

static void end_text(struct buf *b, const struct progress_end *end, uint64_t elapsed_ns)
{
	const struct bundle_counts *c = end->counts;

	buf_printf(b, "exhibit-collect: %s\n", code_texts[end->code]);
	if (end->reason != NULL) {
		buf_puts(b, "Reason:  ");
		screen_sentence(b, end->reason);
		buf_putc(b, '\n');
	}
	buf_puts(b, "Archive: ");
	add_escaped(b, end->output);
	buf_puts(b, ", ");
	add_size(b, c->bytes_out);
	buf_printf(b, ", %llu seals\nTaken:   %llu objects, ", (unsigned long long)c->seals,
		   (unsigned long long)c->objects);
	add_size(b, c->bytes_read);
	buf_puts(b, " read in ");
	add_elapsed(b, elapsed_ns);
	buf_putc(b, '\n');
	add_gaps(b, c);
	if (end->has_root) {
		buf_puts(b, "Write down the root:\n");
		add_hash(b, end->root);
	} else {
		buf_puts(b, "There is no root: the last seal was not written.\n");
	}
}

void progress_end(struct progress *p, const struct progress_end *end, uint64_t now_ns)
{
	struct buf b;

	if (end->failure != NULL && end->failure->set)
		progress_error(p, end->failure);
	begin(p, &b);
	if (p->mode == ARGS_PROGRESS_JSON)
		end_json(&b, end, now_ns - p->begun_ns);
	else
		end_text(&b, end, now_ns - p->begun_ns);
	show(p, &b, PATIENCE_MS);
}
