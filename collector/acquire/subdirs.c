#include "collector/acquire/subdirs.h"

#include <dirent.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "collector/acquire/listing.h"
#include "collector/acquire/meta.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

#define PAUSE_MS 5u			/* between two looks */
#define OWN_LINKS 2u			/* its name in its parent, and "." */

/* ext4 sets 1 where there are more than 65,000. */
static const char *const counting[] = { "ext2", "ext3", "ext4", "xfs", "tmpfs" };

bool subdirs_hold(const char *fstype)
{
	for (size_t i = 0; i < sizeof(counting) / sizeof(counting[0]); i++)
		if (strcmp(counting[i], fstype) == 0)
			return true;
	return false;
}

int subdirs_count(int fd, struct pulse *pulse, uint32_t *out)
{
	char room[32768] __attribute__((aligned(8)));
	struct listing l = { .fd = fd, .buffer = room, .size = sizeof(room) };
	struct listing_entry e;
	int filled;

	*out = 0;
	if (lseek(fd, 0, SEEK_SET) != 0)
		return -1;
	while ((filled = listing_fill(&l, pulse)) > 0) {
		while (listing_next(&l, &e)) {
			if (e.type == DT_UNKNOWN)
				return -1;
			*out += e.type == DT_DIR;
		}
	}
	return filled;
}

/* One look: 1 they differ, 0 they agree, -1 it changed meanwhile, -2 nothing to be said. */
static int look(const struct subdirs *s, struct item_stat *st, uint32_t *listed)
{
	int (*count)(int fd, struct pulse *pulse, uint32_t *out) =
		s->count == NULL ? subdirs_count : s->count;
	struct item_stat after;

	pulse_call(s->pulse, PULSE_STAT);
	if (meta_stat(s->fd, "", st) < 0 || st->nlink < OWN_LINKS ||
	    count(s->fd, s->pulse, listed) < 0 || meta_stat(s->fd, "", &after) < 0)
		return -2;
	pulse_idle(s->pulse);
	if (after.nlink != st->nlink || after.ctime.sec != st->ctime.sec ||
	    after.ctime.nsec != st->ctime.nsec)
		return -1;
	return *listed + OWN_LINKS != st->nlink;
}

static void put_difference(struct buf *b, const struct subdirs *s, const struct item_stat *st,
			   uint32_t listed)
{
	buf_puts(b, "{\"check\":\"links\",\"path\":");
	text_json_escaped(b, s->path.p, s->path.len);
	buf_printf(b, ",\"fstype\":\"%s\",\"dev\":\"%u:%u\",\"ino\":%llu,"
		   "\"nlink\":%u,\"listed\":%u,\"listed_first\":%u,\"looks\":%u", s->fstype,
		   st->dev_major, st->dev_minor, (unsigned long long)st->ino, st->nlink, listed,
		   s->listed, SUBDIRS_LOOKS);
	buf_printf(b, ",\"ctime\":[%lld,%u]}\n", (long long)st->ctime.sec, st->ctime.nsec);
}

static int tell(const struct subdirs *s, const struct item_stat *st, uint32_t listed)
{
	struct item it = { .category = s->category, .artifact = s->artifact, .type = ITEM_FILE,
			   .depth = DEPTH_CONTENT, .live = true, .opened = clock_read() };
	struct item_end how = { .gap = GAP_NONE };
	struct buf text, name;
	int end;

	buf_init(&text, 6 * ITEM_PATH_MAX);
	buf_init(&name, 128);
	put_difference(&text, s, st, listed);
	/* A directory can be met twice, moved meanwhile; an instant cannot. */
	buf_printf(&name, "view/links/%lld.%09u", (long long)it.opened.boottime.sec,
		   it.opened.boottime.nsec);
	it.path = (struct bytes){ name.p, name.len };
	it.promise = text.len;
	end = s->to->begin(s->to, &it) < 0 || s->to->write(s->to, text.p, text.len) < 0 ? -1 : 0;
	how.closed = clock_read();
	if (end == 0)
		end = s->to->end(s->to, &how);
	buf_release(&text);
	buf_release(&name);
	if (s->told != NULL)
		++*s->told;
	return end < 0 ? -1 : 1;
}

static int look_again(const struct subdirs *s)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	struct item_stat st;
	unsigned steady = 0;
	uint32_t listed = 0;

	for (unsigned i = 0; i < SUBDIRS_TRIES && steady < SUBDIRS_LOOKS; i++) {
		int found = look(s, &st, &listed);

		pulse_idle(s->pulse);
		if (found == 0 || found == -2)
			return 0;
		steady += found == 1;
		nanosleep(&pause, NULL);
	}
	return steady == SUBDIRS_LOOKS ? tell(s, &st, listed) : 0;
}

int subdirs_check(const struct subdirs *s)
{
	struct item_stat st;
	int known;

	pulse_call(s->pulse, PULSE_STAT);
	known = meta_stat(s->fd, "", &st);
	pulse_idle(s->pulse);
	if (s->told != NULL && *s->told == SUBDIRS_TOLD_MAX)
		return 0;
	if (known < 0 || st.nlink < OWN_LINKS || st.nlink == s->listed + OWN_LINKS)
		return 0;
	return look_again(s);
}
