#include "collector/host/risk.h"

#include <string.h>

bool risk_covered(const struct mountinfo *m, size_t n, size_t i)
{
	for (size_t j = i + 1; j < n; j++) {
		/* A moved mount can be listed after what lies on it. */
		if (m[j].id != m[i].parent && mountinfo_below(m[i].path, m[j].path))
			return true;
	}
	return false;
}

/* A remote mount by itself: out of the way, needed, or to be detached. */
static enum risk judge(const struct mountinfo *m, size_t n, size_t i, const char *root)
{
	if (!mountinfo_is_remote(m[i].fstype))
		return RISK_STAY;
	for (size_t j = i + 1; j < n; j++) {
		if (m[j].id != m[i].parent && !mountinfo_is_remote(m[j].fstype) &&
		    mountinfo_below(m[i].path, m[j].path))
			return RISK_COVERED;
	}
	return mountinfo_below(root, m[i].path) ? RISK_NEEDED : RISK_DETACH;
}

/* Does a mount that is detached lie above this one? */
static bool goes_along(const struct mountinfo *m, size_t n, size_t i, const enum risk *out)
{
	for (size_t j = 0; j < n; j++) {
		if (j != i && out[j] == RISK_DETACH && strcmp(m[j].path, m[i].path) != 0 &&
		    mountinfo_below(m[i].path, m[j].path))
			return true;
	}
	return false;
}

void risk_decide(const struct mountinfo *m, size_t n, const char *root, enum risk *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = judge(m, n, i, root != NULL ? root : "/");
	/* BELOW never hides a DETACH that is itself above: the topmost stays DETACH. */
	for (size_t i = 0; i < n; i++) {
		if ((out[i] == RISK_STAY || out[i] == RISK_DETACH) && goes_along(m, n, i, out))
			out[i] = RISK_BELOW;
	}
}
