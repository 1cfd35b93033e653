#include "tests/support/bundle_expect.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "lib/hash/digest.h"

void bundle_expect_whole(struct bundle_box *box, struct bundle_box_back *back)
{
	bundle_box_close(box);
	bundle_box_read(back, box->out.p, box->out.len);
	ck_assert_msg(back->findings.len == 0, "%s", buf_cstr(&back->findings));
	ck_assert_int_eq(back->facts.verdict, BUNDLE_COMPLETE);
	ck_assert_mem_eq(back->facts.root, box->root, DIGEST_LEN);
}

void bundle_expect_line(struct bundle_box_back *back, const char *path, const char *part)
{
	const char *line = bundle_box_line(back, path);

	ck_assert_msg(line != NULL, "no line for %s in %s", path, buf_cstr(&back->lines));
	ck_assert_msg(strstr(line, part) != NULL, "no %s in %s", part, line);
}

void bundle_expect_no_key(struct bundle_box_back *back, const char *path, const char *key)
{
	const char *line = bundle_box_line(back, path);

	ck_assert_ptr_nonnull(line);
	ck_assert_msg(strstr(line, key) == NULL, "%s in %s", key, line);
}

void bundle_expect_hash(struct bundle_box_back *back, const char *path, const char *key,
			const void *data, size_t n)
{
	char part[DIGEST_HEX_LEN + 32], hex[DIGEST_HEX_LEN];
	uint8_t hash[DIGEST_LEN];

	digest_of(data, n, hash);
	snprintf(part, sizeof(part), "\"%s\":\"%s\"", key, digest_hex(hex, hash));
	bundle_expect_line(back, path, part);
}

void bundle_expect_content(struct bundle_box_back *back, const char *member, const void *data,
			   size_t n)
{
	const struct bundle_box_member *m = bundle_box_find(back, member);

	ck_assert_msg(m != NULL, "no member %s", member);
	ck_assert_uint_eq(m->content.len, n);
	ck_assert(n == 0 || memcmp(m->content.p, data, n) == 0);
}

bool bundle_expect_summed(struct bundle_box_back *back, const char *member)
{
	char end[256];

	snprintf(end, sizeof(end), "  %s\n", member);
	for (size_t i = 0; i < back->count; i++)
		if (back->members[i].kind == BUNDLE_SUMS &&
		    strstr(buf_cstr(&back->members[i].content), end) != NULL)
			return true;
	return false;
}
