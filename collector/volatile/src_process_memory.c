/*
 * Private memory of chosen processes, from /proc/PID/mem.  Nobody is stopped, attached to
 * or woken, and only pages are read that are there: see pages.h.  Not process_vm_readv(2), which
 * cannot be interrupted on a page that somebody serves by userfaultfd(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/volatile/chosen.h"
#include "collector/volatile/image.h"
#include "collector/volatile/ours.h"
#include "collector/volatile/pages.h"
#include "collector/volatile/proc_lines.h"
#include "collector/volatile/suspect.h"
#include "lib/base/fd.h"

#define PROCESS_MAX (UINT64_C(4) << 30)	/* bytes of one process */
#define TOTAL_MAX (UINT64_C(16) << 30)	/* bytes of all */
#define LOOK_PAGES 64u			/* looked at once more just before they are read */
#define NAME_FORMAT "memory/process/%d"

/* The run of the source. */
struct job {
	struct source_env *env;
	struct ours ours;
	uint64_t page, total;		/* bytes of a page; taken so far */
	int refused;			/* why it may not be known whether one is meant */
};

/* One process. */
struct target {
	struct job *job;
	pid_t pid;
	int dir;			/* /proc/PID: that process, whoever gets its number */
	bool listed;
	unsigned facts;
	int mem, pagemap;
	struct proc_lines *smaps;
	struct image *im;
	struct pages pages;
	struct region region;		/* that the lines of smaps speak of */
	bool in_region;
	uint64_t regions, passed_over;
};

static int open_at(struct source_env *env, int dir, const char *name, int flags)
{
	int fd;

	pulse_call(env->pulse, PULSE_OPEN);
	fd = openat(dir, name, flags | O_CLOEXEC);
	pulse_idle(env->pulse);
	return fd;
}

/* The recorder, whose memory holds the key of the next seal, the nursery, readers. */
static bool is_ours(const struct job *j, const struct target *t)
{
	return t->pid == getpid() || t->pid == j->ours.nursery || t->pid == j->ours.recorder ||
	       (pid_t)ours_field(j->env, t->dir, 4) == j->ours.nursery;
}

/* ===== what ===== */

/* All lines of a mapping have come. */
static void end_region(struct target *t)
{
	struct region *r = &t->region;
	bool empty = r->has_anonymous && r->anonymous == 0 && r->swap == 0;

	if (!t->in_region)
		return;
	t->regions++;
	t->in_region = false;
	if (!region_readable(r))
		t->passed_over++;
	else if (!empty)
		pages_collect(&t->pages, r);
}

static void on_smap(struct target *t, const char *line)
{
	size_t n = strlen(line);
	struct region next;

	if (!region_begin(line, n, &next)) {
		region_detail(line, n, &t->region);
		return;
	}
	end_region(t);
	t->region = next;
	t->in_region = true;
}

/* Read the mappings, keep their text, collect their pages.  -1: the sink failed. */
static int take_map(struct target *t)
{
	struct proc_lines *l = t->smaps;
	struct answer text;
	const char *line;

	answer_begin(&text, t->job->env, NAME_FORMAT ".smaps", (int)t->pid);
	l->keep = &text;
	while (!source_stopped(t->job->env) && (line = proc_lines_next(l)) != NULL)
		on_smap(t, line);
	end_region(t);
	if (l->oserr != 0)
		answer_errno(&text, l->oserr, "read");
	else if (source_stopped(t->job->env))
		answer_fail(&text, GAP_CUT, 0, NULL);
	else if (t->regions == 0)
		answer_fail(&text, GAP_NO_VALUE, 0, NULL);
	if (text.gap != GAP_NONE)
		answer_fail(&t->im->about, text.gap, text.oserr, text.syscall);
	return answer_end(&text) < 0 || l->sink_failed ? -1 : 0;
}

