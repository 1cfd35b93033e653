/*
 * Programs of bpf that are attached to control groups (of version 2) and network namespaces,
 * those without a link among them (bpf_query.h).  Those of interfaces come with route.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/bpf_query.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"

#define GROUPS_MAX 16384u		/* control groups looked at */
#define DEPTH_MAX 24u			/* of control groups in control groups */
#define PATH_ROOM 4096u			/* bytes of the path of a control group */

/* enum bpf_attach_type (linux/bpf.h); numbers where the header may be older. */
static const uint8_t group_types[] = {
	BPF_CGROUP_INET_INGRESS, BPF_CGROUP_INET_EGRESS, BPF_CGROUP_INET_SOCK_CREATE,
	BPF_CGROUP_SOCK_OPS, BPF_CGROUP_DEVICE, BPF_CGROUP_INET4_BIND, BPF_CGROUP_INET6_BIND,
	BPF_CGROUP_INET4_CONNECT, BPF_CGROUP_INET6_CONNECT, BPF_CGROUP_INET4_POST_BIND,
	BPF_CGROUP_INET6_POST_BIND, BPF_CGROUP_UDP4_SENDMSG, BPF_CGROUP_UDP6_SENDMSG,
	BPF_CGROUP_SYSCTL, BPF_CGROUP_UDP4_RECVMSG, BPF_CGROUP_UDP6_RECVMSG,
	BPF_CGROUP_GETSOCKOPT, BPF_CGROUP_SETSOCKOPT, BPF_CGROUP_INET4_GETPEERNAME,
	BPF_CGROUP_INET6_GETPEERNAME, BPF_CGROUP_INET4_GETSOCKNAME,
	BPF_CGROUP_INET6_GETSOCKNAME, BPF_CGROUP_INET_SOCK_RELEASE, BPF_LSM_CGROUP,
	49, 50, 51, 52, 53,		/* BPF_CGROUP_UNIX_CONNECT ... UNIX_GETSOCKNAME */
};

static const uint8_t netns_types[] = { BPF_FLOW_DISSECTOR, BPF_SK_LOOKUP };

/* ===== control groups ===== */

static int open_dir(struct source_env *env, int at, const char *name)
{
	int fd;

	pulse_call(env->pulse, PULSE_OPEN);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	pulse_idle(env->pulse);
	return fd;
}

static int ask_group(struct source_env *env, struct answer *a, int fd, const char *path)
{
	struct bpf_place p = { .target = (uint32_t)fd, .types = group_types,
			   .count = sizeof(group_types) };
	struct stat st;
	struct buf line;
	int end;

	buf_init(&line, PATH_ROOM * 8);
	buf_puts(&line, "{\"cgroup\":");
	text_json_escaped(&line, path, strlen(path));
	if (fstat(fd, &st) == 0)
		buf_printf(&line, ",\"ino\":%llu", (unsigned long long)st.st_ino);
	p.line = buf_cstr(&line);
	end = bpf_query(env, a, &p);
	buf_release(&line);
	return end;
}

/* Directories on the way down, and the path of the last. */
struct way {
	DIR *dir[DEPTH_MAX];
	size_t len[DEPTH_MAX];		/* of the path before it */
	unsigned depth;
	unsigned groups;		/* so far */
	char path[PATH_ROOM];
};

/* Takes over the descriptor. */
static int go_in(struct source_env *env, struct answer *a, struct way *w, int fd,
		 const char *name)
{
	size_t len = strlen(w->path);
	DIR *d = fdopendir(fd);

	if (d == NULL || w->depth == DEPTH_MAX || len + strlen(name) + 2 > PATH_ROOM ||
	    w->groups == GROUPS_MAX) {
		answer_fail(a, GAP_ENTRY_LIMIT, 0, NULL);
		if (d != NULL)
			closedir(d);
		else
			close(fd);
		return 0;
	}
	w->groups++;
	w->len[w->depth] = len;
	w->dir[w->depth++] = d;
	snprintf(w->path + len, PATH_ROOM - len, "/%s", name);
	return ask_group(env, a, dirfd(d), w->path);
}

static void go_out(struct way *w)
{
	w->depth--;
	closedir(w->dir[w->depth]);
	w->path[w->len[w->depth]] = '\0';
}

static int walk(struct source_env *env, struct answer *a, struct way *w)
{
	int end = 0;

	while (w->depth > 0 && end == 0) {
		const struct dirent *e = readdir(w->dir[w->depth - 1]);
		int fd;

		if (e == NULL) {
			go_out(w);
			continue;
		}
		if (source_stopped(env)) {
			answer_fail(a, GAP_CUT, 0, NULL);
			end = 1;
			break;
		}
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		fd = open_dir(env, dirfd(w->dir[w->depth - 1]), e->d_name);
		if (fd >= 0)
			end = go_in(env, a, w, fd, e->d_name);
	}
	while (w->depth > 0)
		go_out(w);
	return end;
}

/* The tree of version 2 is at one of two places. */
static int open_tree_root(struct source_env *env, const char **name)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs s;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int fd CLEANUP(fd_close) = open_dir(env, AT_FDCWD, places[i]);

		*name = places[i] + 1;
		if (fd >= 0 && fstatfs(fd, &s) == 0 && s.f_type == CGROUP2_SUPER_MAGIC)
			return fd_take(&fd);
	}
	return -1;
}

static int take_groups(struct source_env *env)
{
	struct way w = { .depth = 0 };
	const char *name;
	struct answer a;
	int end = 0, root = open_tree_root(env, &name);

	answer_begin(&a, env, "bpf/attached/cgroup");
	answer_note(&a, "\"request\":\"BPF_PROG_QUERY\"");
	if (root < 0)
		answer_fail(&a, GAP_UNSUPPORTED, 0, NULL);
	else
		end = go_in(env, &a, &w, root, name);
	if (end == 0)
		end = walk(env, &a, &w);
	return answer_end(&a) < 0 || end < 0 ? -1 : end;
}

/* ===== network namespaces ===== */

static int ask_netns(struct source_env *env, struct answer *a, uint64_t ino, int fd)
{
	struct bpf_place p = { .target = (uint32_t)fd, .types = netns_types,
			       .count = sizeof(netns_types) };
	char line[64];

	snprintf(line, sizeof(line), "{\"netns\":%llu", (unsigned long long)ino);
	p.line = line;
	return fd < 0 ? 0 : bpf_query(env, a, &p);
}

/* By their descriptors: nothing is entered for that. */
static int take_netns(struct source_env *env)
{
	const struct netns_list *l = netns_find(env);
	struct answer a;
	int end = 0;

	if (l == NULL)
		return answer_gap(env, "bpf/attached/netns", GAP_INTERNAL, ENOMEM, NULL);
	answer_begin(&a, env, "bpf/attached/netns");
	answer_note(&a, "\"request\":\"BPF_PROG_QUERY\"");
	for (size_t i = 0; i < l->count && end == 0; i++)
		end = ask_netns(env, &a, l->ns[i].ino, l->ns[i].own ? l->own_fd : l->ns[i].fd);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

int bpf_attached_run(struct source_env *env)
{
	int end = take_groups(env);

	return end != 0 ? end : take_netns(env);
}
