#include "collector/host/glass.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "collector/host/kernelfs.h"
#include "collector/host/risk.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/fd.h"
#include "lib/base/mountinfo.h"
#include "lib/base/text.h"

#define TABLE_MAX (32u << 20)		/* bytes of mountinfo */
#define NOTE_MAX 32768u			/* bytes of one note: a path, escaped */

/* What every mount becomes.  MS_NOSYMFOLLOW is left out: it would break
 * /proc/PID/exe, cwd and root. */
#define GLASS_FLAGS (MS_RDONLY | MS_NOATIME | MS_NODEV | MS_NOEXEC | MS_NOSUID)

/* mount_setattr(2), Linux 5.12; the C library need not know it yet. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#define SETATTR_RECURSIVE 0x8000u
#define SETATTR_RDONLY 0x01u
#define SETATTR_NOSUID 0x02u
#define SETATTR_NODEV 0x04u
#define SETATTR_NOEXEC 0x08u
#define SETATTR_NOATIME 0x10u
#define SETATTR_ATIME_MASK 0x70u
struct setattr {
	uint64_t attr_set, attr_clr, propagation, userns_fd;
};

/* The mount table as it was read last. */
struct table {
	struct buf text;
	struct mountinfo *m;
	enum risk *risk;
	size_t n;
};

static void table_release(struct table *t)
{
	buf_release(&t->text);
	free(t->m);
	free(t->risk);
	*t = (struct table){ 0 };
}

/* Adds a line "what: path how (errno)"; path and oserr may be absent. */
static void note(struct glass *g, const char *what, const char *path, const char *how, int oserr)
{
	struct buf b;

	buf_init(&b, NOTE_MAX);
	buf_printf(&b, "%s: ", what);
	if (path != NULL) {
		text_escape(&b, path, strlen(path));
		buf_putc(&b, ' ');
	}
	buf_puts(&b, how);
	if (oserr != 0)
		buf_printf(&b, " (%s)", err_name(oserr));
	buf_putc(&b, '\n');
	if (b.failed || b.len > GLASS_NOTES_MAX - g->notes_len) {
		g->notes_full = true;
	} else {
		memcpy(g->notes + g->notes_len, b.p, b.len);
		g->notes_len += (uint32_t)b.len;
	}
	buf_release(&b);
}

static bool is_proc(int fd)
{
	struct statfs s;

	return fstatfs(fd, &s) == 0 && s.f_type == PROC_SUPER_MAGIC;
}

/* A procfs of our own over /proc; whatever was there before is out of sight.
 * No options: before Linux 5.8 they would change the host's own instance. */
static int proc_mount(void)
{
	char self[32];

	if (mount("proc", "/proc", "proc", GLASS_FLAGS, NULL) != 0)
		return -1;
	if (readlink("/proc/self", self, sizeof(self)) > 0)
		return 0;
	/* The process ids of this instance are not ours (an odd pid namespace). */
	umount2("/proc", MNT_DETACH | UMOUNT_NOFOLLOW);
	errno = ESRCH;
	return -1;
}

/* Opens our mount table in a procfs that nobody else could prepare, if
 * possible; the descriptor outlives that instance. */
static int table_open(bool is_private)
{
	int fd CLEANUP(fd_close) = -1;
	bool own = is_private && proc_mount() == 0;

	fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (own)
		umount2("/proc", MNT_DETACH | UMOUNT_NOFOLLOW);
	if (fd >= 0 && !is_proc(fd)) {
		errno = EMEDIUMTYPE;
		return -1;
	}
	return fd_take(&fd);
}

static int read_text(int fd, struct buf *b)
{
	buf_init(b, TABLE_MAX);
	if (lseek(fd, 0, SEEK_SET) != 0)
		return -1;
	for (;;) {
		char *room = buf_room(b, 65536);
		ssize_t n;

		if (room == NULL) {
			errno = ENOMEM;
			return -1;
		}
		n = fd_read_full(fd, room, 65536);
		if (n < 0)
			return -1;
		b->len += (size_t)n;
		if (n < 65536)
			return 0;
	}
}

