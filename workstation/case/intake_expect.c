/*
 * What was written down at the host, held against the archive, as exhibit verify does.
 */
#include <stdlib.h>

#include "workstation/case/intake_state.h"
#include "workstation/verify/verify.h"

static int compare(struct intake *in, struct verify *v)
{
	struct bundle_facts *f = &in->out->facts;

	v->facts = *f;
	v->verdict = f->verdict;
	v->first = f->first;
	verify_compare(v, in->options->expect);
	f->verdict = v->verdict;
	f->first = v->first;
	for (size_t i = 0; i < v->finding_count; i++) {
		f->findings += finding_severity(v->findings[i].f.id) == FINDING_ALTERED;
		if (intake_finding(in, &v->findings[i].f) != 0)
			return -1;
	}
	return 0;
}

int intake_expect(struct intake *in)
{
	struct verify *v;
	int r;

	if (in->options->expect == NULL)
		return 0;
	v = malloc(sizeof(*v));
	if (v == NULL)
		return err_set(in->e, 0, "no memory to compare with what was given");
	verify_begin(v, NULL, NULL);
	r = compare(in, v);
	verify_release(v);
	free(v);
	return r;
}
