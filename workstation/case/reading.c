#include "workstation/case/reading.h"

#include <inttypes.h>
#include <string.h>

int reading_begin(struct reading *r)
{
	r->l.id = r->row->id;
	buf_init(&r->text, r->row->form == LOADER_LINES ? LOADER_LINE_MAX : r->row->max + 1);
	return r->row->begin != NULL ? r->row->begin(&r->l) : 0;
}

static int give_line(struct reading *r, const char *s, size_t n)
{
	uint64_t pos = r->line_pos;

	r->line++;
	if (r->cut && case_note(&r->l, (int64_t)pos, (int64_t)r->line, "too-large",
				"the line is longer than %u bytes; what is beyond was not read",
				LOADER_LINE_MAX) != 0)
		return -1;
	r->cut = false;
	return r->row->line(&r->l, s, n, pos, r->line);
}

/* What fits into a line that has not ended; the rest is dropped, with a mark. */
static int keep_part(struct reading *r, const char *s, size_t n)
{
	if (n > LOADER_LINE_MAX - r->text.len) {
		n = LOADER_LINE_MAX - r->text.len;
		r->cut = true;
	}
	buf_add(&r->text, s, n);
	return r->text.failed ? err_set(r->l.e, 0, "no memory for a line") : 0;
}

static int end_line(struct reading *r, const char *s, size_t n)
{
	int result;

	if (r->text.len == 0 && !r->cut && n <= LOADER_LINE_MAX)
		return give_line(r, s, n);
	if (keep_part(r, s, n) != 0)
		return -1;
	result = give_line(r, r->text.p, r->text.len);
	buf_clear(&r->text);
	return result;
}

static int add_lines(struct reading *r, const char *s, size_t n)
{
	while (n > 0) {
		const char *lf = memchr(s, '\n', n);
		size_t part = lf != NULL ? (size_t)(lf - s) : n;

		if ((lf != NULL ? end_line(r, s, part) : keep_part(r, s, part)) != 0)
			return -1;
		part += lf != NULL;
		r->pos += part;
		if (lf != NULL)
			r->line_pos = r->pos;
		s += part;
		n -= part;
	}
	return 0;
}

static int add_whole(struct reading *r, const void *data, size_t n)
{
	buf_add(&r->text, data, n);
	r->pos += n;
	return r->text.failed ? err_set(r->l.e, 0, "no memory for a member of %" PRIu64 " bytes",
					r->l.size)
			      : 0;
}

static int add_stream(struct reading *r, const void *data, size_t n)
{
	uint64_t pos = r->pos;

	r->pos += n;
	return r->row->stream(&r->l, data, n, pos);
}

int reading_add(struct reading *r, const void *data, size_t n)
{
	if (n > r->row->max - r->pos) {
		n = (size_t)(r->row->max - r->pos);
		if (!r->full &&
		    case_note(&r->l, (int64_t)r->row->max, CASE_NULL, "too-large",
			      "longer than %" PRIu64 " bytes; what is beyond was not read",
			      r->row->max) != 0)
			return -1;
		r->full = true;
	}
	if (n == 0)
		return 0;
	switch (r->row->form) {
	case LOADER_WHOLE:
		return add_whole(r, data, n);
	case LOADER_LINES:
		return add_lines(r, data, n);
	default:
		return add_stream(r, data, n);
	}
}

/* What waits: a last line without LF, and what is read as a whole. */
static int give_rest(struct reading *r)
{
	if (r->row->form == LOADER_WHOLE)
		return r->row->whole(&r->l, (const uint8_t *)(r->text.p != NULL ? r->text.p : ""),
				     r->text.len);
	if (r->row->form == LOADER_LINES && (r->text.len > 0 || r->cut))
		return give_line(r, r->text.p, r->text.len);
	return 0;
}

int reading_end(struct reading *r, bool whole)
{
	int result = give_rest(r);

	if (r->row->end != NULL && r->row->end(&r->l, whole && result == 0) != 0)
		result = -1;
	buf_release(&r->text);
	return result == 0 ? loader_notes_end(&r->l) : -1;
}
