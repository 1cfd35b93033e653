#include "collector/cmd/planview.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/volatile/source.h"
#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"

#define ROWS_MAX 1024u			/* rows of one category; more are added to the last */
#define ID_MAX 64u
#define PATH_SHOWN 512u			/* bytes of the path of the biggest object */
#define OUT_MAX (1u << 20)
#define OUT_FLUSH (64u << 10)

/* A careful guess at what one run gets through, for the estimate of time. */
#define BYTES_PER_SECOND 300000000u
#define OBJECTS_PER_SECOND 30000u

/* What one catalogue row of the category would take. */
struct row {
	char id[ID_MAX];
	enum depth depth;
	uint64_t objects, bytes;	/* bytes: content read */
	uint64_t biggest;
	char biggest_path[PATH_SHOWN];	/* raw */
	size_t biggest_len;
	uint64_t unknown;		/* files whose length is known only when read */
	uint64_t by_gap[GAP_COUNT];
};

struct planview {
	struct sink sink;		/* first member: the sink is the view */
	int fd;
	bool verbose;
	struct buf out;
	enum category category;
	size_t row_count;
	struct row rows[ROWS_MAX];
	struct row *row;		/* of the item that is open */
	struct buf item;		/* its line, if verbose */
	uint64_t objects, stored, hashed, unknown, skipped;	/* of the whole plan */
};

static int flush(struct planview *v, size_t above)
{
	int r = v->out.failed ? -1 : 0;

	if (r == 0 && v->out.len > above) {
		r = fd_write_all(v->fd, v->out.p, v->out.len);
		buf_clear(&v->out);
	}
	return r;
}

static void add_size(struct buf *b, uint64_t bytes)
{
	char size[32];

	buf_puts(b, text_size(size, sizeof(size), bytes));
}

/* Objects of one row mostly come together. */
static struct row *find_row(struct planview *v, const struct item *it)
{
	struct row *r = v->row;

	if (r != NULL && strcmp(r->id, it->artifact) == 0)
		return r;
	for (size_t i = 0; i < v->row_count; i++) {
		if (strcmp(v->rows[i].id, it->artifact) == 0)
			return &v->rows[i];
	}
	if (v->row_count == ROWS_MAX)
		return &v->rows[ROWS_MAX - 1];
	r = &v->rows[v->row_count++];
	*r = (struct row){ .depth = it->depth };
	strncpy(r->id, it->artifact, ID_MAX - 1);
	return r;
}

static void remember_biggest(struct row *r, const struct item *it)
{
	size_t skip = it->path.len > PATH_SHOWN ? it->path.len - PATH_SHOWN : 0;

	if (it->promise <= r->biggest)
		return;
	r->biggest = it->promise;
	r->biggest_len = it->path.len - skip;
	memcpy(r->biggest_path, (const char *)it->path.p + skip, r->biggest_len);
}

static void count(struct planview *v, struct row *r, const struct item *it)
{
	r->objects++;
	if (it->promise == ITEM_SIZE_UNKNOWN) {
		r->unknown++;
		return;
	}
	r->bytes += it->promise;
	if (it->depth == DEPTH_CONTENT)
		v->stored += it->promise;
	else
		v->hashed += it->promise;
	remember_biggest(r, it);
}

static int planview_begin(struct sink *to, const struct item *it)
{
	struct planview *v = (struct planview *)to;

	v->row = find_row(v, it);
	count(v, v->row, it);
	if (!v->verbose)
		return 0;
	buf_clear(&v->item);
	buf_printf(&v->item, "    %-8s ", item_depth_word(it->depth));
	if (it->promise == ITEM_SIZE_UNKNOWN)
		buf_puts(&v->item, "?");
	else
		add_size(&v->item, it->promise);
	buf_putc(&v->item, ' ');
	text_escape(&v->item, it->path.p, it->path.len);
	return v->item.failed ? -1 : 0;
}

static int planview_write(struct sink *to, const void *data, size_t n)
{
	/* A dry walk reads nothing; what a source sends all the same was promised. */
	(void)to;
	(void)data;
	(void)n;
	return 0;
}

static int planview_finish(struct sink *to, const struct item_end *how)
{
	struct planview *v = (struct planview *)to;

	v->row->by_gap[how->gap]++;
	if (!v->verbose)
		return 0;
	buf_add(&v->out, v->item.p, v->item.len);
	if (how->gap != GAP_NONE)
		buf_printf(&v->out, " (%s)", gap_word(how->gap));
	buf_putc(&v->out, '\n');
	return flush(v, OUT_FLUSH);
}

struct planview *planview_new(int fd, bool verbose, struct err *e)
{
	struct planview *v = calloc(1, sizeof(*v));

