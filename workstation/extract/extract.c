#include "workstation/extract/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/extract/place.h"

#define FILE_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

struct extract {
	const struct extract_options *o;
	struct extract_counts *counts;
	struct place place;	/* of the present member */
	struct place source;	/* of the target of a hard link */
	int fd;			/* the file being written, or -1 */
	struct bytes name;	/* of the present member */
	struct timespec times[2]; /* it shall have */
	struct timespec parent[2]; /* its directory had */
	mode_t mode;
	uint64_t size;
};

static void skipped(struct extract *x, const char *why)
{
	x->counts->skipped++;
	x->o->report(x->o->ctx, x->name, why, 0);
}

static void failed(struct extract *x, const char *why, int oserr)
{
	x->counts->failed++;
	x->o->report(x->o->ctx, x->name, why, oserr);
}

static void made(struct extract *x, uint64_t *count)
{
	(*count)++;
	place_restore(&x->place, x->parent);
	if (!x->place.changed)
		return;
	x->counts->renamed++;
	x->o->report(x->o->ctx, x->name, "made under an escaped name", 0);
}

static struct timespec time_of(bool known, struct instant t)
{
	if (!known)
		return (struct timespec){ .tv_nsec = UTIME_OMIT };
	return (struct timespec){ .tv_sec = t.sec, .tv_nsec = t.nsec };
}

/* ------------------------------------------------------------ one member of each type */

static void make_directory(struct extract *x)
{
	mode_t mode = (x->mode & 0755) | 0700;
	int fd CLEANUP(fd_close) = -1;

	if (mkdirat(x->place.parent, x->place.name, 0700) != 0 && errno != EEXIST) {
		failed(x, "directory", errno);
		return;
	}
	fd = openat(x->place.parent, x->place.name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		failed(x, "directory", errno);
		return;
	}
	if (fchmod(fd, mode) != 0 || futimens(fd, x->times) != 0)
		failed(x, "mode or times of a directory", errno);
	made(x, &x->counts->directories);
}

static void make_file(struct extract *x)
{
	x->fd = openat(x->place.parent, x->place.name, FILE_FLAGS, 0600);
	if (x->fd < 0)
		failed(x, "file", errno);
	else if (ftruncate(x->fd, (off_t)x->size) != 0)
		failed(x, "size of a file", errno);
}

/* A link that is not made is told in a small text file beside where it would be. */
static void make_note(struct extract *x, const char *suffix, const char *why,
		      struct bytes target)
{
	char name[PLACE_NAME_MAX + 16];
	struct buf b;
	int fd CLEANUP(fd_close) = -1;

	buf_init(&b, ITEM_PATH_MAX * 8);
	buf_add(&b, x->place.name, strlen(x->place.name));
	buf_puts(&b, suffix);
	place_component(name, b.p, b.len, true);
	buf_clear(&b);
	text_escape(&b, target.p, target.len);
	buf_putc(&b, '\n');
	fd = openat(x->place.parent, name, FILE_FLAGS, 0600);
	if (fd < 0 || b.failed || fd_write_all(fd, b.p, b.len) != 0 || futimens(fd, x->times) != 0)
		failed(x, "note about a link", errno);
	else
		skipped(x, why);
	place_restore(&x->place, x->parent);
	buf_release(&b);
}

/*
 * Inside for certain: relative, and ".." only at its beginning, at most as often
 * as there are directories above it.  As no link is made through another link,
 * each one starts where it seems to start, and after the first name there is no way
 * up any more.
 */
static bool stays_inside(struct bytes target, size_t depth)
{
	const char *p = target.p, *end = p + target.len;
	bool down = false;

	if (target.len == 0 || *p == '/')
		return false;
	while (p < end) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		size_t n = (size_t)((slash == NULL ? end : slash) - p);

		if (n == 2 && memcmp(p, "..", 2) == 0) {
			if (down || depth-- == 0)
				return false;
		} else if (n > 0 && !(n == 1 && *p == '.')) {
			down = true;
		}
		p += n + 1;
	}
	return true;
}

