#include "tests/support/ask.h"

#include <check.h>
#include <string.h>

struct plan_match ask_bytes(const struct plan *p, struct bytes path, enum category c)
{
	const char *s = path.p;
	struct plan_dir dir[2];
	struct plan_match m;
	size_t name = 1, level = 0;

	plan_root(p, &dir[0]);
	for (;;) {
		const char *slash = memchr(s + name, '/', path.len - name);
		struct bytes upto = { s, slash != NULL ? (size_t)(slash - s) : path.len };

		plan_match(p, &dir[level], upto, name, c, &m);
		if (slash == NULL)
			return m;
		plan_enter(p, &dir[level], upto, name, &dir[1 - level]);
		level = 1 - level;
		name = upto.len + 1;
	}
}

struct plan_match ask_match(const struct plan *p, const char *path, enum category c)
{
	struct bytes bytes = { path, strlen(path) };

	return ask_bytes(p, bytes, c);
}

const char *ask_owner(const struct plan *p, const char *path)
{
	struct plan_match m = ask_match(p, path, CATEGORY_INVENTORY);

	return m.owner < 0 ? "-" : plan_row(p, (size_t)m.owner)->id;
}

enum depth ask_depth(const struct plan *p, const char *path)
{
	struct plan_match m = ask_match(p, path, CATEGORY_INVENTORY);

	return m.owner < 0 ? DEPTH_COUNT : plan_row(p, (size_t)m.owner)->depth;
}

struct plan *ask_plan(const struct plan_request *req, const struct plan_facts *facts)
{
	struct err e = { 0 };
	struct plan *p = plan_new(req, facts, &e);

	ck_assert_msg(p != NULL, "%s", e.what);
	return p;
}

struct plan *ask_profile(const char *profile, const struct plan_facts *facts)
{
	struct plan_request req = { .profile = profile };

	return ask_plan(&req, facts);
}
