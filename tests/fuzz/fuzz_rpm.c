/* rpm's databases and what they hold: the first byte says which. */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/rpm_bdb.h"
#include "workstation/parse/rpm_header.h"
#include "workstation/parse/rpm_ndb.h"
#include "workstation/parse/sqlite_wal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static volatile uint8_t sink;

/* Every byte that is given out can be read. */
static void touch(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		sink ^= ((const uint8_t *)b.p)[i];
}

static void read_header(struct bytes blob)
{
	struct rpm_header h;
	struct rpm_files files;
	struct rpm_file f;
	struct bytes text;
	uint64_t number;

	if (!rpm_header_open(&h, blob.p, blob.len))
		return;
	if (rpm_header_text(&h, RPM_NAME, &text))
		touch(text);
	(void)rpm_header_number(&h, RPM_INSTALLTIME, &number);
	rpm_files_begin(&files, &h);
	while (rpm_files_next(&files, &f)) {
		touch(f.dir);
		touch(f.base);
		touch(f.user);
		touch(f.digest);
		touch(f.link);
		touch(f.caps);
	}
}

static void read_ndb(const uint8_t *p, size_t n)
{
	struct rpm_ndb d;
	struct bytes blob;
	uint64_t pos;

	if (!rpm_ndb_open(&d, p, n))
		return;
	while (rpm_ndb_next(&d, &blob, &pos))
		read_header(blob);
}

static void read_bdb(const uint8_t *p, size_t n)
{
	struct rpm_bdb d;
	struct bytes blob;
	uint64_t pos;

	if (!rpm_bdb_open(&d, p, n))
		return;
	while (rpm_bdb_next(&d, &blob, &pos)) {
		touch(blob);
		read_header(blob);
	}
	rpm_bdb_close(&d);
}

static void read_wal(const uint8_t *p, size_t n)
{
	static uint8_t image[65536];
	struct sqlite_wal w;

	if (!sqlite_wal_open(&w, p, n))
		return;
	sqlite_wal_apply(&w, image, sizeof(image));
	/* as if every sum held, which no fuzzer finds */
	w.frames = (n - 32) / (24 + (uint64_t)w.page_size);
	sqlite_wal_apply(&w, image, sizeof(image));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	switch (data[0]) {
	case 'n': read_ndb(data + 1, n - 1); break;
	case 'b': read_bdb(data + 1, n - 1); break;
	case 'w': read_wal(data + 1, n - 1); break;
	default: read_header((struct bytes){ data + 1, n - 1 });
	}
	return 0;
}
