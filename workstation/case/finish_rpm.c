/*
 * A SQLite database of rpm and its write-ahead log, which came as two members.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/load_rpm.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/sqlite_wal.h"

#define IMAGE_MAX (UINT64_C(2) << 30) /* bytes of a database with its log */

static const char kept_sql[] =
	"SELECT d.object, d.content, w.content FROM temp.rpm_kept d"
	" LEFT JOIN temp.rpm_kept w ON w.name = d.name || '-wal' WHERE d.name NOT LIKE '%-wal'";

/* The database as a reader on the host would have seen it.  NULL: no memory. */
static uint8_t *image_of(struct bytes file, const struct sqlite_wal *w, size_t *n)
{
	uint64_t want = w->frames > 0 ? (uint64_t)w->pages * w->page_size : file.len;
	uint8_t *image;

	if (want == 0 || want > IMAGE_MAX)
		want = file.len;
	*n = (size_t)want;
	image = calloc(1, *n > 0 ? *n : 1);
	if (image == NULL)
		return NULL;
	memcpy(image, file.p, file.len < *n ? file.len : *n);
	if (w->frames > 0)
		sqlite_wal_apply(w, image, *n);
	return image;
}

static int put_joined(struct loading *l, struct bytes file, struct bytes log)
{
	struct sqlite_wal w = { 0 };
	uint8_t *image;
	size_t n;
	int r = 0;

	if (log.p == NULL || !sqlite_wal_open(&w, log.p, log.len)) {
		w = (struct sqlite_wal){ 0 };
		r = case_note(l, CASE_NULL, CASE_NULL, "partial",
			      "its write-ahead log could not be read: what was installed last may "
			      "not be here");
	}
	if (r != 0)
		return -1;
	image = image_of(file, &w, &n);
	if (image == NULL)
		return err_set(l->e, 0, "no memory for a database of rpm");
	r = load_rpm_image(l, image, n);
	free(image);
	return r;
}

/* Nothing was kept: the table was never made. */
static int has_table(const struct finishing *f)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, f->db, "SELECT 1 FROM temp.sqlite_schema WHERE name = 'rpm_kept'",
			    f->e) != 0)
		return -1;
	return case_query_step(q, f->e);
}

static int put_all(const struct finishing *f)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r;

	if (case_query_open(&q, f->db, kept_sql, f->e) != 0)
		return -1;
	while ((r = case_query_step(q, f->e)) > 0) {
		struct loading l = { .db = f->db,
				     .host = f->host,
				     .facts = f->facts,
				     .e = f->e,
				     .object = case_query_int(q, 0),
				     .id = "rpm_sqlite" };

		if (put_joined(&l, case_query_text(q, 1), case_query_text(q, 2)) != 0 ||
		    loader_notes_end(&l) != 0)
			return -1;
	}
	return r;
}

int finish_rpm(const struct finishing *f)
{
	int has = has_table(f);

	if (has <= 0)
		return has;
	return put_all(f) == 0 ? db_exec(f->db, "DROP TABLE temp.rpm_kept", f->e) : -1;
}