static int table_read(struct table *t, int fd, const char *root)
{
	size_t lines = 1;
	char *text;
	int got;

	table_release(t);
	if (read_text(fd, &t->text) != 0)
		return -1;
	for (size_t i = 0; i < t->text.len; i++)
		lines += t->text.p[i] == '\n';
	buf_putc(&t->text, '\0');
	t->m = calloc(lines, sizeof(*t->m));
	t->risk = calloc(lines, sizeof(*t->risk));
	if (t->text.failed || t->m == NULL || t->risk == NULL) {
		errno = ENOMEM;
		return -1;
	}
	text = t->text.p;
	while ((got = mountinfo_next(&text, &t->m[t->n])) != 0)
		t->n += got > 0;
	risk_decide(t->m, t->n, root, t->risk);
	return 0;
}

/* Is no mount shared with the host any more?  Only then may mounts be added or
 * taken away. */
static bool table_is_private(const struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strstr(t->m[i].tags, "shared:") != NULL)
			return false;
	}
	return t->n > 0;
}

/* Remembers a mount point that was detached. */
static void remember(struct glass *g, const char *path)
{
	size_t n = strlen(path) + 1;

	/* Where mounts were stacked the place is named once. */
	for (size_t i = 0; i < g->gone_len; i += strlen(g->gone + i) + 1)
		if (strcmp(g->gone + i, path) == 0)
			return;
	if (n > GLASS_GONE_MAX - g->gone_len) {
		note(g, "unenforced", path, "detached, and missing from the manifest: no room", 0);
		return;
	}
	memcpy(g->gone + g->gone_len, path, n);
	g->gone_len += (uint32_t)n;
}

static void detach(struct glass *g, const struct table *t)
{
	for (size_t i = t->n; i-- > 0; ) {
		const struct mountinfo *m = &t->m[i];

		if (t->risk[i] == RISK_NEEDED)
			note(g, "unenforced", m->path, "is remote, but to be read", 0);
		else if (t->risk[i] == RISK_BELOW)
			note(g, "detached", m->path, "with the mount above it", 0);
		if (t->risk[i] == RISK_BELOW)
			g->mounts_detached++;
		if (t->risk[i] != RISK_DETACH)
			continue;
		if (umount2(m->path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0) {
			g->mounts_detached++;
			note(g, "detached", m->path, m->fstype, 0);
			remember(g, m->path);
		} else {
			note(g, "unenforced", m->path, "could not be detached", errno);
		}
	}
}

/* Mounts copied from another user's namespace keep how they treat access times; that
 * they are read-only is enough. */
static int harden_all(void)
{
	struct setattr a = {
		.attr_set = SETATTR_RDONLY | SETATTR_NOSUID | SETATTR_NODEV | SETATTR_NOEXEC |
			    SETATTR_NOATIME,
		.attr_clr = SETATTR_ATIME_MASK,
	};

	if (syscall(SYS_mount_setattr, AT_FDCWD, "/", SETATTR_RECURSIVE, &a, sizeof(a)) == 0)
		return 0;
	if (errno != EPERM)
		return -1;
	a.attr_set &= ~(uint64_t)SETATTR_NOATIME;
	a.attr_clr = 0;
	return (int)syscall(SYS_mount_setattr, AT_FDCWD, "/", SETATTR_RECURSIVE, &a, sizeof(a));
}

static int remount(const char *path, unsigned long flags)
{
	return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags, NULL);
}

static void harden_each(struct glass *g, const struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->risk[i] != RISK_STAY || risk_covered(t->m, t->n, i))
			continue;
		if (remount(t->m[i].path, GLASS_FLAGS) != 0 &&
		    remount(t->m[i].path, GLASS_FLAGS & ~MS_NOATIME) != 0)
			note(g, "unenforced", t->m[i].path, "could not be remounted", errno);
	}
}

/* What the kernel says now, not what we asked for.  ${root}: the mount that holds "/" is
 * done, though it need not be in the table. */
