/*
 * genarchive: an archive of as many files as wanted, metadata only, made from a seed: names of
 * usual length, four times each, one in fifty with attributes of its own. Written by the
 * collector's own bundle, so the reader has the whole of its work.
 *
 *	genarchive COUNT >FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/bundle/bundle_write.h"

static int out(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	return fd_write_all(STDOUT_FILENO, data, n);
}

static uint64_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static int write_session(struct bundle_write *b, const struct bundle_write_options *o)
{
	uint8_t public[KEY_PUBLIC_LEN], hash[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];
	struct buf text;
	int r;

	key_public(o->first_key, public);
	digest_of(public, sizeof(public), hash);
	buf_init(&text, 4096);
	buf_puts(&text, "exhibit-session-v1\nformat: 1\nsession: ");
	text_hex(&text, o->session, sizeof(o->session));
	buf_printf(&text, "\nhost: bench\nseal-key: %s\n", digest_hex(hex, public));
	buf_printf(&text, "seal-key-sha256: %s\n", digest_hex(hex, hash));
	r = bundle_write_text(b, "CUSTODY/session.txt", text.p, text.len);
	buf_release(&text);
	return r == 0 ? bundle_write_text(b, "CUSTODY/README.txt", "read me\n", 8) : -1;
}

static int put(struct sink *to, uint64_t i, uint64_t *state)
{
	static const char *const tops[] = { "usr/share", "usr/lib", "var/lib", "home/u", "srv/data" };
	char path[160];
	int n = snprintf(path, sizeof(path), "/%s/package-%04u/%x/file-%08u.dat", tops[i % 5],
			 (unsigned)(i / 400 % 10000), (unsigned)next(state) & 255, (unsigned)i);
	struct item it = { .path = { path, (size_t)n }, .category = "inventory", .artifact = "inventory",
			   .type = ITEM_FILE, .depth = DEPTH_META, .has_stat = true, .fstype = "ext4" };
	struct item_end how = { .gap = GAP_NONE };
	int64_t when = 1500000000 + (int64_t)(next(state) % 250000000);

	it.st = (struct item_stat){ .mode = S_IFREG | 0644, .nlink = 1, .ino = i + 100, .dev_major = 8,
				    .size = next(state) % 100000, .uid = i % 50 == 0 ? 1000 : 0,
				    .mtime = { when, (uint32_t)next(state) % 1000000000 },
				    .atime = { when + 5, 1 }, .ctime = { when + 9, 2 },
				    .btime = { when - 9, 3 }, .has_btime = true };
	it.opened = how.closed = (struct clocks){ .realtime = { 1760000000, 0 } };
	return to->begin(to, &it) != 0 ? -1 : to->end(to, &how);
}

int main(int argc, char **argv)
{
	uint64_t count = argc == 2 ? strtoull(argv[1], NULL, 10) : 0, state = 42;
	struct err e = { 0 };
	struct bundle_write_options o = {
		.compress = { .kind = COMPRESS_ZSTD, .level = 1 }, .seal_bytes = 64 << 20,
		.seal_seconds = 3600, .out = out,
	};
	uint8_t root[DIGEST_LEN];
	struct bundle_write *b;
	int r;

	if (count == 0 || digest_start() != 0 || (o.first_key = key_new(&e)) == NULL)
		return 2;
	b = bundle_write_open(&o, &e);
	r = b == NULL ? -1 : write_session(b, &o);
	for (uint64_t i = 0; r == 0 && i < count; i++)
		r = put(bundle_write_sink(b), i, &state);
	if (r == 0)
		r = bundle_write_close(b, true, root);
	bundle_write_free(b);
	if (r != 0)
		fprintf(stderr, "genarchive: %s\n", e.what);
	return r == 0 ? 0 : 1;
}