/* Up to LOOK_PAGES pages: those that are still there; zeros for the others. */
static int copy_pages(struct target *t, uint64_t at, size_t count)
{
	uint64_t entry[LOOK_PAGES], page = t->job->page;
	size_t n = pages_look(&t->pages, at, entry, count), i = 0;
	int end = 0;

	while (i < count && end == 0) {
		size_t from = i;
		bool there = i < n && pages_private(entry[i]);
		uint64_t first = at + i * page, last;

		while (i < count && (i < n && pages_private(entry[i])) == there)
			i++;
		last = first + (i - from) * page - 1;
		end = there ? image_copy(t->im, t->mem, (struct memory_run){ first, last, first }) :
			      image_zeros(t->im, first, last, 0);
	}
	return end;
}

static int copy_run(struct target *t, const struct memory_run *r)
{
	uint64_t page = t->job->page;
	int end = image_header(t->im, r->first, r->last);

	for (uint64_t at = r->first; at < r->last && end == 0; at += LOOK_PAGES * page) {
		uint64_t left = (r->last - at) / page + 1;

		end = copy_pages(t, at, left < LOOK_PAGES ? (size_t)left : LOOK_PAGES);
	}
	return end;
}

/* -1: the sink failed; 1: the run is to end. */
static int copy_all(struct target *t)
{
	int end = image_open(t->im, image_size(&t->pages.runs));

	if (end == 1)
		return 0;
	for (size_t i = 0; i < t->pages.runs.count && end == 0; i++)
		end = copy_run(t, &t->pages.runs.run[i]);
	t->job->total += t->pages.bytes;
	return end;
}

static void note_facts(struct target *t)
{
	struct answer *a = &t->im->about;
	const char *between = "";

	answer_note(a, "\"request\":\"read /proc/PID/mem by smaps and pagemap\",\"pid\":%d,"
		    "\"asked\":%s,\"facts\":[", (int)t->pid, t->listed ? "true" : "false");
	for (unsigned i = 0; i < SUSPECT_COUNT; i++) {
		if ((t->facts & 1u << i) == 0)
			continue;
		buf_printf(&a->note, "%s\"%s\"", between, suspect_word(i));
		between = ",";
	}
	buf_putc(&a->note, ']');
}

static void note_pages(struct target *t)
{
	const struct pages *p = &t->pages;

	answer_note(&t->im->about,
		    "\"page_size\":%llu,\"mappings\":%llu,\"mappings_passed_over\":%llu,"
		    "\"pages\":%llu,\"pages_in_swap\":%llu,\"pages_of_files\":%llu,\"capped\":%s",
		    (unsigned long long)p->size, (unsigned long long)t->regions,
		    (unsigned long long)t->passed_over, (unsigned long long)(p->bytes / p->size),
		    (unsigned long long)p->swapped, (unsigned long long)p->elsewhere,
		    p->capped ? "true" : "false");
}

/* Newer kernels say of a thread of their own, and of a process that has ended and is
 * not fetched yet, that there is no such process: it is there, but has no memory. */
static void refuse(struct target *t, int oserr)
{
	bool there = ours_field(t->job->env, t->dir, 22) != 0;

	if (oserr == ESRCH)
		answer_fail(&t->im->about, there ? GAP_NO_VALUE : GAP_VANISHED, oserr, "openat");
	else
		answer_errno(&t->im->about, oserr, "openat");
}

/* False with a gap: no rights, the process is gone, or this kernel has no such files. */
static bool open_target(struct target *t)
{
	const struct {
		const char *name;
		int *fd;
	} files[] = { { "mem", &t->mem }, { "pagemap", &t->pagemap } };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		*files[i].fd = open_at(t->job->env, t->dir, files[i].name, O_RDONLY | O_NOFOLLOW);
		if (*files[i].fd >= 0)
			continue;
		refuse(t, errno);
		return false;
	}
	if (proc_lines_open(t->smaps, t->dir, "smaps", t->job->env->pulse) == 0)
		return true;
	refuse(t, t->smaps->oserr);
	return false;
}

