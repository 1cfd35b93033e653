/*
 * section: the parts of a report, each in its own file, in the order of the page.  Each
 * writes itself to the page and returns 0, or -1 with the page's err.
 */
#ifndef EXHIBIT_REPORT_SECTION_H
#define EXHIBIT_REPORT_SECTION_H

#include "workstation/report/page.h"

/* Begin of the document: what forbids scripts but ours, the style, the links to the sections. */
int section_head(struct page *p);

/* The first screen: verdict, custody data, what is missing, the five questions in short. */
int section_first(struct page *p);

/*
 * What a run or an archive did not come to (section_plan.c).  Under the verdict of a host: that its
 * plan was not completed or is not known to be, why, which categories are missing; under what is
 * missing, with *${u} filled: how many; where nothing was found: that this is why.  Of a plan that
 * was completed they write nothing.
 */
struct unreached {
	int64_t categories, cut, stopped, unknown; /* categories; hosts with such an archive */
	int64_t closed;                   /* folders that were given up */
};

int section_plan(struct page *p, int64_t host);
int section_plan_missing(struct page *p, struct unreached *u);
void section_plan_silence(struct page *p, const struct unreached *u);

/*
 * Under a question of which ${shown} observations were written: that there are none, how many of
 * its rules were not asked, and for want of what (section_asked.c).
 */
int section_asked(struct page *p, enum question question, int64_t shown);

/* What ${rule} was not asked for want of, and of how many hosts it was not; nothing if of none. */
int section_asked_rule(struct page *p, const struct rule *rule, int64_t *hosts);

/* The five questions, each with what was observed. */
int section_questions(struct page *p);

/* The pictures: when, which processes, which addresses. */
int section_timeline(struct page *p);
int section_processes(struct page *p);
int section_addresses(struct page *p);

/* Every gap by its reason, and what could not be read on the workstation. */
int section_missing(struct page *p);

/* What was asked and gave nothing; the objects that are referred to, with their hashes; the
 * session; the end of the document with our script. */
int section_sought(struct page *p);
int section_index(struct page *p);
int section_session(struct page *p);
int section_tail(struct page *p);

#endif
