/*
 * rules: what the report points at.
 *
 * A rule is a question to the case in SQL, why its answer is worth a look, and what innocent
 * explanation there is (rules.def).  What it notices goes into the tables `observation` and
 * `evidence` of the case, bounded, and how much there was into `rule_count`: a rule without a
 * row there was not asked, because nothing of what it needs is in the archive of that host, a
 * rule with 0 was and found nothing.  A rule accuses nobody.
 */
#ifndef EXHIBIT_REPORT_RULES_H
#define EXHIBIT_REPORT_RULES_H

#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "workstation/case/db.h"

/* The five questions, in the order of the report. */
enum question {
	QUESTION_ENTRY,
	QUESTION_ORIGIN,
	QUESTION_TOUCHED,
	QUESTION_ACCESS,
	QUESTION_TRAIL,
	QUESTION_COUNT
};

struct rule {
	const char *id; /* "hidden-directory" */
	enum question question;
	int weight;           /* 1 to 100; sorts and nothing else */
	const char *title;    /* what was noticed, in a few words */
	const char *why;      /* why it is listed: a sentence */
	const char *innocent; /* what else explains it: a sentence */
	const char *more;     /* verb that shows all of it: "exhibit show ps" */
	const char *needs;    /* what must be in an archive for it to be asked: see rules.def */
	const char *sql;      /* see rules.def */
};

/* What of a case is kept at most: observations of a rule and host, evidence of an observation. */
#define RULES_OBSERVATIONS 100
#define RULES_EVIDENCE 6

/* The rules in the order of the file; NULL: there are no more.  By its name; NULL: none. */
const struct rule *rules_at(size_t i);
const struct rule *rules_find(const char *id);

/* "entry", as in the case; what the report calls it. */
const char *rules_question_word(enum question q);
const char *rules_question_title(enum question q);

/**
 * rules_views(db, e):
 * Make the views of view.def, for this connection alone.  May be called again.
 */
int rules_views(struct case_db *db, struct err *e);

/**
 * rules_lacks(sql, rule):
 * Append a SELECT of what is missing in archives, so that ${rule} was not asked of their hosts:
 * columns host, label ("records of logins") and i, the order of the labels.  Of a rule that was
 * asked of all hosts it has no row.  For a connection with the views of rules_views, behind
 * rules_run.
 */
void rules_lacks(struct buf *sql, const struct rule *rule);

/**
 * rules_run(db, e):
 * Ask every rule and put what it notices into the case, in place of what an earlier run put
 * there.  The case must be open for writing; see rules_aside.  Return 0, or -1.
 */
int rules_run(struct case_db *db, struct err *e);

/**
 * rules_aside(db, e):
 * From now on what rules_run notices goes into tables that only this connection sees, and
 * the case itself stays as it is.
 */
int rules_aside(struct case_db *db, struct err *e);

#endif
