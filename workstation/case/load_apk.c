/*
 * The database of apk: packages and their files, with owners, modes and digests.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "lib/base/text.h"
#include "workstation/case/load_package.h"
#include "workstation/parse/apk.h"

#define PATH_MAX_BYTES 65536u	/* of a path, raw */

static struct bytes or_null(struct bytes b)
{
	return b.len > 0 ? b : (struct bytes){ NULL, 0 };
}

static int put_package(struct loading *l, const struct apk_row *a)
{
	struct case_package row;

	case_init_package(&row);
	row.object = l->object;
	row.pos = (int64_t)a->pos;
	row.line = (int64_t)a->line;
	row.manager = "apk";
	row.name = a->package.name;
	row.version = a->package.version;
	row.arch = a->package.arch;
	row.state = (struct bytes){ "installed", 9 };
	row.origin = or_null(a->package.maintainer);
	row.summary = or_null(a->package.summary);
	return case_put_package(l->db, &row, l->e);
}

/* The checksum of a link is that of its target, which is not kept: verify tells a link from a
 * file by its type, and has no digest of it. */
static int put_file(struct loading *l, const struct apk_row *a, int64_t package, struct buf *path)
{
	struct case_package_file row;
	char user[16], group[16];
	struct buf hex;
	int r;

	case_init_package_file(&row);
	buf_clear(path);
	buf_putc(path, '/');
	buf_add(path, a->dir.p, a->dir.len);
	if (a->base.len > 0 && a->dir.len > 0)
		buf_putc(path, '/');
	buf_add(path, a->base.p, a->base.len);
	buf_init(&hex, 256);
	text_hex(&hex, a->digest, a->digest_len);
	row.object = l->object;
	row.package = package;
	row.path = (struct bytes){ path->p, path->len };
	row.digest_kind = a->digest_len == 20 ? "sha1" : a->digest_len == 32 ? "sha256" : "none";
	row.digest = or_null((struct bytes){ hex.p, hex.len });
	row.mode = a->mode | (a->kind == APK_DIRECTORY ? S_IFDIR : 0u);
	row.user = (struct bytes){ user, (size_t)snprintf(user, sizeof(user), "%u", a->uid) };
	row.grp = (struct bytes){ group, (size_t)snprintf(group, sizeof(group), "%u", a->gid) };
	row.kind = a->kind == APK_DIRECTORY ? "directory" : "file";
	r = path->failed ? 0 : case_put_package_file(l->db, &row, l->e);
	buf_release(&hex);
	return r;
}

int load_apk(struct loading *l, const uint8_t *p, size_t n)
{
	struct apk a = apk_begin(p, n);
	int64_t package = CASE_NULL;
	struct apk_row row;
	struct buf path;
	int r = 0;

	if (load_package_outside(l))
		return 0;
	buf_init(&path, PATH_MAX_BYTES);
	while (r == 0 && apk_next(&a, &row)) {
		if (row.kind == APK_PACKAGE) {
			r = put_package(l, &row);
			package = db_last(l->db);
			continue;
		}
		r = put_file(l, &row, package, &path);
	}
	buf_release(&path);
	return r == 0 ? load_package_bad(l, a.bad) : -1;
}
