#include "collector/volatile/ours.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/volatile/pages.h"
#include "collector/volatile/proc_lines.h"
#include "collector/volatile/region.h"
#include "lib/base/fd.h"

#define FRAME(entry) ((entry) & ((UINT64_C(1) << 55) - 1))

/* A walk over the mappings of one of our processes. */
struct search {
	struct pages pages;
	struct memory_runs *out;
	struct region region;
	bool failed;
};

static int open_below(struct source_env *env, pid_t pid, const char *name, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%d/%s", (int)pid, name);
	pulse_call(env->pulse, PULSE_OPEN);
	fd = openat(env->proc_fd, path, flags | O_CLOEXEC);
	pulse_idle(env->pulse);
	return fd;
}

unsigned long long ours_field(struct source_env *env, int dir, unsigned field)
{
	int fd CLEANUP(fd_close) = openat(dir, "stat", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char text[2048];
	const char *at;
	ssize_t n;

	if (fd < 0)
		return 0;
	pulse_call(env->pulse, PULSE_READ);
	n = read(fd, text, sizeof(text) - 1);
	pulse_idle(env->pulse);
	text[n > 0 ? n : 0] = '\0';
	at = strrchr(text, ')');	/* the name before it may hold anything */
	for (unsigned i = 2; at != NULL && i < field; i++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

struct ours ours_find(struct source_env *env)
{
	struct ours o = { .nursery = getppid(), .recorder = -1 };
	int dir CLEANUP(fd_close) = open_below(env, o.nursery, "", O_PATH | O_DIRECTORY);
	unsigned long long parent = dir < 0 ? 0 : ours_field(env, dir, 4);

	if (parent != 0)
		o.recorder = (pid_t)parent;
	return o;
}

/* False if the frame is new and cannot be kept. */
static bool remember(struct memory_runs *out, uint64_t first, uint64_t last)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->run[i].first == first)
			return true;
	return memory_map_add(out, (struct memory_run){ first, last, 0 });
}

/* The pages of a mapping, each by itself: neighbours need not be neighbours in memory. */
static void add_frames(struct search *s)
{
	struct pages *p = &s->pages;

	for (uint64_t at = s->region.first; at < s->region.last; at += p->size) {
		uint64_t entry, frame;

		if (pages_look(p, at, &entry, 1) != 1) {
			s->failed = true;
			return;
		}
		if (!pages_private(entry))
			continue;
		frame = FRAME(entry) * p->size;
		if (frame == 0 || !remember(s->out, frame, frame + p->size - 1))
			s->failed = true;
	}
}

static void on_line(struct search *s, const char *line)
{
	size_t n = strlen(line);

	if (region_begin(line, n, &s->region))
		return;
	region_detail(line, n, &s->region);
	if (s->region.secret)
		add_frames(s);
	s->region.secret = false;
}

bool ours_frames(struct source_env *env, pid_t pid, struct memory_runs *out)
{
	static struct proc_lines lines;		/* too large for the stack */
	struct search s = { .out = out };
	int dir CLEANUP(fd_close) = open_below(env, pid, "", O_PATH | O_DIRECTORY);
	int pagemap CLEANUP(fd_close) = open_below(env, pid, "pagemap", O_RDONLY);
	const char *line;

	if (pid <= 0 || dir < 0 || pagemap < 0 ||
	    proc_lines_open(&lines, dir, "smaps", env->pulse) < 0)
		return false;
	s.pages = (struct pages){ .env = env, .fd = pagemap,
				  .size = (uint64_t)sysconf(_SC_PAGESIZE) };
	while (!source_stopped(env) && (line = proc_lines_next(&lines)) != NULL)
		on_line(&s, line);
	proc_lines_close(&lines);
	return lines.oserr == 0 && !source_stopped(env) && !s.failed;
}
