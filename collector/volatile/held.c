#include "collector/volatile/held.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collector/acquire/meta.h"
#include "collector/volatile/own_path.h"
#include "lib/base/fd.h"
#include "lib/base/mountinfo.h"
#include "lib/base/text.h"

#define GONE " (deleted)"		/* d_path of the kernel, fs/d_path.c */
#define GONE_LEN (sizeof(GONE) - 1)

/* Shared memory of the kernel's own making (mm/shmem.c, ipc/shm.c, fs/aio.c, mm/hugetlb.c,
 * drivers of graphics). */
static const char *const anonymous_names[] = {
	"/dev/zero", "/SYSV", "/[aio]", "/anon_hugepage", "/drm mm object", "/i915",
};

static bool begins(struct bytes b, const char *with)
{
	size_t n = strlen(with);

	return b.len >= n && memcmp(b.p, with, n) == 0;
}

/* ===== the link ===== */

static void nothing_known(struct held *h)
{
	h->link = h->path = (struct bytes){ h->text, 0 };
	h->unlinked = h->has_stat = h->memfd = h->anonymous = false;
	h->mount = (struct held_mount){ .id = 0 };
	h->oserr = 0;
	h->syscall = NULL;
}

void held_text(struct held *h, const char *text, size_t n)
{
	n = n < PATH_MAX ? n : PATH_MAX;
	nothing_known(h);
	memcpy(h->text, text, n);
	h->text[n] = '\0';
	h->link = h->path = (struct bytes){ h->text, n };
	h->unlinked = n > GONE_LEN && memcmp(h->text + n - GONE_LEN, GONE, GONE_LEN) == 0;
	if (h->unlinked)
		h->path.len -= GONE_LEN;
}

static bool fail(struct held *h, int oserr, const char *syscall)
{
	h->oserr = oserr;
	h->syscall = syscall;
	return false;
}

bool held_link(struct source_env *env, const struct process *p, const char *name,
	       struct held *h)
{
	char text[PATH_MAX];
	ssize_t n;

	nothing_known(h);
	pulse_call(env->pulse, PULSE_READLINK);
	n = readlinkat(p->fd, name, text, sizeof(text));
	if (n < 0)
		fail(h, errno, "readlinkat");
	pulse_idle(env->pulse);
	if (n >= 0)
		held_text(h, text, (size_t)n);
	return n >= 0;
}

/* ===== the mount ===== */

static bool find_in(struct held_room *room, int at, const char *name, struct pulse *pulse,
		    struct held_mount *m)
{
	struct mountinfo line;
	char *text;

	m->listed = false;
	if (proc_lines_open(&room->lines, at, name, pulse) < 0)
		return false;
	while (!m->listed && (text = proc_lines_next(&room->lines)) != NULL) {
		if (mountinfo_next(&text, &line) != 1 || line.id != m->id)
			continue;
		m->listed = true;
		m->kind = mounts_kind(line.fstype);
		m->dev = found_dev(line.dev_major, line.dev_minor);
		snprintf(m->fstype, sizeof(m->fstype), "%s", line.fstype);
	}
	proc_lines_close(&room->lines);
	return m->listed;
}

/* Where statx(2) does not tell it (before 5.8): "mnt_id:\t27" of our own descriptor.  0 is
 * what the kernel's shared memory has, or not known. */
static uint64_t mount_id(struct source_env *env, struct held_room *room, int fd)
{
	uint64_t id = 0;
	bool found = false;
	char name[40], *line;

	snprintf(name, sizeof(name), "self/fdinfo/%d", fd);
	if (proc_lines_open(&room->lines, env->proc_fd, name, env->pulse) < 0)
		return 0;
	while (!found && (line = proc_lines_next(&room->lines)) != NULL) {
		const char *key = proc_lines_word(&line), *value = proc_lines_word(&line);

		found = key != NULL && value != NULL && strcmp(key, "mnt_id:") == 0 &&
			proc_lines_number(&value, 10, '\0', &id);
	}
	proc_lines_close(&room->lines);
	return id;
}

/* In the table of the process, which stops at its root, or in that of the first one. */
static struct held_mount find_mount(struct source_env *env, struct held_room *room,
				    const struct process *p, uint64_t id)
{
	struct held_mount m = { .id = id };

	for (uint32_t i = 0; i < room->mounts; i++)
		if (room->mount[i].id == id)
			return room->mount[i];
	if (id == 0 || (!find_in(room, p->fd, "mountinfo", env->pulse, &m) &&
			!find_in(room, env->proc_fd, "1/mountinfo", env->pulse, &m)))
		return m;
	room->mount[room->next] = m;
	room->next = (room->next + 1) % HELD_MOUNTS;
	room->mounts += room->mounts < HELD_MOUNTS;
	return m;
}

/* ===== the file ===== */

