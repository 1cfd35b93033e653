/*
 * Physical memory from /proc/kcore, guided by /proc/iomem.  Both only show what is there;
 * nothing is loaded and no page is brought in.  It is not of one moment: it changes while it
 * is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "collector/volatile/image.h"
#include "collector/volatile/memory_map.h"
#include "collector/volatile/ours.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"

#define IOMEM_MAX (4u << 20)		/* bytes; hosts have some 4 KiB */
#define IOMEM_STEP 65536u
#define SECRETS_MAX 64u			/* pages */
/* Where our key is has to be known when the recorder has turned to the image and makes no seal
 * any more: then more than the ring holds has been sent.  And the kernel may move pages. */
#define LOOK_FIRST (UINT64_C(4) << 20)	/* bytes sent before the second look */
#define LOOK_EVERY (UINT64_C(64) << 20)	/* bytes between the others */

/* What has to be known before the first byte: what there is, where it is, what is to be had. */
struct physical {
	struct source_env *env;
	struct image *im;
	int kcore;
	struct memory_runs ram, load, segment, missing;
	struct ours ours;
	struct memory_runs secret;	/* pages that hold or held the key of a seal */
	uint64_t look_at;		/* bytes sent when they are looked for again */
	bool blind;			/* they could not be found out at some time */
};

