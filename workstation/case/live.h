/*
 * live: the processes of a host while its archive is loaded, put together from all that tells
 * of them: the two passes below live/task, live/exe/index, live/open/index, the files and links
 * below /proc/PID (docs/FORMAT.md section 10, proc(5)).
 *
 * A process is told from another that had its number before by its start time.  What has no
 * start time in it (a command line, a link) is given to the one that was seen last.
 */
#ifndef EXHIBIT_CASE_LIVE_H
#define EXHIBIT_CASE_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "workstation/case/db.h"
#include "workstation/case/keyed.h"
#include "workstation/case/loader.h"
#include "workstation/parse/jline.h"
#include "workstation/parse/procrecord.h"

/* A process. */
struct live_process {
	struct case_process row;   /* texts are kept by live.processes */
	int64_t generations;       /* of the first with this number: how many had it since */
	uint64_t flags;            /* PF_... of stat; 0: not known */
	int64_t ticks[2], when[2]; /* both passes: ticks used, nanoseconds since boot */
	bool seen[2];              /* that pass had it */
	bool indexed;              /* live/exe/index has it: exe, exe_deleted are from there */
	bool absent;               /* there: it has no executable */
	bool memfd;
	bool other;            /* there: its path leads to another file of its root now */
	size_t number;         /* place in live.processes, for the tree */
	struct bytes exe_path; /* path of the manifest line with its content or hash */
};

/* What the fdinfo of a descriptor says. */
struct live_fd {
	struct bytes flags;  /* p NULL: nothing */
	int64_t offset, ino; /* CASE_NULL: not told */
};

/* A file without name that a process holds, by process and inode. */
struct live_held {
	struct bytes path; /* of the manifest line with its content; p NULL: none */
	int64_t row;       /* of open_file: a mapping of it; 0: none */
};

struct live {
	struct keyed *processes;       /* by number and generation, from 0 */
	struct keyed *threads;         /* struct case_thread, by process and thread */
	struct keyed *fds;             /* by process and descriptor */
	struct keyed *held;            /* by process and inode */
	struct buf text;               /* scratch */
	int64_t object;                /* what is read now */
	const struct case_host *facts; /* while a member is read */
	bool full;                     /* there was no room for something */
};

/**
 * live_of(run, e):
 * The processes of this run, made if there are none yet.  NULL with ${e}: no memory.
 */
struct live *live_of(struct loader_run *run, struct err *e);

/* Free them.  NULL is allowed. */
void live_free(struct live *v);

/* The process with that number that was seen last, made if there is none; NULL: no room. */
struct live_process *live_process(struct live *v, int64_t pid);

/* The one that began at ${start} ticks, likewise. */
struct live_process *live_started(struct live *v, int64_t pid, int64_t start);

/* The thread, likewise. */
struct case_thread *live_thread(struct live *v, int64_t pid, int64_t tid);

/* A file below /proc/PID or /proc/PID/task/TID: who it is of, and its name there. */
struct live_file {
	int64_t pid, tid;  /* tid: pid, unless it is below task */
	bool task;         /* it is below task */
	struct bytes name; /* "stat", "fdinfo/3" */
};

/**
 * live_file(path, out):
 * Take a path apart.  False if it is not below /proc/PID.
 */
bool live_file(struct bytes path, struct live_file *out);

/**
 * live_take_process(v, l, f, p, n), live_take_open(...), live_take_thread(v, f, p, n):
 * Take the content of a file, of one of the kinds that the function knows by its name; others
 * are passed over.  Return 0, or -1 with l->e.
 */
int live_take_process(struct live *v, struct loading *l, const struct live_file *f,
		      const uint8_t *p, size_t n);
int live_take_open(struct live *v, struct loading *l, const struct live_file *f, const uint8_t *p,
		   size_t n);
void live_take_thread(struct live *v, const struct live_file *f, const uint8_t *p, size_t n);

/* A record of a pass (0 the first, 1 the last); a line of live/exe/index, live/open/index,
 * live/task/threads. */
int live_take_record(struct live *v, struct loading *l, unsigned pass, const struct procrecord *r);
void live_take_exe(struct live *v, const struct jline *j);
void live_take_held(struct live *v, const struct jline *j);
void live_take_elsewhere(struct live *v, const struct jline *j);

/**
 * live_object(f, path, out):
 * The number of the object with that ${path}, escaped as in the manifest; CASE_NULL: there is
 * none.  0, or -1 with f->e.
 */
int live_object(const struct finishing *f, struct bytes path, int64_t *out);

/* A process where it stands in the tree. */
struct live_place {
	struct live_process *process;
	int64_t depth; /* 0: of nobody that is known */
};

/**
 * live_tree(v, count, e):
 * All processes in the order of a tree, *${count} of them: who was started stands behind who
 * started it, one deeper.  Each is there once, whatever they say of their parents.  The caller
 * frees it.  NULL with ${e}: no memory.
 */
struct live_place *live_tree(struct live *v, size_t *count, struct err *e);

/* When everything was taken: links of the manifest, then rows.  0, or -1 with f->e. */
int live_put_links(struct live *v, const struct finishing *f);
int live_put_processes(struct live *v, const struct finishing *f);
int live_put_threads(struct live *v, const struct finishing *f);

#endif
