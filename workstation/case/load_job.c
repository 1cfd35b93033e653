#include "workstation/case/load_job.h"

#include "workstation/case/load_message.h"

int load_job_put(struct loading *l, uint64_t pos, uint64_t line, const struct load_job *job)
{
	struct case_job row;

	case_init_job(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.kind = job->kind;
	row.name = load_message_some(job->name);
	row.owner = load_message_some(job->owner);
	row.schedule = load_message_some(job->schedule);
	row.command = load_message_some(job->command);
	return case_put_job(l->db, &row, l->e);
}
