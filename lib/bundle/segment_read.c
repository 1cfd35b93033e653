#include "lib/bundle/segment_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/bundle/lines.h"

struct segment_read {
	struct tell *t;
	struct err *e;
	struct roll *roll;
	struct manifest_read *parser;
	struct digest *manifests;	/* of all manifest lines of the run so far */
	struct lines lines;
	struct buf name;		/* of a line of SHA256SUMS, unescaped */
	uint64_t in_text;		/* bytes of this segment's manifest or sums so far */
	bool skip;			/* the rest of it is not looked at */
	uint64_t next_seq;
	uint64_t objects, members, gaps;
};

struct segment_read *segment_read_new(struct tell *t, struct err *e)
{
	struct segment_read *s = calloc(1, sizeof(*s));

	if (s == NULL)
		goto err;
	s->t = t;
	s->e = e;
	lines_init(&s->lines, MANIFEST_READ_LINE_MAX);
	buf_init(&s->name, MANIFEST_READ_LINE_MAX);
	s->roll = roll_new();
	s->parser = manifest_read_new();
	s->manifests = digest_new();
	if (s->roll == NULL || s->parser == NULL || s->manifests == NULL)
		goto err;
	return s;
err:
	err_set(e, ENOMEM, "reading the archive");
	segment_read_free(s);
	return NULL;
}

void segment_read_free(struct segment_read *s)
{
	if (s == NULL)
		return;
	roll_free(s->roll);
	manifest_read_free(s->parser);
	digest_free(s->manifests);
	lines_release(&s->lines);
	buf_release(&s->name);
	free(s);
}

static const struct bytes nobody = { "", 0 };

int segment_read_member(struct segment_read *s, const struct roll_member *m)
{
	int wrong = roll_add(s->roll, m);

	if (wrong == ROLL_NO_MEMORY)
		return err_set(s->e, ENOMEM, "noting the members of a segment");
	s->members += !m->text;
	return tell_finding(s->t, (enum finding_id)wrong, m->name, NULL);
}

static int count_line(struct segment_read *s, const struct manifest_line *l)
{
	struct bundle_facts *facts = s->t->facts;
	uint64_t expected = s->next_seq;

	facts->by_gap[l->gap]++;
	facts->by_result[l->result]++;
	s->gaps += l->result != RESULT_OK;
	s->next_seq = l->seq + 1;
	if (l->seq != expected)
		return tell_finding(s->t, FINDING_SEQ, l->path, NULL);
	return BUNDLE_GO;
}

static int take_line(void *ctx, const char *line, size_t n)
{
	struct segment_read *s = ctx;
	struct manifest_line l;
	struct err bad = { 0 };
	enum finding_id wrong;
	int r;

	s->objects++;
	s->t->facts->objects++;
	if (manifest_read_line(s->parser, line, n, &l, &bad) != 0) {
		s->next_seq++;
		return tell_finding(s->t, FINDING_BAD_LINE, nobody, bad.what);
	}
	r = count_line(s, &l);
	if (r != BUNDLE_GO)
		return r;
	wrong = roll_line(s->roll, &l);
	s->t->facts->members += (l.has & MANIFEST_HAS_MEMBER) && wrong == FINDING_NONE;
	r = tell_finding(s->t, wrong, l.member, NULL);
	if (r != BUNDLE_GO || s->t->v->line == NULL)
		return r;
	return s->t->v->line(s->t->ctx, &l, line, n);
}

/* Feeds a piece of one of the two texts, within its limit. */
static int feed(struct segment_read *s, const void *data, size_t n, lines_take *take)
{
	int r;

	if (s->skip)
		return BUNDLE_GO;
	s->in_text += n;
	r = s->in_text > BUNDLE_MANIFEST_MAX ? LINES_TOO_LONG :
	    lines_feed(&s->lines, data, n, take, s);
	if (r == LINES_NO_MEMORY)
		return err_set(s->e, ENOMEM, "reading a line of the archive");
	if (r != LINES_TOO_LONG)
		return r;
	s->skip = true;
	lines_end(&s->lines);
	return tell_finding(s->t, FINDING_LIMIT, nobody, "manifest or SHA256SUMS");
}