static void make_symlink(struct extract *x, const struct pax_member *m)
{
	if (!x->o->symlinks || !stays_inside(m->link, x->place.depth)) {
		make_note(x, ".symlink", "link not made, its target is in NAME.symlink",
			  m->link);
		return;
	}
	if (symlinkat(m->link.p, x->place.parent, x->place.name) != 0) {
		failed(x, "symbolic link", errno);
		return;
	}
	utimensat(x->place.parent, x->place.name, x->times, AT_SYMLINK_NOFOLLOW);
	made(x, &x->counts->links);
}

/* Only to a regular file that was made here before. */
static void make_hardlink(struct extract *x, const struct pax_member *m)
{
	struct stat st;
	bool found = place_find(&x->source, m->link, false) == 0 &&
		     fstatat(x->source.parent, x->source.name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		     S_ISREG(st.st_mode);

	if (!found || linkat(x->source.parent, x->source.name, x->place.parent, x->place.name,
			     0) != 0) {
		make_note(x, ".hardlink", "hard link not made, its target is in NAME.hardlink",
			  m->link);
		return;
	}
	made(x, &x->counts->links);
}

/* ------------------------------------------------------------ the visitor */

static void make(struct extract *x, const struct pax_member *m)
{
	if (place_find(&x->place, m->name, true) != 0) {
		failed(x, "its directory", errno);
		return;
	}
	place_times(&x->place, x->parent);
	if (m->hardlink)
		make_hardlink(x, m);
	else if (m->type == ITEM_FILE)
		make_file(x);
	else if (m->type == ITEM_DIR)
		make_directory(x);
	else
		make_symlink(x, m);
}

static int on_member(void *ctx, const struct pax_member *m, enum bundle_kind kind)
{
	struct extract *x = ctx;

	(void)kind;
	x->name = m->name;
	x->mode = m->mode;
	x->size = m->size;
	x->times[0] = time_of(m->has_atime, m->atime);
	x->times[1] = time_of(m->has_mtime, m->mtime);
	if (!x->o->wants(x->o->ctx, m->name))
		return BUNDLE_GO;
	if (m->header >= x->o->until)
		skipped(x, "unproven: no seal covers it");
	else if (!m->hardlink && m->type != ITEM_FILE && m->type != ITEM_DIR &&
		 m->type != ITEM_SYMLINK)
		skipped(x, "not made: a device, FIFO or socket");
	else
		make(x, m);
	return BUNDLE_GO;
}

static int on_data(void *ctx, const void *data, size_t n, uint64_t offset)
{
	struct extract *x = ctx;
	const char *p = data;

	while (x->fd >= 0 && n > 0) {
		ssize_t done = pwrite(x->fd, p, n, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			failed(x, "content", errno);
			fd_close(&x->fd);
			return BUNDLE_GO;
		}
		p += done;
		n -= (size_t)done;
		offset += (uint64_t)done;
	}
	return BUNDLE_GO;
}

static int on_member_end(void *ctx, const uint8_t *sha256)
{
	struct extract *x = ctx;

	(void)sha256;
	if (x->fd < 0)
		return BUNDLE_GO;
	if (fchmod(x->fd, (x->mode & 0666) | 0600) != 0 || futimens(x->fd, x->times) != 0)
		failed(x, "mode or times", errno);
	fd_close(&x->fd);
	made(x, &x->counts->files);
	return BUNDLE_GO;
}

int extract_run(const struct extract_options *o, decompress_in *in, void *in_ctx,
		struct extract_counts *counts, struct bundle_facts *facts, struct err *e)
{
	static const struct bundle_visitor visitor = {
		.member = on_member, .data = on_data, .member_end = on_member_end,
	};
	struct extract x = { .o = o, .counts = counts, .fd = -1 };
	int r;

	*counts = (struct extract_counts){ 0 };
	place_init(&x.place, o->top, o->raw_names);
	place_init(&x.source, o->top, o->raw_names);
	r = bundle_read(in, in_ctx, &visitor, &x, facts, e);
	fd_close(&x.fd);
	place_release(&x.place);
	place_release(&x.source);
	return r;
}
