/*
 * Audit state and rules by NETLINK_AUDIT: AUDIT_GET and AUDIT_LIST_RULES, which only tell.  The
 * kernel answers them in its first user and process namespaces alone.
 */
#include <errno.h>
#include <linux/audit.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/netlink.h"
#include "collector/volatile/source.h"

static const struct list {
	const char *name;
	const char *request;
	uint16_t type;
	uint16_t last;
} lists[] = {
	{ "audit/status", "AUDIT_GET", AUDIT_GET, AUDIT_GET },
	{ "audit/rules", "AUDIT_LIST_RULES", AUDIT_LIST_RULES, 0 },
};

/* The answers come from a thread of the kernel: an acknowledgement would not end them. */
static int take(struct source_env *env, const struct list *l)
{
	struct netlink_request req = { .type = l->type, .last = l->last };
	struct netlink nl;
	struct answer a;
	int end = 0;

	answer_begin(&a, env, "%s", l->name);
	answer_note(&a, "\"request\":\"%s\"", l->request);
	if (netlink_open(&nl, env, NETLINK_AUDIT) < 0)
		answer_errno(&a, errno, "socket");
	else
		end = netlink_ask(&nl, &req, &a);
	netlink_close(&nl);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

int audit_run(struct source_env *env)
{
	int end = 0;

	symbols_load(&env->symbols, env->proc_fd, env->pulse);
	if (!symbols_has(&env->symbols, SYMBOL_AUDIT))
		return answer_gap(env, "audit", GAP_UNSUPPORTED, env->symbols.oserr, NULL);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && end == 0; i++)
		end = take(env, &lists[i]);
	return end;
}
