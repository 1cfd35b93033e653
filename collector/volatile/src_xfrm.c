/*
 * IPsec by NETLINK_XFRM (linux/xfrm.h): security associations and policies of every network
 * namespace.  The kernel gives the keys of an association to who may administer the
 * network; they are blanked.
 */
#include <errno.h>
#include <linux/xfrm.h>
#include <stddef.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/netlink.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/source.h"

/* Attributes of an association that end with a key.  The one of compression has none. */
static const struct secret_place keys[] = {
	{ .path = { XFRMA_ALG_AUTH }, .levels = 1, .from = offsetof(struct xfrm_algo, alg_key) },
	{ .path = { XFRMA_ALG_CRYPT }, .levels = 1, .from = offsetof(struct xfrm_algo, alg_key) },
	{ .path = { XFRMA_ALG_AEAD }, .levels = 1,
	  .from = offsetof(struct xfrm_algo_aead, alg_key) },
	{ .path = { XFRMA_ALG_AUTH_TRUNC }, .levels = 1,
	  .from = offsetof(struct xfrm_algo_auth, alg_key) },
};

static const struct secret association = {
	sizeof(struct xfrm_usersa_info), keys, sizeof(keys) / sizeof(keys[0]),
};

static const struct list {
	const char *name;
	const char *request;
	uint16_t type;
	const struct secret *secret;
} lists[] = {
	{ "state", "XFRM_MSG_GETSA", XFRM_MSG_GETSA, &association },
	{ "policy", "XFRM_MSG_GETPOLICY", XFRM_MSG_GETPOLICY, NULL },
};

static int take(struct source_env *env, const struct netns *ns, const struct list *l)
{
	struct netlink_request req = { .type = l->type, .flags = NLM_F_DUMP,
				       .secret = l->secret };
	unsigned long long ino = ns->ino;
	struct netlink nl;
	struct answer a;
	int end = 0;

	answer_begin(&a, env, "net/%llu/xfrm/%s", ino, l->name);
	answer_note(&a, "\"request\":\"%s\",\"netns\":%llu", l->request, ino);
	if (netlink_open(&nl, env, NETLINK_XFRM) < 0)
		answer_errno(&a, errno, "socket");
	else
		end = netlink_ask(&nl, &req, &a);
	netlink_close(&nl);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

static int in_namespace(struct source_env *env, const struct netns *ns)
{
	int end = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && end == 0; i++)
		end = source_stopped(env) ? 1 : take(env, ns, &lists[i]);
	return end;
}

int xfrm_run(struct source_env *env)
{
	symbols_load(&env->symbols, env->proc_fd, env->pulse);
	if (!symbols_has(&env->symbols, SYMBOL_XFRM))
		return answer_gap(env, "xfrm", GAP_UNSUPPORTED, env->symbols.oserr, NULL);
	return netns_each(env, in_namespace);
}
