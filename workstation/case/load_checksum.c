/*
 * Checksums as package databases keep them, of files whose content is in the archive: the
 * collector makes them of those files alone whose content is not.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/fd.h"
#include "lib/hash/checksum.h"
#include "workstation/case/load_package.h"

/* The database that keeps each kind, and the column that it is compared with. */
static const struct {
	const char *database, *update;
} rows[CHECKSUM_COUNT] = {
	[CHECKSUM_MD5] = { "/var/lib/dpkg/status", "UPDATE object SET md5 = ?1 WHERE id = ?2" },
	[CHECKSUM_SHA1] = { "/lib/apk/db/installed", "UPDATE object SET sha1 = ?1 WHERE id = ?2" },
};

struct sums {
	struct checksum *kind[CHECKSUM_COUNT];	/* NULL: not kept on this host */
	uint64_t bytes;
};

/* Has the host this file, there or below /usr? */
static int has_file(struct loading *l, const char *path)
{
	static const char sql[] =
		"SELECT 1 FROM object WHERE host = ?1 AND path IN (?2, '/usr' || ?2) AND type = 'file'";
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, l->db, sql, l->e) != 0)
		return -1;
	case_query_bind(q, 1, l->host);
	case_query_bind_text(q, 2, (struct bytes){ path, strlen(path) });
	return case_query_step(q, l->e);
}

int load_checksum_begin(struct loading *l)
{
	struct sums *s;

	l->state = NULL;
	if (load_package_outside(l) || l->object == CASE_NULL)
		return 0;
	s = calloc(1, sizeof(*s));
	l->state = s;
	if (s == NULL)
		return err_set(l->e, 0, "no memory for checksums");
	for (unsigned k = 0; k < CHECKSUM_COUNT; k++) {
		int has = has_file(l, rows[k].database);

		if (has < 0)
			return -1;
		if (has == 0)
			continue;
		s->kind[k] = checksum_new((enum checksum_kind)k);
		if (s->kind[k] == NULL)
			return err_set(l->e, 0, "no memory for checksums");
	}
	return 0;
}

int load_checksum(struct loading *l, const uint8_t *p, size_t n, uint64_t pos)
{
	struct sums *s = l->state;

	(void)pos;
	if (s == NULL)
		return 0;
	s->bytes += n;
	for (unsigned k = 0; k < CHECKSUM_COUNT; k++)
		if (s->kind[k] != NULL)
			checksum_add(s->kind[k], p, n);
	return 0;
}

static int put_sum(struct loading *l, struct sums *s, unsigned k)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	uint8_t sum[CHECKSUM_MAX];

	checksum_finish(s->kind[k], sum);
	if (case_query_open(&q, l->db, rows[k].update, l->e) != 0)
		return -1;
	case_query_bind_blob(q, 1, (struct bytes){ sum, checksum_len((enum checksum_kind)k) });
	case_query_bind(q, 2, l->object);
	return case_query_step(q, l->e) < 0 ? -1 : 0;
}

/* What was unpacked on the way is not what the package has the checksum of. */
int load_checksum_end(struct loading *l, bool whole)
{
	struct sums *s = l->state;
	int r = 0;

	if (s == NULL)
		return 0;
	for (unsigned k = 0; k < CHECKSUM_COUNT; k++) {
		if (r == 0 && whole && s->bytes == l->size && s->kind[k] != NULL)
			r = put_sum(l, s, k);
		checksum_free(s->kind[k]);
	}
	free(s);
	l->state = NULL;
	return r;
}
