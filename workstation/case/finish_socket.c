#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/loaders.h"

/* The files below /proc/1/net do not say which network namespace they are of. */
int finish_socket(const struct finishing *f)
{
	static const char sql[] =
		"UPDATE socket SET netns = (SELECT ns_net FROM process WHERE host = :host AND pid = 1 "
		"AND ns_net IS NOT NULL LIMIT 1) WHERE host = :host AND netns IS NULL";
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, f->db, sql, f->e) != 0)
		return -1;
	case_query_bind_as(q, ":host", f->host);
	return case_query_step(q, f->e) < 0 ? -1 : 0;
}
