/*
 * show_groups: the arrays of verbs of all groups, declared from groups.def.  Each ends with a
 * row whose name is NULL.
 */
#ifndef EXHIBIT_SHOW_SHOW_GROUPS_H
#define EXHIBIT_SHOW_SHOW_GROUPS_H

#include "workstation/show/show.h"

#define GROUP(name) extern const struct show_verb show_##name##_verbs[];
#include "workstation/show/groups.def"
#undef GROUP

#endif
