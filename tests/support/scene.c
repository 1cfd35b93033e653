#include "tests/support/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/leftover.h"

#define MOUNTINFO_MAX (4u << 20)

static char base[64];

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "scene: %s: %s\n", what, strerror(errno));
	abort();
}

/* ===== the sink ===== */

static struct bytes keep(char **room, struct bytes b)
{
	struct bytes kept = { *room, b.len };

	if (b.len > 0)
		memcpy(*room, b.p, b.len);
	(*room)[b.len] = '\0';
	*room += b.len + 1;
	return kept;
}

static int take_begin(struct sink *to, const struct item *it)
{
	struct scene *s = (struct scene *)(void *)((char *)to - offsetof(struct scene, sink));
	struct scene_item *i;
	char *p;

	must(!s->open, "begin within an item");
	if (s->fail_after != 0 && s->count + 1 >= s->fail_after)
		return -1;
	if ((s->count & (s->count - 1)) == 0)	/* full: a power of two, or none yet */
		s->item = realloc(s->item, (s->count == 0 ? 1 : 2 * s->count) * sizeof(*s->item));
	must(s->item != NULL, "realloc");
	i = &s->item[s->count++];
	*i = (struct scene_item){ .it = *it };
	i->text = p = malloc(it->path.len + it->link.len + it->xattrs.len + it->hardlink.len + 4);
	must(p != NULL, "malloc");
	i->it.path = keep(&p, it->path);
	i->it.link = keep(&p, it->link);
	i->it.xattrs = keep(&p, it->xattrs);
	i->it.hardlink = keep(&p, it->hardlink);
	if (it->extents != NULL) {
		i->extents = calloc(it->extent_count + 1, sizeof(*i->extents));
		must(i->extents != NULL, "calloc");
		memcpy(i->extents, it->extents, it->extent_count * sizeof(*i->extents));
		i->it.extents = i->extents;
	}
	s->open = true;
	s->writes = 0;
	return 0;
}

static int take_write(struct sink *to, const void *data, size_t n)
{
	struct scene *s = (struct scene *)(void *)((char *)to - offsetof(struct scene, sink));
	struct scene_item *i = &s->item[s->count - 1];

	must(s->open, "write outside of an item");
	if (i->data == NULL)
		i->data = calloc(1, SCENE_KEEP + 1);
	must(i->data != NULL, "calloc");
	if (i->bytes < SCENE_KEEP)
		memcpy(i->data + i->bytes, data, n < SCENE_KEEP - i->bytes ? n : SCENE_KEEP - i->bytes);
	i->bytes += n;
	if (s->writes++ == 0 && s->meanwhile != NULL)
		s->meanwhile(s, &i->it);
	return 0;
}

static int take_end(struct sink *to, const struct item_end *how)
{
	struct scene *s = (struct scene *)(void *)((char *)to - offsetof(struct scene, sink));
	struct scene_item *i = &s->item[s->count - 1];

	must(s->open, "end outside of an item");
	s->open = false;
	i->how = *how;
	if (s->keep_cursors) {
		i->at = malloc(sizeof(*i->at));
		must(i->at != NULL, "malloc");
		memcpy(i->at, s->at, sizeof(*i->at));
	}
	return 0;
}

/* ===== the directory ===== */

void scene_setup(void)
{
	struct rlimit files;

	/* one descriptor for each of a thousand levels */
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	strcpy(base, "/tmp/scene.XXXXXX");
	/* some tests look at it as somebody else */
	must(mkdtemp(base) != NULL && chmod(base, 0755) == 0, "mkdtemp");
}

void scene_teardown(void)
{
	leftover_remove(AT_FDCWD, base);
	if (access(base, F_OK) == 0)
		fprintf(stderr, "scene: %s remains\n", base);
}

static struct mounts *read_mounts(const char *root)
{
	char *text = malloc(MOUNTINFO_MAX);
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd_read_full(fd, text, MOUNTINFO_MAX);
	struct mounts *m = mounts_parse(text, n > 0 ? (size_t)n : 0, (struct bytes){ NULL, 0 }, root,
					NULL);

