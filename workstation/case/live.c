#include <stdlib.h>
#include <string.h>

#include "workstation/case/live.h"

/* Memory for what is kept of all processes of a host until its archive is read, bytes. */
#define PROCESSES_MAX (512u << 20)
#define OTHERS_MAX (128u << 20)
#define TEXT_MAX (16u << 20)

struct live *live_of(struct loader_run *run, struct err *e)
{
	struct live *v = run->live;

	if (v != NULL)
		return v;
	v = calloc(1, sizeof(*v));
	if (v != NULL) {
		buf_init(&v->text, TEXT_MAX);
		v->processes = keyed_new(sizeof(struct live_process), PROCESSES_MAX);
		v->threads = keyed_new(sizeof(struct case_thread), OTHERS_MAX);
		v->fds = keyed_new(sizeof(struct live_fd), OTHERS_MAX);
		v->held = keyed_new(sizeof(struct live_held), OTHERS_MAX);
	}
	if (v == NULL || v->processes == NULL || v->threads == NULL || v->fds == NULL ||
	    v->held == NULL) {
		live_free(v);
		err_set(e, 0, "no memory for the processes of a host");
		return NULL;
	}
	run->live = v;
	return v;
}

void live_free(struct live *v)
{
	if (v == NULL)
		return;
	keyed_free(v->processes);
	keyed_free(v->threads);
	keyed_free(v->fds);
	keyed_free(v->held);
	buf_release(&v->text);
	free(v);
}

bool live_file(struct bytes path, struct live_file *out)
{
	struct scan s = scan_begin(path.p, path.len);
	struct bytes word;

	if (!scan_begins(path, "/proc/"))
		return false;
	s.p += strlen("/proc/");
	if (!scan_until(&s, '/', &word) || !scan_i64(word, &out->pid) || out->pid < 0)
		return false;
	out->tid = out->pid;
	out->name = (struct bytes){ s.p, (size_t)(s.end - s.p) };
	out->task = scan_begins(out->name, "task/");
	if (!out->task)
		return true;
	s.p += strlen("task/");
	if (!scan_until(&s, '/', &word) || !scan_i64(word, &out->tid) || out->tid < 0)
		return false;
	out->name = (struct bytes){ s.p, (size_t)(s.end - s.p) };
	return true;
}
