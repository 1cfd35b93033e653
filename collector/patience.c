#include "collector/patience.h"

#include <string.h>

#include "collector/volatile/procfs.h"

#define LOOK_FIRST 8u		/* of a limit */
#define LOOK_AGAIN 16u

void patience_reset(struct patience *p)
{
	*p = (struct patience){ .limit_ns = p->limit_ns };
}

void patience_wait(struct patience *p, uint64_t passed_ns)
{
	p->silence_ns += passed_ns < PATIENCE_STEP_NS ? passed_ns : PATIENCE_STEP_NS;
}

bool patience_due(const struct patience *p)
{
	if (p->judged_ns == 0)
		return p->silence_ns >= p->limit_ns / LOOK_FIRST;
	return p->silence_ns - p->judged_ns >= p->limit_ns / LOOK_AGAIN;
}

void patience_see(struct patience *p, const struct patience_sight *s)
{
	uint64_t passed = p->silence_ns - p->judged_ns;
	bool slept = s == NULL;

	if (s != NULL && p->has_sight)
		slept = !s->runnable && !p->sight.runnable && s->switches == p->sight.switches;
	p->asleep_ns += slept ? passed : 0;
	p->judged_ns = p->silence_ns;
	p->has_sight = s != NULL;
	if (s != NULL)
		p->sight = *s;
}

bool patience_over(const struct patience *p, bool calling)
{
	return (calling && p->asleep_ns > p->limit_ns) ||
	       p->silence_ns > PATIENCE_FACTOR * p->limit_ns;
}

bool patience_parse(const char *status, uint64_t parent, struct patience_sight *out)
{
	const char *state = strstr(status, "\nState:\t");

	if (state == NULL || strstr(status, "\nvoluntary_ctxt_switches:") == NULL ||
	    procfs_number(status, "PPid:") != parent)
		return false;
	out->runnable = state[sizeof("\nState:\t") - 1] == 'R';
	out->switches = procfs_number(status, "voluntary_ctxt_switches:") +
			procfs_number(status, "nonvoluntary_ctxt_switches:");
	return true;
}
