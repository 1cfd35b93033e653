/*
 * ask: how does the object at a whole path stand to a plan?  Walks down to it as
 * the walker does, one plan_enter per directory on the way.
 */
#ifndef EXHIBIT_TESTS_ASK_H
#define EXHIBIT_TESTS_ASK_H

#include "collector/select/plan.h"

/* The answer of plan_match for the category; and the same for a path with any bytes. */
struct plan_match ask_match(const struct plan *p, const char *path, enum category c);
struct plan_match ask_bytes(const struct plan *p, struct bytes path, enum category c);

/* The id of the row that takes the path, or "-"; how deep it is taken, or DEPTH_COUNT. */
const char *ask_owner(const struct plan *p, const char *path);
enum depth ask_depth(const struct plan *p, const char *path);

/* A plan of the profile, or of more; fails the test if there is none. */
struct plan *ask_profile(const char *profile, const struct plan_facts *facts);
struct plan *ask_plan(const struct plan_request *req, const struct plan_facts *facts);

#endif
