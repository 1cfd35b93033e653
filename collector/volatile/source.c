#include "collector/volatile/source.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include "collector/volatile/found.h"
#include "collector/volatile/netns.h"
#include "lib/base/fd.h"

const struct source source_rows[] = {
#define SOURCE(id, category, when, needs, run, reason) \
	{ #id, CATEGORY_##category, SOURCE_##when, needs, run, reason },
#include "collector/volatile/sources.def"
#undef SOURCE
};

const size_t source_count = sizeof(source_rows) / sizeof(source_rows[0]);

/* Somebody may have mounted something else where /proc should be. */
static int open_proc(void)
{
	int fd CLEANUP(fd_close) = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return -1;
	return fd_take(&fd);
}

void source_open(struct source_env *env)
{
	struct utsname name;

	if (uname(&name) == 0) {
		strncpy(env->release, name.release, sizeof(env->release) - 1);
		env->release[sizeof(env->release) - 1] = '\0';
	}
	env->proc_fd = open_proc();
	env->symbols = (struct symbols){ .state = SYMBOLS_UNREAD };
	env->netns = NULL;
	env->programs = NULL;
	env->first_pass_ns = 0;
}

void source_close(struct source_env *env)
{
	netns_free(env->netns);
	env->netns = NULL;
	found_free(env->programs);
	env->programs = NULL;
	fd_close(&env->proc_fd);
}

static void put_name(struct cursor *at, const char *name)
{
	size_t n = strlen(name);

	at->path[0] = '/';
	memcpy(at->path + 1, name, n);
	at->path_len = (uint32_t)n + 1;
	at->depth = 1;
	at->end[0] = at->path_len;
	at->next[0] = 0;
}

/* Where we are, for whoever takes over from us. */
static void announce(struct source_env *env, size_t i)
{
	struct cursor *at = env->at;

	at->row = UINT32_MAX;
	at->mount = 0;
	at->step[0] = at->step[1] = 0;
	put_name(at, source_rows[i].id);
	at->live = (uint32_t)i + 1;
}

void source_step(struct source_env *env, const char *name, uint64_t a, uint64_t b)
{
	put_name(env->at, name);
	env->at->step[0] = a;
	env->at->step[1] = b;
}

size_t source_from(struct source_env *env, const struct cursor *lost)
{
	bool again = lost->step[0] != 0 || lost->step[1] != 0;

	memcpy(env->behind, lost->step, sizeof(env->behind));
	return again ? lost->live - 1 : lost->live;
}

/* Of memory its size is known before, and who plans has to have room for it. */
static uint64_t size_of(const struct source *s)
{
	struct sysinfo about;

	if (s->run != memory_run || sysinfo(&about) < 0)
		return ITEM_SIZE_UNKNOWN;
	return (uint64_t)about.totalram * about.mem_unit;
}

/* What --plan shows of a row. */
static int name_only(struct source_env *env, const struct source *s)
{
	struct item it = { .path = { s->id, strlen(s->id) }, .category = env->category,
			   .artifact = s->id, .type = ITEM_FILE, .depth = DEPTH_CONTENT,
			   .live = true, .promise = size_of(s) };
	struct item_end how = { .gap = GAP_NONE };

	it.opened = how.closed = clock_read();
	return env->to->begin(env->to, &it) < 0 || env->to->end(env->to, &how) < 0 ? -1 : 0;
}

/* A row that opens a device or takes memory runs when somebody asks for it, not because a
 * profile has it. */
static bool wanted(const struct source_env *env, const struct source *s)
{
	return (s->run != raw_ext4_run || env->raw_ext4) &&
	       (s->run != memory_run || env->physical) &&
	       (s->run != process_memory_run || env->processes != NULL);
}

int source_run(struct source_env *env, enum category c, enum source_when when, size_t first)
{
	int end = 0;

	for (size_t i = first; i < source_count && end == 0; i++) {
		const struct source *s = &source_rows[i];

		if (s->category != c || s->when != when || !wanted(env, s))
			continue;
		if (source_stopped(env))
			return 1;
		env->category = artifact_category_word(c);
		env->artifact = s->id;
		announce(env, i);
		end = env->dry ? name_only(env, s) : s->run(env);
		pulse_idle(env->pulse);
		memset(env->behind, 0, sizeof(env->behind));
	}
	env->at->live = 0;
	env->at->mount = 0;
	env->at->step[0] = env->at->step[1] = 0;
	env->at->depth = 0;
	env->at->path_len = 0;
	return end;
}

const struct source *source_at(const struct cursor *c)
{
	return c->live == 0 || c->live > source_count ? NULL : &source_rows[c->live - 1];
}

bool source_stopped(const struct source_env *env)
{
	return atomic_load(env->stop) != 0;
}
