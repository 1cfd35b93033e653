/* The texts of dpkg and apk: the first byte says which. */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/apk.h"
#include "workstation/parse/dpkg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static volatile uint8_t sink;

static void touch(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		sink ^= ((const uint8_t *)b.p)[i];
}

static void read_status(struct dpkg d)
{
	struct dpkg_package p;
	struct dpkg_file f;

	while (dpkg_package(&d, &p)) {
		struct dpkg c = dpkg_begin(p.conffiles.p, p.conffiles.len);

		touch(p.name);
		touch(p.version);
		touch(p.state);
		touch(p.summary);
		while (dpkg_conffile(&c, &f)) {
			touch(f.path);
			touch(f.md5);
		}
	}
}

static void read_info(struct dpkg d)
{
	struct dpkg_file f;
	struct dpkg again = d;
	struct dpkg_diversion v;
	struct dpkg_override o;
	struct bytes package, arch, kind;

	while (dpkg_sum(&d, &f)) {
		touch(f.path);
		if (f.md5.len != DPKG_MD5_LEN)
			abort();
	}
	for (d = again; dpkg_listed(&d, &f);)
		if (dpkg_info(f.path, &package, &arch, &kind)) {
			touch(package);
			touch(arch);
			touch(kind);
		}
	for (d = again; dpkg_diversion(&d, &v);)
		touch(v.package);
	for (d = again; dpkg_override(&d, &o);)
		touch(o.path);
}

static void read_apk(const uint8_t *p, size_t n)
{
	struct apk a = apk_begin(p, n);
	struct apk_row r;
	size_t rows = 0;

	while (apk_next(&a, &r)) {
		touch(r.package.name);
		touch(r.dir);
		touch(r.base);
		/* a row takes a line, and a package one more */
		if (++rows > 2 * n + 2)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	if (data[0] == 'a')
		read_apk(data + 1, n - 1);
	else if (data[0] == 's')
		read_status(dpkg_begin(data + 1, n - 1));
	else
		read_info(dpkg_begin(data + 1, n - 1));
	return 0;
}