static void verify(struct glass *g, const struct table *t, bool root)
{
	g->noatime = root || t->n > 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct mountinfo *m = &t->m[i];
		bool ro = mountinfo_has(m->options, "ro") || mountinfo_has(m->super_options, "ro");

		root = root || strcmp(m->path, "/") == 0;
		if (risk_covered(t->m, t->n, i))
			continue;
		if (ro) {
			g->mounts_readonly++;
			continue;
		}
		g->mounts_failed++;
		note(g, "unenforced", m->path, "is still writable", 0);
		if (!mountinfo_has(m->options, "noatime"))
			g->noatime = false;
	}
	if (!root) {
		g->noatime = false;
		note(g, "unenforced", NULL, "/ is no mount point (chroot): it stays as it is", 0);
	}
}

/* Text of /proc/filesystems; "" if it cannot be read. */
static void read_filesystems(struct buf *b)
{
	int fd CLEANUP(fd_close) = open("/proc/filesystems", O_RDONLY | O_CLOEXEC | O_NOCTTY);

	buf_init(b, TABLE_MAX);
	if (fd >= 0 && is_proc(fd) && read_text(fd, b) == 0)
		return;
	buf_clear(b);
}

/* What the kernel would show and nobody has mounted.  One place may lie on another of the
 * rows, so that what we mounted is looked at anew by the caller. */
static void add_kernelfs(struct glass *g, const struct table *t)
{
	struct buf known;

	read_filesystems(&known);
	for (size_t i = 0; i < kernelfs_count; i++) {
		const struct kernelfs *row = &kernelfs_rows[i];

		switch (kernelfs_mount(row, t->m, t->n, buf_cstr(&known))) {
		case KERNELFS_MOUNTED:
			note(g, "mounted", row->path, row->type, 0);
			break;
		case KERNELFS_FAILED:
			note(g, "not-mounted", row->path, row->type, errno);
			break;
		default:
			break;
		}
	}
	buf_release(&known);
}

/* Steps that change our namespace.  ${table} is an open mountinfo of ours. */
static void put_up(struct glass *g, struct table *t, int table, const char *root)
{
	if (table_read(t, table, root) != 0) {
		note(g, "unenforced", NULL, "the mount table cannot be read", errno);
		return;
	}
	g->mounts_seen = (uint32_t)t->n;
	if (!g->namespace_private)
		note(g, "unenforced", NULL, "mounts are shared with the host: none is detached", 0);
	else
		detach(g, t);
	if (harden_all() != 0) {
		note(g, "mounts", NULL, "set one by one, not in one call", errno);
		harden_each(g, t);
	}
	if (g->namespace_private) {
		g->own_proc = proc_mount() == 0;
		if (!g->own_proc)
			note(g, "unenforced", NULL, "no procfs of our own", errno);
	}
	if (g->own_proc && root == NULL)
		add_kernelfs(g, t);
	if (table_read(t, table, root) == 0)
		verify(g, t, false);
}

/* Ends propagation.  That call fails where the root directory is no mount point
 * (chroot); what the mounts are marked with decides then. */
static bool make_private(struct table *t)
{
	int fd CLEANUP(fd_close) = -1;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return true;
	fd = table_open(false);
	return fd >= 0 && table_read(t, fd, NULL) == 0 && table_is_private(t);
}

static void summary(struct glass *g)
{
	struct buf b;

	buf_init(&b, NOTE_MAX);
	buf_printf(&b, "%u found, %u detached, %u read-only without access times, %u not",
		   g->mounts_seen, g->mounts_detached, g->mounts_readonly, g->mounts_failed);
	note(g, "mounts", NULL, buf_cstr(&b), 0);
	buf_release(&b);
	if (g->namespace_private)
		note(g, "namespace", NULL, "private mount namespace", 0);
	if (g->own_proc)
		note(g, "proc", NULL, "own procfs instance", 0);
	if (!g->noatime)
		note(g, "unenforced", NULL, "access times can change on some mounts", 0);
}

/* Without a table nothing can be chosen: neither what to detach nor what to leave. */
static void put_up_blindly(struct glass *g, int oserr)
{
	note(g, "unenforced", NULL, "the mount table cannot be read", oserr);
	if (!g->namespace_private || harden_all() != 0)
		return;
	g->noatime = true;
	note(g, "mounts", NULL, "all set in one call, none looked at", 0);
}

