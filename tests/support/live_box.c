#include "tests/support/live_box.h"

#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int box_begin(struct sink *to, const struct item *it)
{
	struct live_box *b = (struct live_box *)to;
	struct live_item *i = &b->items[b->count];

	ck_assert_uint_lt(b->count, LIVE_BOX_ITEMS);
	b->count++;
	ck_assert_msg(it->live, "an item of a source that is not live");
	snprintf(i->name, sizeof(i->name), "%.*s", (int)it->path.len, (const char *)it->path.p);
	ck_assert_msg(live_box_find(b, i->name) == i, "%s came twice", i->name);
	snprintf(i->artifact, sizeof(i->artifact), "%s", it->artifact);
	i->has_content = it->type == ITEM_FILE;
	i->depth = it->depth;
	i->has_stat = it->has_stat;
	i->st = it->st;
	i->noatime = it->noatime;
	i->extents = it->extents == NULL ? 0 : it->extent_count;
	i->promise = it->promise;
	buf_init(&i->data, 64u << 20);
	return b->count == b->refuse_at ? -1 : 0;
}

static int box_write(struct sink *to, const void *data, size_t n)
{
	struct live_box *b = (struct live_box *)to;

	buf_add(&b->items[b->count - 1].data, data, n);
	return 0;
}

static int box_end(struct sink *to, const struct item_end *how)
{
	struct live_box *b = (struct live_box *)to;
	struct live_item *i = &b->items[b->count - 1];

	i->how = *how;
	ck_assert_msg(how->gap != GAP_NONE || !i->has_content || i->depth != DEPTH_CONTENT ||
		      i->extents != 0 || i->data.failed || i->promise > INT64_MAX ||
		      i->data.len == i->promise,
		      "%s: %zu bytes came, %llu were promised", i->name, i->data.len,
		      (unsigned long long)i->promise);
	return 0;
}

void live_box_exclude(struct live_box *b, const char *glob)
{
	const struct plan_request request = { .profile = "triage", .exclude = &glob,
					      .exclude_count = glob != NULL };

	plan_free((struct plan *)(uintptr_t)b->walk.plan);
	b->walk.plan = plan_new(&request, NULL, NULL);
	ck_assert_ptr_nonnull(b->walk.plan);
}

struct live_box *live_box_new(void)
{
	struct live_box *b = calloc(1, sizeof(*b));

	ck_assert_ptr_nonnull(b);
	b->items = calloc(LIVE_BOX_ITEMS, sizeof(b->items[0]));
	ck_assert_ptr_nonnull(b->items);
	b->sink = (struct sink){ box_begin, box_write, box_end };
	b->env.to = &b->sink;
	b->env.pulse = &b->pulse;
	b->env.at = &b->at;
	b->env.stop = &b->stop;
	b->env.category = "test";
	b->env.artifact = "test";
	b->walk.category = CATEGORY_PROCESS;
	b->walk.root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	b->walk.item_seconds = 60;
	live_box_exclude(b, NULL);
	b->env.walk = &b->walk;
	source_open(&b->env);
	return b;
}

void live_box_free(struct live_box *b)
{
	source_close(&b->env);
	plan_free((struct plan *)(uintptr_t)b->walk.plan);
	close(b->walk.root_fd);
	for (size_t i = 0; i < b->count; i++)
		buf_release(&b->items[i].data);
	free(b->items);
	free(b);
}

const struct live_item *live_box_find(const struct live_box *b, const char *name)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->items[i].name, name) == 0)
			return &b->items[i];
	return NULL;
}

const struct live_item *live_box_get(const struct live_box *b, const char *fmt, ...)
{
	const struct live_item *i;
	char name[300];
	va_list args;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	i = live_box_find(b, name);
	ck_assert_msg(i != NULL, "%s did not come", name);
	return i;
}

size_t live_box_count(const struct live_box *b, const char *prefix)
{
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++)
		n += strncmp(b->items[i].name, prefix, strlen(prefix)) == 0;
	return n;
}

size_t live_box_gaps(const struct live_box *b, enum gap gap)
{
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++)
		n += b->items[i].how.gap == gap;
	return n;
}

bool live_item_has(const struct live_item *i, const void *data, size_t n)
{
	return i->data.len >= n && memmem(i->data.p, i->data.len, data, n) != NULL;
}

uint64_t live_box_netns(pid_t pid)
{
	char path[64], target[64] = "";
	unsigned long long ino = 0;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	if (readlink(path, target, sizeof(target) - 1) > 0)
		sscanf(target, "net:[%llu]", &ino);
	return ino;
}

static void child(void (*prepare)(void), int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNET) < 0)
		_exit(1);
	if (prepare != NULL)
		prepare();
	if (write(ready, "", 1) == 1)
		for (;;)
			pause();
	_exit(1);
}

pid_t live_box_child(void (*prepare)(void), uint64_t *netns)
{
	int ends[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		child(prepare, ends[1]);
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = 0;
	}
	close(ends[0]);
	*netns = pid == 0 ? 0 : live_box_netns(pid);
	return pid;
}

void live_box_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
