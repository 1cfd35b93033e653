/*
 * On request: ext4 file systems read from their devices and held against what the kernel
 * lists, so that what a hook in the kernel's file system code hides comes to light.
 *
 * The only source that opens a device: by number, in a place of our own, for reading.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "collector/raw/device.h"
#include "collector/volatile/raw_view.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"
#include "lib/base/mountinfo.h"

#define DEVICES_MAX 64u
#define TABLE_MAX (16u << 20)		/* bytes of mountinfo */
#define MOUNTS_MAX 4096u
#define CHUNK 65536u

static const char *const types[] = { "ext4", "ext3", "ext2" };

/* A device, opened or not. */
struct device {
	size_t mount;			/* number of its first mount in the table */
	int fd, oserr;
	const char *call;		/* that failed */
};

/* Mounts of these types; strings point into text. */
struct table {
	struct buf text;
	struct mountinfo *m;
	size_t n;
	struct device device[DEVICES_MAX];
	size_t devices;
};

static bool is_ours(const char *fstype)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i], fstype) == 0)
			return true;
	return false;
}

static int read_table(struct source_env *env, struct table *t)
{
	int fd CLEANUP(fd_close) =
		openat(env->proc_fd, "self/mountinfo", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct mountinfo one;
	char *room, *at;
	ssize_t n = 0;
	int got;

	buf_init(&t->text, TABLE_MAX);
	t->m = calloc(MOUNTS_MAX, sizeof(*t->m));
	if (fd < 0 || t->m == NULL)
		return -1;
	while ((room = buf_room(&t->text, CHUNK)) != NULL &&
	       (n = fd_read_full(fd, room, CHUNK)) > 0)
		t->text.len += (size_t)n;
	buf_putc(&t->text, '\0');
	if (n < 0 || t->text.failed)
		return -1;
	at = t->text.p;
	while (t->n < MOUNTS_MAX && (got = mountinfo_next(&at, &one)) != 0)
		if (got > 0 && is_ours(one.fstype))
			t->m[t->n++] = one;
	return 0;
}

static bool same_device(const struct mountinfo *a, const struct mountinfo *b)
{
	return a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
}

static bool is_first(const struct table *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_device(&t->m[k], &t->m[i]))
			return false;
	return true;
}

/* Every mount of the device, under its own path: the plan may name only one of them. */
static void compare_mounts(struct raw_view *v, const struct table *t, size_t first)
{
	for (size_t i = first; i < t->n && !raw_view_over(v); i++)
		if (same_device(&t->m[first], &t->m[i]))
			raw_view_mount(v, t->m[i].path);
}

static void compare_device(struct raw_view *v, const struct table *t, size_t first, int fd)
{
	enum ext4_end end;

	raw_view_begin(v);
	v->fs = ext4_open(fd, v->watch, &end);
	pulse_idle(v->env->pulse);
	if (v->fs == NULL) {
		answer_note(v->lines, "\"device\":\"%s\"", ext4_word(end));
		answer_fail(v->lines, end == EXT4_READ ? GAP_IO_ERROR : GAP_UNSUPPORTED,
			    v->watch->oserr, end == EXT4_READ ? "pread" : NULL);
	} else if (raw_tell_file_system(v) == 0) {
		compare_mounts(v, t, first);
		if (!v->broken && raw_tell_orphans(v) == 0)
			raw_tell_totals(v);
	}
	if (v->limit != NULL)
		answer_fail(v->lines, source_stopped(v->env) ? GAP_CUT : GAP_INCOMPLETE, 0, NULL);
	ext4_close(v->fs);
	raw_view_end(v);
	pulse_idle(v->env->pulse);
}

/* By the way that leaves no trace in the namespace, where the kernel has it. */
static int open_device(struct source_env *env, const struct mountinfo *m, const char **call)
{
	int fd;

	pulse_call(env->pulse, PULSE_OPEN);
	fd = device_open(DEVICE_DETACHED, m->dev_major, m->dev_minor, call);
	if (fd < 0 && errno == ENOSYS)
		fd = device_open(DEVICE_HIDDEN, m->dev_major, m->dev_minor, call);
	pulse_idle(env->pulse);
	return fd;
}

/* All of them, before anything of one is read: what is on a device was perhaps made to take
 * us over, and then there is no right left to make the node of another. */
static void open_devices(struct source_env *env, struct table *t)
{
	for (size_t i = 0; i < t->n && t->devices < DEVICES_MAX; i++) {
		struct device *d = &t->device[t->devices];

		if (!is_first(t, i))
			continue;
		t->devices++;
		d->mount = i;
		d->fd = open_device(env, &t->m[i], &d->call);
		d->oserr = errno;
	}
	if (env->shed != NULL)
		env->shed(env->shed_ctx);
}

static int take_device(struct source_env *env, const struct table *t, const struct device *d)
{
	const struct mountinfo *m = &t->m[d->mount];
	struct ext4_watch watch = { 0 };
	struct answer lines;
	struct raw_view *v;
	int end;

	answer_begin(&lines, env, "raw/%u-%u/ext4", m->dev_major, m->dev_minor);
	answer_note(&lines, "\"request\":\"directories and inodes of block device %u:%u by "
		    "libext2fs, against getdents64 and statx\"", m->dev_major, m->dev_minor);
	v = calloc(1, sizeof(*v));
	if (d->fd < 0) {
		answer_errno(&lines, d->oserr, d->call);
	} else if (v == NULL) {
		answer_fail(&lines, GAP_INTERNAL, ENOMEM, NULL);
	} else {
		v->env = env;
		v->lines = &lines;
		v->watch = &watch;
		v->dev_major = m->dev_major;
		v->dev_minor = m->dev_minor;
		compare_device(v, t, d->mount, d->fd);
	}
	end = v != NULL && v->broken ? -1 : 0;
	free(v);
	return answer_end(&lines) < 0 || end < 0 ? -1 : 0;
}

int raw_ext4_run(struct source_env *env)
{
	struct table t = { .n = 0 };
	int end = 0;

	if (!env->raw_ext4)
		return 0;
	if (read_table(env, &t) != 0)
		end = answer_refused(env, "raw/ext4", errno, "openat");
	open_devices(env, &t);
	for (size_t i = 0; i < t.devices; i++) {
		if (end == 0)
			end = source_stopped(env) ? 1 : take_device(env, &t, &t.device[i]);
		fd_close(&t.device[i].fd);
	}
	free(t.m);
	buf_release(&t.text);
	return end;
}
