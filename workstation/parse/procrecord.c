#include "workstation/parse/procrecord.h"

#define SECOND INT64_C(1000000000)

bool procrecord_instant(struct bytes b, int64_t *out)
{
	struct scan s = scan_begin(b.p, b.len);
	struct bytes whole;
	uint64_t sec, nsec;

	if (!scan_until(&s, '.', &whole) || s.end - s.p != 9 ||
	    !scan_u64(whole, 10, &sec) || !scan_u64(scan_rest(&s), 10, &nsec) ||
	    sec >= INT64_MAX / SECOND)
		return false;
	*out = (int64_t)sec * SECOND + (int64_t)nsec;
	return true;
}

/* PID FILE TIME LENGTH, or without PID. */
static bool take_head(struct bytes text, struct procrecord *out, uint64_t *length)
{
	struct scan line = scan_begin(text.p, text.len);
	struct bytes word[4];
	size_t n = 0;

	while (n < 4 && scan_word(&line, &word[n]))
		n++;
	if (n < 3 || line.p != line.end || (n == 4 && !scan_i64(word[0], &out->pid)) ||
	    !procrecord_instant(word[n - 2], &out->boottime) || !scan_u64(word[n - 1], 10, length))
		return false;
	out->file = word[n - 3];
	return true;
}

int procrecord_next(struct scan *s, struct procrecord *out)
{
	struct bytes text;
	uint64_t length, left;

	*out = (struct procrecord){ .pid = -1 };
	if (!scan_line(s, &text))
		return 0;
	if (!take_head(text, out, &length))
		return -1;
	left = (uint64_t)(s->end - s->p);
	out->whole = left > length && s->p[length] == '\n';
	if (left > length && !out->whole)
		return -1;
	out->content = (struct bytes){ s->p, (size_t)(length < left ? length : left) };
	s->p = out->whole ? s->p + length + 1 : s->end;
	return 1;
}