	if (v == NULL) {
		err_set(e, ENOMEM, "making the plan");
		return NULL;
	}
	v->sink = (struct sink){ planview_begin, planview_write, planview_finish };
	v->fd = fd;
	v->verbose = verbose;
	buf_init(&v->out, OUT_MAX);
	buf_init(&v->item, (size_t)5 * ITEM_PATH_MAX);
	return v;
}

void planview_free(struct planview *v)
{
	if (v == NULL)
		return;
	buf_release(&v->out);
	buf_release(&v->item);
	free(v);
}

struct sink *planview_sink(struct planview *v)
{
	return &v->sink;
}

int planview_category(struct planview *v, enum category c)
{
	v->category = c;
	v->row_count = 0;
	v->row = NULL;
	buf_printf(&v->out, "%u %s: %s\n", (unsigned)c, artifact_category_word(c),
		   artifact_category_reason(c));
	return flush(v, 0);
}

static const char *reason_of(const char *id)
{
	for (size_t i = 0; i < artifact_count; i++) {
		if (strcmp(artifact_rows[i].id, id) == 0)
			return artifact_rows[i].reason;
	}
	for (size_t i = 0; i < source_count; i++) {
		if (strcmp(source_rows[i].id, id) == 0)
			return source_rows[i].reason;
	}
	return strcmp(id, "-") == 0 ? "on the way to what a row names" : "as asked for";
}

static void print_gaps(struct planview *v, const struct row *r)
{
	unsigned kinds = 0;

	for (unsigned g = 0; g < GAP_COUNT; g++) {
		if (g == GAP_NONE || r->by_gap[g] == 0)
			continue;
		v->skipped += r->by_gap[g];
		buf_printf(&v->out, "%s%llu %s", kinds++ > 0 ? ", " : "      not whole: ",
			   (unsigned long long)r->by_gap[g], gap_word((enum gap)g));
	}
	if (kinds > 0)
		buf_putc(&v->out, '\n');
}

static void print_row(struct planview *v, const struct row *r)
{
	struct buf *b = &v->out;

	buf_printf(b, "  %-26s %-8s %8llu objects  ", r->id, item_depth_word(r->depth),
		   (unsigned long long)r->objects);
	add_size(b, r->bytes);
	if (r->unknown > 0)
		buf_printf(b, " and %llu of unknown length", (unsigned long long)r->unknown);
	buf_printf(b, "\n      %s\n", reason_of(r->id));
	if (r->objects > 1 && r->biggest > 0) {
		buf_puts(b, "      biggest: ");
		add_size(b, r->biggest);
		buf_putc(b, ' ');
		text_escape(b, r->biggest_path, r->biggest_len);
		buf_putc(b, '\n');
	}
	print_gaps(v, r);
	v->objects += r->objects;
	v->unknown += r->unknown;
}

int planview_category_end(struct planview *v)
{
	for (size_t i = 0; i < v->row_count; i++) {
		print_row(v, &v->rows[i]);
		if (flush(v, OUT_FLUSH) != 0)
			return -1;
	}
	if (v->row_count == 0)
		buf_puts(&v->out, "  nothing\n");
	return flush(v, 0);
}

static void print_missing(struct buf *b, const char *missing)
{
	if (*missing == '\0')
		return;
	buf_puts(b, "This run lacks:\n");
	while (*missing != '\0') {
		int n = (int)strcspn(missing, "\n");

		buf_printf(b, "  %.*s\n", n, missing);
		missing += n + (missing[n] == '\n');
	}
}

int planview_cut(struct planview *v, const char *why)
{
	buf_printf(&v->out, "\nTHIS IS NOT THE WHOLE PLAN: %s\n", why);
	return flush(v, 0);
}

int planview_end(struct planview *v, const char *missing, uint64_t room)
{
	uint64_t seconds = (v->stored + v->hashed) / BYTES_PER_SECOND +
			   v->objects / OBJECTS_PER_SECOND + 1;
	struct buf *b = &v->out;

	buf_printf(b, "\nTotal: %llu objects, ", (unsigned long long)v->objects);
	add_size(b, v->stored);
	buf_puts(b, " to be taken, ");
	add_size(b, v->hashed);
	buf_puts(b, " to be hashed only");
	if (v->unknown > 0)
		buf_printf(b, ", %llu of unknown length", (unsigned long long)v->unknown);
	buf_printf(b, "; %llu not whole\n", (unsigned long long)v->skipped);
	buf_printf(b, "Estimate: about %llu:%02llu minutes\n", (unsigned long long)seconds / 60,
		   (unsigned long long)seconds % 60);
	if (room != UINT64_MAX) {
		buf_puts(b, "Room at the destination: ");
		add_size(b, room);
		buf_puts(b, v->stored > room ? "; MAY NOT BE ENOUGH, compression decides\n" : "\n");
	}
	print_missing(b, missing);
	return flush(v, 0);
}
