/*
 * /proc/net of network namespaces other than that of process 1, whose files the catalogue
 * takes.  The directory shows the namespace that the reading thread is in.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/source.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#define CHUNK 65536u
#define FILE_MAX (64u << 20)		/* bytes of one file */

/* Directories below net/ whose files only tell.  Others (rpc/) have some that act or wait. */
static const char *const folders[] = {
	".", "stat", "netfilter", "dev_snmp6", "vlan", "bonding", "sctp", "xt_recent",
	"ipt_hashlimit", "ip6t_hashlimit",
};

static int copy(struct source_env *env, struct answer *a, int fd)
{
	char chunk[CHUNK];
	uint64_t had = 0;
	ssize_t n;

	for (;;) {
		pulse_call(env->pulse, PULSE_READ);
		n = read(fd, chunk, sizeof(chunk));
		pulse_idle(env->pulse);
		if (n < 0)
			return answer_fail(a, GAP_INCOMPLETE, errno, "read");
		if (n == 0)
			return 0;
		if (answer_add(a, chunk, (size_t)n) < 0)
			return -1;
		had += (uint64_t)n;
		if (had >= FILE_MAX)
			return answer_fail(a, GAP_SPOOL_LIMIT, 0, NULL);
	}
}

/* Only a regular file with a read bit; looked at before it is opened. */
static int take_file(struct source_env *env, uint64_t ino, int at, const char *folder,
		     const char *name)
{
	bool top = strcmp(folder, ".") == 0;
	struct answer a;
	struct stat st;
	int end = 0, fd CLEANUP(fd_close) = -1;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
	    (st.st_mode & 0444) == 0)
		return 0;
	pulse_call(env->pulse, PULSE_OPEN);
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	pulse_idle(env->pulse);
	answer_begin(&a, env, "net/%llu/proc/%s%s%s", (unsigned long long)ino, top ? "" : folder,
		     top ? "" : "/", name);
	if (fd < 0)
		answer_fail(&a, gap_from_errno(errno), errno, "openat");
	else
		end = copy(env, &a, fd);
	return answer_end(&a) < 0 ? -1 : end;
}

static int take_folder(struct source_env *env, uint64_t ino, int net, const char *folder)
{
	DIR *d CLEANUP(dir_close) = dir_open(net, folder);
	const struct dirent *e;
	int end = 0;

	if (d == NULL)
		return 0;
	while (end == 0 && (e = readdir(d)) != NULL) {
		if (source_stopped(env))
			return 1;
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			end = take_file(env, ino, dirfd(d), folder, e->d_name);
	}
	return end;
}

static int in_namespace(struct source_env *env, const struct netns *ns)
{
	int net CLEANUP(fd_close) = -1;
	char name[ANSWER_NAME_MAX];
	int end = 0;

	if (ns->of_init)
		return 0;
	net = fd_handle(env->proc_fd, "thread-self/net", O_DIRECTORY);
	if (net < 0)
		net = fd_handle(env->proc_fd, "self/net", O_DIRECTORY);
	if (net < 0) {
		snprintf(name, sizeof(name), "net/%llu/proc", (unsigned long long)ns->ino);
		return answer_gap(env, name, gap_from_errno(errno), errno, "openat");
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && end == 0; i++)
		end = take_folder(env, ns->ino, net, folders[i]);
	return end;
}

int net_files_run(struct source_env *env)
{
	return netns_each(env, in_namespace);
}