	must(m != NULL, "mounts_parse");
	fd_close(&fd);
	free(text);
	return m;
}

void scene_open(struct scene *s)
{
	*s = (struct scene){ .fd = -1 };
	snprintf(s->dir, sizeof(s->dir), "%s/XXXXXX", base);
	must(mkdtemp(s->dir) != NULL && chmod(s->dir, 0755) == 0, "mkdtemp");
	s->fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(s->fd >= 0, "open");
	s->sink = (struct sink){ take_begin, take_write, take_end };
	s->at = calloc(1, sizeof(*s->at));
	must(s->at != NULL, "calloc");
	s->walk = (struct walk){
		.root_fd = s->fd, .proc_fd = -1, .item_seconds = 30, .to = &s->sink, .at = s->at,
		.pulse = &s->pulse, .stop = &s->stop,
	};
}

void scene_forget(struct scene *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->item[i].text);
		free(s->item[i].data);
		free(s->item[i].extents);
		free(s->item[i].at);
	}
	free(s->item);
	s->item = NULL;
	s->count = 0;
	s->open = false;
}

void scene_close(struct scene *s)
{
	scene_forget(s);
	free(s->at);
	links_free(s->walk.links);
	mounts_free(s->mounts);
	close(s->fd);
}

static void make_parents(struct scene *s, const char *path)
{
	char part[ITEM_PATH_MAX];

	for (const char *p = strchr(path, '/'); p != NULL; p = strchr(p + 1, '/')) {
		memcpy(part, path, (size_t)(p - path));
		part[p - path] = '\0';
		if (p != path && mkdirat(s->fd, part, 0755) != 0)
			must(errno == EEXIST, path);
	}
}

void scene_dir(struct scene *s, const char *path)
{
	make_parents(s, path + 1);
	must(mkdirat(s->fd, path + 1, 0755) == 0, path);
}

void scene_file(struct scene *s, const char *path, const void *data, size_t n)
{
	int fd;

	make_parents(s, path + 1);
	fd = openat(s->fd, path + 1, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	must(fd >= 0 && fd_write_all(fd, data, n) == 0, path);
	close(fd);
}

void scene_text(struct scene *s, const char *path, const char *text)
{
	scene_file(s, path, text, strlen(text));
}

void scene_link(struct scene *s, const char *path, const char *target)
{
	make_parents(s, path + 1);
	must(symlinkat(target, s->fd, path + 1) == 0, path);
}

/* ===== the walk ===== */

static size_t count_globs(const char *const *globs)
{
	size_t n = 0;

	while (n < SCENE_GLOBS && globs[n] != NULL)
		n++;
	return n;
}

int scene_walk(struct scene *s, enum category c, const struct cursor *from)
{
	struct plan_request request = {
		.include = s->include, .include_count = count_globs(s->include),
		.exclude = s->exclude, .exclude_count = count_globs(s->exclude),
		.file_max = s->file_max, .private_keys = s->private_keys,
	};
	struct plan *plan = plan_new(&request, NULL, NULL);
	int status;

	must(plan != NULL, "plan_new");
	if (s->mounts == NULL)
		s->mounts = read_mounts(s->dir);
	s->walk.plan = plan;
	s->walk.mounts = s->mounts;
	s->walk.category = c;
	status = walk_run(&s->walk, from);
	plan_free(plan);
	return status;
}

size_t scene_times(const struct scene *s, struct bytes path)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->item[i].it.path.len == path.len &&
		     memcmp(s->item[i].it.path.p, path.p, path.len) == 0;
	return n;
}

const struct scene_item *scene_find(const struct scene *s, const char *path)
{
	const struct scene_item *found = NULL;

	for (size_t i = 0; i < s->count; i++) {
		const struct bytes *p = &s->item[i].it.path;

		if (p->len != strlen(path) || memcmp(p->p, path, p->len) != 0)
			continue;
		must(found == NULL, "an object was given twice");
		found = &s->item[i];
	}
	return found;
}
