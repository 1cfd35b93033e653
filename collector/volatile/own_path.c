#include "collector/volatile/own_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "collector/acquire/meta.h"
#include "lib/base/fd.h"

/* The component of ${path} at *${at}, without slashes; advances.  Empty at the end. */
static struct bytes component(struct bytes path, size_t *at)
{
	const char *p = path.p;
	size_t from;

	while (*at < path.len && p[*at] == '/')
		(*at)++;
	from = *at;
	while (*at < path.len && p[*at] != '/')
		(*at)++;
	return (struct bytes){ p + from, *at - from };
}

static bool absolute(struct bytes path)
{
	return path.len > 0 && *(const char *)path.p == '/';
}

/* One step down.  O_DIRECTORY would set off an automount, O_PATH alone does not. */
static int step(int at, struct bytes name)
{
	char text[NAME_MAX + 1];

	if (name.len > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(text, name.p, name.len);
	text[name.len] = '\0';
	return fd_handle(at, text, O_NOFOLLOW);
}

static int look_up(int root_fd, struct bytes path, struct item_stat *st)
{
	int here CLEANUP(fd_close) = fd_handle(root_fd, ".", 0);
	size_t at = 0;

	for (;;) {
		struct bytes name = component(path, &at);
		int next;

		if (name.len == 0 || here < 0)
			return here < 0 ? -1 : meta_stat(here, "", st);
		next = step(here, name);
		fd_close(&here);
		here = next;
	}
}

enum own_path own_path_compare(const struct source_env *env, struct bytes path,
			       const struct item_stat *st)
{
	struct item_stat there;
	int end, oserr;

	if (env->walk == NULL || !absolute(path))
		return OWN_PATH_UNKNOWN;
	pulse_call(env->pulse, PULSE_OPEN);
	end = look_up(env->walk->root_fd, path, &there);
	oserr = errno;
	pulse_idle(env->pulse);
	if (end == 0)
		return meta_same(&there, st) ? OWN_PATH_SAME : OWN_PATH_OTHER;
	return oserr == ENOENT || oserr == ENOTDIR || oserr == ELOOP ? OWN_PATH_ABSENT :
		OWN_PATH_UNKNOWN;
}

const char *own_path_word(enum own_path p)
{
	static const char *const words[] = {
		[OWN_PATH_SAME] = "same", [OWN_PATH_OTHER] = "other",
		[OWN_PATH_ABSENT] = "absent", [OWN_PATH_UNKNOWN] = "unknown",
	};

	return words[p];
}

bool own_path_match(const struct source_env *env, struct bytes path, struct plan_match *m)
{
	const struct plan *plan = env->walk != NULL ? env->walk->plan : NULL;
	struct plan_dir dir[2];
	unsigned now = 0;
	size_t at = 0;

	if (plan == NULL || !absolute(path))
		return false;
	plan_root(plan, &dir[now]);
	for (;;) {
		struct bytes name = component(path, &at);
		struct bytes here = { path.p, at };	/* up to its end */
		size_t rest = at;

		if (component(path, &rest).len == 0) {
			plan_match(plan, &dir[now], here, at - name.len, env->walk->category, m);
			return name.len > 0;
		}
		plan_enter(plan, &dir[now], here, at - name.len, &dir[!now]);
		now = !now;
	}
}