static void name_kind(struct held *h)
{
	if (h->mount.listed)
		return;
	h->memfd = begins(h->link, "/memfd:");
	for (size_t i = 0; i < sizeof(anonymous_names) / sizeof(anonymous_names[0]); i++)
		h->anonymous |= begins(h->link, anonymous_names[i]);
}

bool held_look(struct source_env *env, struct held_room *room, const struct process *p,
	       const char *name, struct held *h)
{
	int fd CLEANUP(fd_close) = -1;
	int end = -1;

	pulse_call(env->pulse, PULSE_OPEN);
	fd = fd_handle(p->fd, name, 0);
	if (fd < 0)
		fail(h, errno, "openat");
	else if ((end = meta_stat(fd, "", &h->st)) < 0)
		fail(h, errno, "statx");
	pulse_idle(env->pulse);
	h->has_stat = end == 0;
	if (!h->has_stat)
		return false;
	if (h->st.mnt_id == 0)
		h->st.mnt_id = mount_id(env, room, fd);
	h->mount = find_mount(env, room, p, h->st.mnt_id);
	name_kind(h);
	return true;
}

static bool is_ours(const struct walk *w, const struct item_stat *st)
{
	for (size_t i = 0; i < w->self_count; i++)
		if (w->self[i].ino == st->ino && w->self[i].dev_major == st->dev_major &&
		    w->self[i].dev_minor == st->dev_minor)
			return true;
	return false;
}

static bool is_hung(const struct walk *w, uint64_t mount)
{
	for (size_t i = 0; i < w->hung_count; i++)
		if (mount != 0 && w->hung[i] == mount)
			return true;
	return false;
}

/* Why it must not be opened. */
static enum gap refuse(struct source_env *env, const struct held *h)
{
	struct plan_match m;

	if (h->mount.listed && h->mount.kind == MOUNT_REMOTE)
		return GAP_NETWORK_FS;
	if (h->mount.listed && h->mount.kind != MOUNT_LOCAL)
		return GAP_OTHER_FS;
	if (!h->memfd && !h->anonymous && own_path_match(env, h->path, &m) && m.excluded)
		return GAP_EXCLUDED;
	if (env->walk == NULL)
		return GAP_NONE;
	if (is_ours(env->walk, &h->st))
		return GAP_OWN_OUTPUT;
	return is_hung(env->walk, h->st.mnt_id) ? GAP_HUNG_MOUNT : GAP_NONE;
}

void held_file(struct source_env *env, const struct held *h, enum found_by by, pid_t pid,
	       struct found_file *out)
{
	*out = (struct found_file){
		.dev = found_dev(h->st.dev_major, h->st.dev_minor), .ino = h->st.ino,
		.mount = h->st.mnt_id, .pid = pid, .by = by, .depth = DEPTH_CONTENT,
		.gap = refuse(env, h),
	};
	out->dev_mount = h->mount.listed ? h->mount.dev : out->dev;
	memcpy(out->fstype, h->mount.fstype, sizeof(out->fstype));
}

/* ===== as JSON ===== */

void held_json_raw(struct buf *b, const char *key, struct bytes raw)
{
	buf_printf(b, ",\"%s\":", key);
	text_json_escaped(b, raw.p, raw.len);
	if (text_is_plain(raw.p, raw.len))
		return;
	buf_printf(b, ",\"%s_b64\":\"", key);
	text_base64(b, raw.p, raw.len);
	buf_putc(b, '"');
}

static void put_time(struct buf *b, const char *key, struct instant t)
{
	buf_printf(b, ",\"%s\":[%lld,%u]", key, (long long)t.sec, t.nsec);
}

static void put_stat(struct buf *b, const struct item_stat *st)
{
	buf_printf(b, ",\"dev\":\"%u:%u\",\"ino\":%llu,\"nlink\":%u,\"mode\":\"%07o\"",
		   st->dev_major, st->dev_minor, (unsigned long long)st->ino, st->nlink, st->mode);
	buf_printf(b, ",\"uid\":%u,\"gid\":%u,\"size\":%llu,\"blocks\":%llu", st->uid, st->gid,
		   (unsigned long long)st->size, (unsigned long long)st->blocks);
	put_time(b, "mtime", st->mtime);
	put_time(b, "atime", st->atime);
	put_time(b, "ctime", st->ctime);
	if (st->has_btime)
		put_time(b, "btime", st->btime);
}

void held_json(struct buf *b, const struct held *h)
{
	if (h->link.len > 0)
		held_json_raw(b, "link", h->link);
	if (h->has_stat) {
		put_stat(b, &h->st);
		buf_printf(b, ",\"mnt\":%llu", (unsigned long long)h->mount.id);
		if (h->mount.listed)
			held_json_raw(b, "fstype", (struct bytes){ h->mount.fstype,
								   strlen(h->mount.fstype) });
		buf_printf(b, ",\"memfd\":%s", h->memfd ? "true" : "false");
	}
	if (h->oserr != 0)
		buf_printf(b, ",\"errno\":%d,\"syscall\":\"%s\"", h->oserr, h->syscall);
}