static int take_pages(struct target *t)
{
	uint64_t left = TOTAL_MAX - (t->job->total < TOTAL_MAX ? t->job->total : TOTAL_MAX);
	int end;

	t->pages = (struct pages){ .env = t->job->env, .fd = t->pagemap, .size = t->job->page,
				   .cap = left < PROCESS_MAX ? left : PROCESS_MAX };
	t->pages.runs.max = PAGES_RUNS_MAX;
	end = take_map(t);
	note_pages(t);
	if (end == 0 && t->im->about.gap == GAP_NONE)
		end = copy_all(t);
	if (t->pages.capped)
		answer_fail(&t->im->about, GAP_SPOOL_LIMIT, 0, NULL);
	if (t->pages.oserr != 0)
		answer_errno(&t->im->about, t->pages.oserr, "pread");
	memory_map_release(&t->pages.runs);
	return end;
}

static int take_process(struct target *t)
{
	/* too large for the stack; a reader takes one at a time */
	static struct image im;
	static struct proc_lines smaps;
	char name[64];
	int end = 0;

	t->im = &im;
	t->smaps = &smaps;
	smaps.fd = -1;
	snprintf(name, sizeof(name), NAME_FORMAT ".lime", (int)t->pid);
	image_begin(&im, t->job->env, name);
	note_facts(t);
	answer_note(&im.about, "\"start_before\":%llu", ours_field(t->job->env, t->dir, 22));
	if (open_target(t))
		end = take_pages(t);
	answer_note(&im.about, "\"start_after\":%llu", ours_field(t->job->env, t->dir, 22));
	fd_close(&t->mem);
	fd_close(&t->pagemap);
	proc_lines_close(t->smaps);
	if (end < 0)
		return -1;
	return image_end(&im) < 0 ? -1 : end;
}

/* ===== the run ===== */

/* Where we are, for whoever takes over: this process is not tried again. */
static void announce(struct job *j, pid_t pid)
{
	char name[64];

	snprintf(name, sizeof(name), NAME_FORMAT, (int)pid);
	source_step(j->env, name, (uint64_t)pid, j->total);
}

static int consider(struct job *j, pid_t pid)
{
	struct target t = { .job = j, .pid = pid, .mem = -1, .pagemap = -1,
			    .listed = chosen_by_number(j->env->processes, pid) };
	int dir CLEANUP(fd_close) = -1, oserr;
	char name[64];

	announce(j, pid);
	snprintf(name, sizeof(name), "%d", (int)pid);
	dir = t.dir = open_at(j->env, j->env->proc_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
	snprintf(name, sizeof(name), NAME_FORMAT ".lime", (int)pid);
	if (dir < 0)
		return t.listed ? answer_gap(j->env, name, GAP_VANISHED, errno, "openat") : 0;
	t.facts = chosen_facts(j->env, dir, &oserr);
	if (!t.listed && j->refused == 0)
		j->refused = oserr;
	if (!t.listed && t.facts == 0)
		return 0;
	if (is_ours(j, &t))
		return answer_gap(j->env, name, GAP_OWN_OUTPUT, 0, NULL);
	return take_process(&t);
}

int process_memory_run(struct source_env *env)
{
	struct job j = { .env = env, .ours = ours_find(env),
			 .page = (uint64_t)sysconf(_SC_PAGESIZE),
			 .total = env->behind[1] };
	pid_t behind = (pid_t)env->behind[0];
	struct chosen who;
	int end = 0;

	chosen_list(env, &who);
	for (size_t i = 0; i < who.count && end == 0; i++) {
		if (source_stopped(env))
			end = 1;
		else if (who.pid[i] > behind)
			end = consider(&j, who.pid[i]);
	}
	if (end == 0 && who.oserr != 0)
		end = answer_refused(env, "memory/process", who.oserr, "getdents64");
	else if (end == 0 && j.refused != 0)
		end = answer_refused(env, "memory/process", j.refused, "readlinkat");
	free(who.pid);
	return end;
}