static int open_file(struct source_env *env, const char *name)
{
	int fd;

	pulse_call(env->pulse, PULSE_OPEN);
	fd = openat(env->proc_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	pulse_idle(env->pulse);
	return fd;
}

/* Whole text of /proc/iomem; -1 with errno. */
static int read_iomem(struct source_env *env, struct buf *text)
{
	int fd CLEANUP(fd_close) = open_file(env, "iomem");
	ssize_t n = fd < 0 ? -1 : 1;
	char *room;

	while (n > 0 && (room = buf_room(text, IOMEM_STEP)) != NULL) {
		pulse_call(env->pulse, PULSE_READ);
		n = read(fd, room, IOMEM_STEP);
		pulse_idle(env->pulse);
		text->len += n > 0 ? (size_t)n : 0;
	}
	return n < 0 ? -1 : 0;
}

/* False with a gap: without knowing what is memory, nothing can be read. */
static bool learn_ram(struct physical *p)
{
	static const char *const words[] = {
		[MEMORY_IOMEM_TOLD] = "told",
		[MEMORY_IOMEM_HIDDEN] = "hidden, CAP_SYS_ADMIN is missing",
		[MEMORY_IOMEM_NONE] = "no System RAM",
	};
	enum memory_iomem told;
	struct buf text;

	buf_init(&text, IOMEM_MAX);
	if (read_iomem(p->env, &text) < 0) {
		answer_errno(&p->im->about, errno, "openat");
		buf_release(&text);
		return false;
	}
	told = memory_map_iomem(text.p, text.len, &p->ram);
	buf_release(&text);
	answer_note(&p->im->about, "\"iomem\":\"%s\"", words[told]);
	if (told == MEMORY_IOMEM_HIDDEN)
		answer_fail(&p->im->about, GAP_PERMISSION, 0, NULL);
	else if (told == MEMORY_IOMEM_NONE)
		answer_fail(&p->im->about, GAP_UNSUPPORTED, 0, NULL);
	return told == MEMORY_IOMEM_TOLD;
}

/* False with a gap: no such file, lockdown, or headers that lead nowhere. */
static bool learn_loads(struct physical *p)
{
	char *head;
	ssize_t n;
	bool known;

	p->kcore = open_file(p->env, "kcore");
	if (p->kcore < 0) {
		answer_errno(&p->im->about, errno, "openat");
		return false;
	}
	head = malloc(MEMORY_MAP_HEAD);
	if (head == NULL) {
		answer_fail(&p->im->about, GAP_INTERNAL, ENOMEM, NULL);
		return false;
	}
	pulse_call(p->env->pulse, PULSE_READ);
	n = pread(p->kcore, head, MEMORY_MAP_HEAD, 0);
	pulse_idle(p->env->pulse);
	known = n > 0 && memory_map_kcore(head, (size_t)n, &p->load) == 0;
	if (n < 0)
		answer_errno(&p->im->about, errno, "pread");
	else if (!known)
		answer_fail(&p->im->about, GAP_UNSUPPORTED, 0, "pread");
	free(head);
	return known;
}

static void note_ranges(struct physical *p)
{
	struct answer *a = &p->im->about;
	size_t n = p->missing.count < IMAGE_LOST_MAX ? p->missing.count : IMAGE_LOST_MAX;

	answer_note(a, "\"ram_bytes\":%llu,\"segments\":%zu,\"missing_bytes\":%llu,"
		    "\"missing_ranges\":%zu,\"missing\":[",
		    (unsigned long long)memory_map_bytes(&p->ram), p->segment.count,
		    (unsigned long long)memory_map_bytes(&p->missing), p->missing.count);
	for (size_t i = 0; i < n; i++)
		buf_printf(&a->note, "%s[%llu,%llu]", i == 0 ? "" : ",",
			   (unsigned long long)p->missing.run[i].first,
			   (unsigned long long)p->missing.run[i].last);
	buf_putc(&a->note, ']');
	if (p->ram.full || p->load.full || p->segment.full || p->missing.full)
		answer_fail(a, GAP_INTERNAL, E2BIG, NULL);
}

static void look_for_secrets(struct physical *p)
{
	uint64_t sent = p->im->sent;

	if (sent < p->look_at)
		return;
	p->look_at = sent < LOOK_FIRST ? LOOK_FIRST : sent + LOOK_EVERY;
	if (!ours_frames(p->env, p->ours.recorder, &p->secret))
		p->blind = true;
}

/* The part of the run that holds the first secret in it; false: none does. */
static bool next_secret(const struct physical *p, const struct memory_run *r,
			struct memory_run *out)
{
	bool found = false;

	for (size_t i = 0; i < p->secret.count; i++) {
		const struct memory_run *s = &p->secret.run[i];

		if (s->last < r->first || s->first > r->last || (found && s->first >= out->first))
			continue;
		found = true;
		*out = *s;
	}
	out->first = found && out->first < r->first ? r->first : out->first;
	out->last = found && out->last > r->last ? r->last : out->last;
	return found;
}

/* A run, around the secrets that are in it. */
static int copy_around(struct physical *p, struct memory_run r)
{
	struct memory_run secret = { 0 };
	int end = 0;

	while (end == 0 && next_secret(p, &r, &secret)) {
		uint64_t before = secret.first - r.first;

		if (before > 0)
			end = image_copy(p->im, p->kcore, (struct memory_run){
						 r.first, secret.first - 1, r.offset });
		if (end == 0)
			end = image_withhold(p->im, secret.first, secret.last);
		if (end != 0 || secret.last == r.last)
			return end;
		r.offset += secret.last + 1 - r.first;
		r.first = secret.last + 1;
	}
	return end != 0 ? end : image_copy(p->im, p->kcore, r);
}

/* Piece by piece, so that secrets are looked for again in between. */
static int copy_segment(struct physical *p, struct memory_run r)
{
	int end = image_header(p->im, r.first, r.last);

	while (end == 0) {
		struct memory_run piece = r;

		look_for_secrets(p);
		if (r.last - r.first >= LOOK_FIRST)
			piece.last = r.first + LOOK_FIRST - 1;
		end = copy_around(p, piece);
		if (piece.last == r.last)
			break;
		r.offset += piece.last + 1 - r.first;
		r.first = piece.last + 1;
	}
	return end;
}

static int copy_all(struct physical *p)
{
	int end = 0;

	p->ours = ours_find(p->env);
	for (size_t i = 0; i < p->segment.count && end == 0; i++)
		end = copy_segment(p, p->segment.run[i]);
	answer_note(&p->im->about, "\"own_key\":\"%s\"",
		    p->blind || p->secret.count == 0 ? "not found" : "withheld");
	return end;
}

static int take(struct physical *p)
{
	int end;

	if (!learn_ram(p) || !learn_loads(p))
		return 0;
	memory_map_join(&p->ram, &p->load, &p->segment, &p->missing);
	note_ranges(p);
	end = image_open(p->im, image_size(&p->segment));
	if (end == 0)
		end = copy_all(p);
	/* less than all of it is no reason to call what came anything but partial */
	if (end == 0 && p->missing.count > 0)
		answer_fail(&p->im->about, GAP_INCOMPLETE, 0, NULL);
	return end < 0 ? -1 : 0;
}

static void release(struct physical *p)
{
	memory_map_release(&p->ram);
	memory_map_release(&p->load);
	memory_map_release(&p->segment);
	memory_map_release(&p->missing);
	memory_map_release(&p->secret);
	fd_close(&p->kcore);
}

int memory_run(struct source_env *env)
{
	static struct image im;		/* too large for the stack; a reader takes one at a time */
	struct physical p = { .env = env, .im = &im, .kcore = -1 };
	int end;

	p.ram.max = p.load.max = MEMORY_MAP_RUNS_MAX;
	p.segment.max = p.missing.max = MEMORY_MAP_RUNS_MAX;
	p.secret.max = SECRETS_MAX;
	image_begin(&im, env, "memory/physical.lime");
	answer_note(&im.about, "\"request\":\"read /proc/kcore by /proc/iomem\"");
	end = take(&p);
	release(&p);
	if (end < 0)
		return -1;
	return image_end(&im) < 0 ? -1 : source_stopped(env) ? 1 : 0;
}