static void enter(struct glass *g, const char *root)
{
	struct table t = { 0 };
	int fd CLEANUP(fd_close) = -1;

	if (unshare(CLONE_NEWNS) != 0) {
		note(g, "unenforced", NULL, "no mount namespace of our own", errno);
		return;
	}
	g->namespace_private = make_private(&t);
	fd = table_open(g->namespace_private);
	if (fd >= 0)
		put_up(g, &t, fd, root);
	else
		put_up_blindly(g, errno);
	table_release(&t);
}

void glass_enter(struct glass *g, const char *root)
{
	char *real = root != NULL ? realpath(root, NULL) : NULL;

	*g = (struct glass){ 0 };
	if (chdir("/") != 0)
		note(g, "unenforced", NULL, "still in the directory it was started in", errno);
	enter(g, real != NULL ? real : root);
	summary(g);
	free(real);
}

/* ===== elsewhere ===== */

/* Id of the mount that the current directory is on: proc_pid_fdinfo(5), Linux 3.15, asks no
 * file system.  0: not known. */
static uint64_t our_mount(int proc)
{
	int here CLEANUP(fd_close) = fd_handle(AT_FDCWD, ".", O_DIRECTORY);
	int info CLEANUP(fd_close) = -1;
	char text[512];
	const char *at;
	ssize_t n;

	snprintf(text, sizeof(text), "self/fdinfo/%d", here);
	info = openat(proc, text, O_RDONLY | O_CLOEXEC);
	n = info < 0 ? -1 : fd_read_full(info, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	at = strstr(text, "mnt_id:");
	return at == NULL ? 0 : strtoull(at + strlen("mnt_id:"), NULL, 10);
}

/* Does the current directory lie on a mount of this table?  A root directory can lie
 * outside of its namespace; then nothing done to that reaches it. */
static bool table_holds_us(const struct table *t, int proc)
{
	uint64_t id = our_mount(proc);

	for (size_t i = 0; i < t->n && id != 0; i++)
		if (t->m[i].id == id)
			return true;
	return false;
}

static int read_table_at(struct table *t, int proc)
{
	int fd CLEANUP(fd_close) = openat(proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);

	return fd < 0 || !is_proc(fd) ? -1 : table_read(t, fd, NULL);
}

static int fail(int oserr)
{
	errno = oserr;
	return -1;
}

/* From the namespace into a copy of it, in which everything is hardened at one blow from its top,
 * then under the root directory that was asked for. */
static int move(struct glass *g, struct table *t, const struct glass_place *to)
{
	bool all;

	if (fchdir(to->root) != 0 || unshare(CLONE_NEWNS) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return -1;
	g->namespace_private = true;
	all = harden_all() == 0;
	if (read_table_at(t, to->proc) != 0)
		return -1;
	if (!table_holds_us(t, to->proc))
		return fail(EXDEV);
	if (chroot(".") != 0 || read_table_at(t, to->proc) != 0)
		return -1;
	g->mounts_seen = (uint32_t)t->n;
	detach(g, t);
	if (!all)
		harden_each(g, t);
	if (read_table_at(t, to->proc) != 0)
		return -1;
	verify(g, t, all);
	return 0;
}

int glass_move(struct glass *g, const struct glass_place *to, const struct glass_place *home)
{
	struct table t = { 0 };
	int status, oserr;

	*g = (struct glass){ 0 };
	if (setns(to->ns, CLONE_NEWNS) != 0)
		return -1;
	status = move(g, &t, to);
	oserr = errno;
	table_release(&t);
	if (status == 0)
		summary(g);
	else if (glass_return(home) != 0)
		return 1;
	errno = oserr;
	return status;
}

int glass_return(const struct glass_place *home)
{
	return setns(home->ns, CLONE_NEWNS) != 0 || fchdir(home->root) != 0 ||
	       chroot(".") != 0 ? -1 : 0;
}

void glass_unavailable(struct glass *g, const char *why)
{
	*g = (struct glass){ 0 };
	note(g, "unenforced", NULL, why, 0);
}