/* True if the text ended in the middle of a line. */
static bool feed_end(struct segment_read *s)
{
	s->skip = false;
	s->in_text = 0;
	return lines_end(&s->lines) > 0;
}

int segment_read_lines(struct segment_read *s, const void *data, size_t n)
{
	digest_add(s->manifests, data, n);
	return feed(s, data, n, take_line);
}

int segment_read_lines_end(struct segment_read *s)
{
	struct bytes name;
	int r = BUNDLE_GO;

	if (feed_end(s))
		r = tell_finding(s->t, FINDING_BAD_LINE, nobody, "no line end");
	if (r == BUNDLE_GO && roll_unlisted(s->roll, &name))
		r = tell_finding(s->t, FINDING_UNLISTED, name, NULL);
	return r;
}

/* coreutils writes \\ for a backslash, \n for LF and \r for CR. */
static int unescape(struct buf *out, const char *s, size_t n)
{
	static const char from[] = "\\nr", to[] = "\\\n\r";

	for (size_t i = 0; i < n; i++) {
		const char *c;

		if (s[i] != '\\') {
			buf_putc(out, s[i]);
			continue;
		}
		c = ++i < n && s[i] != '\0' ? strchr(from, s[i]) : NULL;
		if (c == NULL)
			return -1;
		buf_putc(out, to[c - from]);
	}
	return 0;
}

/* Splits "[\]hex  name"; the name goes to s->name. */
static int parse_sum(struct segment_read *s, const char *line, size_t n, uint8_t *hash)
{
	char hex[DIGEST_HEX_LEN];
	bool escaped = n > 0 && line[0] == '\\';

	line += escaped;
	n -= escaped;
	if (n < DIGEST_HEX_LEN + 2 || memcmp(line + DIGEST_HEX_LEN - 1, "  ", 2) != 0)
		return -1;
	memcpy(hex, line, DIGEST_HEX_LEN - 1);
	hex[DIGEST_HEX_LEN - 1] = '\0';
	line += DIGEST_HEX_LEN + 1;
	n -= DIGEST_HEX_LEN + 1;
	buf_clear(&s->name);
	if (!escaped)
		buf_add(&s->name, line, n);
	else if (unescape(&s->name, line, n) != 0)
		return -1;
	return text_unhex(hash, DIGEST_LEN, hex);
}

static int take_sum(void *ctx, const char *line, size_t n)
{
	struct segment_read *s = ctx;
	uint8_t hash[DIGEST_LEN];
	struct bytes name;

	if (parse_sum(s, line, n, hash) != 0)
		return tell_finding(s->t, FINDING_BAD_SUM, nobody, NULL);
	name = (struct bytes){ s->name.p, s->name.len };
	return tell_finding(s->t, roll_sum(s->roll, name, hash), name, NULL);
}

int segment_read_sums(struct segment_read *s, const void *data, size_t n)
{
	return feed(s, data, n, take_sum);
}

int segment_read_sums_end(struct segment_read *s)
{
	struct bytes name;
	int r = BUNDLE_GO;

	if (feed_end(s))
		r = tell_finding(s->t, FINDING_BAD_SUM, nobody, "no line end");
	if (r == BUNDLE_GO && roll_unsummed(s->roll, &name))
		r = tell_finding(s->t, FINDING_UNSUMMED, name, NULL);
	return r;
}

void segment_read_totals(const struct segment_read *s, struct chain_facts *out)
{
	digest_peek(s->manifests, out->manifest_sha256);
	out->objects = s->objects;
	out->members = s->members;
	out->gaps = s->gaps;
}

void segment_read_close(struct segment_read *s)
{
	roll_clear(s->roll);
}
