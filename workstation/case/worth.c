#include "workstation/case/worth.h"

#include <stddef.h>

#include "lib/base/fd.h"
#include "workstation/case/case_query.h"

int worth_worst(struct case_db *db, enum bundle_verdict *v, struct err *e)
{
	static const enum bundle_verdict verdicts[] = { BUNDLE_COMPLETE, BUNDLE_TRUNCATED,
							BUNDLE_ALTERED };
	static const char sql[] = "SELECT ifnull(max(CASE verdict WHEN 'COMPLETE' THEN 0 WHEN "
				  "'TRUNCATED' THEN 1 ELSE 2 END), 0) FROM host";
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, db, sql, e) != 0 || case_query_step(q, e) <= 0)
		return -1;
	*v = verdicts[case_query_int(q, 0)];
	return 0;
}

const char *worth_sentence(enum bundle_verdict v)
{
	static const char *const sentences[] = {
		[BUNDLE_COMPLETE] = NULL,
		[BUNDLE_TRUNCATED] =
			"TRUNCATED: what came after the last seal is missing or not proven",
		[BUNDLE_ALTERED] = "ALTERED: what is shown may be false; see exhibit show findings",
	};

	return sentences[v];
}
