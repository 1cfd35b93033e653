#include "collector/volatile/bpf_query.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PROGRAMS_MAX 64u		/* at one place; the kernel allows a cgroup as many */
#define LINE_MAX_LEN 65536u		/* bytes of one line */

long bpf_query_call(struct source_env *env, int command, union bpf_attr *attr)
{
	long got;
	int oserr;

	pulse_call(env->pulse, PULSE_BPF);
	got = syscall(SYS_bpf, command, attr, sizeof(*attr));
	oserr = errno;
	pulse_idle(env->pulse);
	errno = oserr;
	return got;
}

/* One line, if there is anything. */
static int put_line(struct answer *a, const struct bpf_place *p, const union bpf_attr *attr,
		    const uint32_t *id)
{
	struct buf b;
	int end;

	buf_init(&b, LINE_MAX_LEN);
	buf_printf(&b, "%s,\"type\":%u,\"flags\":%u,\"programs\":[", p->line,
		   attr->query.attach_type, attr->query.attach_flags);
	for (uint32_t i = 0; i < attr->query.prog_cnt && i < PROGRAMS_MAX; i++)
		buf_printf(&b, "%s%u", i == 0 ? "" : ",", id[i]);
	buf_puts(&b, "]}\n");
	end = answer_add(a, b.p, b.len);
	buf_release(&b);
	return end;
}

static int ask_type(struct source_env *env, struct answer *a, const struct bpf_place *p,
		    uint8_t type)
{
	uint32_t id[PROGRAMS_MAX] = { 0 };
	union bpf_attr attr;
	long got;
	int oserr;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = p->target;
	attr.query.attach_type = type;
	attr.query.prog_ids = (uint64_t)(uintptr_t)id;
	attr.query.prog_cnt = PROGRAMS_MAX;
	got = bpf_query_call(env, BPF_PROG_QUERY, &attr);
	oserr = errno;
	if (got < 0 && oserr == ENOSPC)
		answer_fail(a, GAP_SPOOL_LIMIT, oserr, "bpf");
	else if (got < 0 && oserr != EINVAL && oserr != ENOENT && oserr != EOPNOTSUPP)
		answer_errno(a, oserr, "bpf");
	if (got < 0 && oserr != ENOSPC)
		return 0;
	return attr.query.prog_cnt == 0 ? 0 : put_line(a, p, &attr, id);
}

int bpf_query(struct source_env *env, struct answer *a, const struct bpf_place *p)
{
	int end = 0;

	for (size_t i = 0; i < p->count && end == 0; i++)
		end = ask_type(env, a, p, p->types[i]);
	return end;
}
