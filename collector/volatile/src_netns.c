#include "collector/volatile/answer.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/source.h"

#include <errno.h>

static const char *word(bool b)
{
	return b ? "true" : "false";
}

static void put_line(struct buf *b, const struct netns *ns)
{
	int holder = ns->threads == 0 ? (int)ns->holder : 0;

	buf_printf(b, "{\"netns\":%llu,\"pid\":%d,\"held_by\":%d,\"threads\":%u,",
		   (unsigned long long)ns->ino, (int)ns->pid, holder, ns->threads);
	buf_printf(b, "\"own\":%s,\"of_init\":%s,\"reachable\":%s}\n", word(ns->own),
		   word(ns->of_init), word(ns->own || ns->fd >= 0));
}

int netns_run(struct source_env *env)
{
	const struct netns_list *l = netns_find(env);
	struct answer a;
	struct buf line;
	int end = 0;

	if (l == NULL)
		return answer_gap(env, "net/namespaces", GAP_INTERNAL, ENOMEM, NULL);
	answer_begin(&a, env, "net/namespaces");
	answer_note(&a, "\"request\":\"readlink /proc/PID/task/TID/ns/net, /proc/PID/fd/N, "
		    "nsfs mounts\"");
	answer_note(&a, "\"unseen_threads\":%u,\"unseen_errno\":%d,\"left_out\":%u", l->unseen,
		    l->oserr, l->left_out);
	buf_init(&line, 1024);
	for (size_t i = 0; i < l->count && end == 0; i++) {
		buf_clear(&line);
		put_line(&line, &l->ns[i]);
		end = answer_add(&a, line.p, line.len);
	}
	buf_release(&line);
	if (l->left_out > 0)
		answer_fail(&a, GAP_ENTRY_LIMIT, 0, NULL);
	else if (l->unseen > 0)
		answer_fail(&a, GAP_PERMISSION, l->oserr, "readlink");
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}
