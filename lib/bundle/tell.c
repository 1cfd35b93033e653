#include "lib/bundle/tell.h"

#include <string.h>

static void note(struct bundle_facts *facts, const struct finding *f)
{
	enum finding_severity s = finding_severity(f->id);
	static const enum bundle_verdict verdicts[] = {
		[FINDING_NOTE] = BUNDLE_COMPLETE,
		[FINDING_STOPPED] = BUNDLE_TRUNCATED,
		[FINDING_ALTERED] = BUNDLE_ALTERED,
	};

	facts->findings += s == FINDING_ALTERED;
	if (verdicts[s] <= facts->verdict)
		return;
	facts->verdict = verdicts[s];
	facts->first = *f;
	facts->first_member_len = f->member.len < sizeof(facts->first_member) ?
				  f->member.len : sizeof(facts->first_member);
	if (facts->first_member_len > 0)
		memcpy(facts->first_member, f->member.p, facts->first_member_len);
	facts->first.member = (struct bytes){ facts->first_member, facts->first_member_len };
}

int tell_finding(struct tell *t, enum finding_id id, struct bytes member, const char *detail)
{
	struct finding f = { .id = id, .segment = t->segment, .offset = t->offset,
			     .member = member };

	if (id == FINDING_NONE)
		return BUNDLE_GO;
	for (size_t i = 0; detail != NULL && detail[i] != '\0' && i + 1 < sizeof(f.detail); i++)
		f.detail[i] = detail[i] >= ' ' && detail[i] < 0x7f ? detail[i] : '?';
	note(t->facts, &f);
	return t->v->finding == NULL ? BUNDLE_GO : t->v->finding(t->ctx, &f);
}
