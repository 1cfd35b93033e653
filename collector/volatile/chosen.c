#include "collector/volatile/chosen.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/acquire/meta.h"
#include "collector/volatile/own_path.h"
#include "collector/volatile/proc_lines.h"
#include "collector/volatile/suspect.h"
#include "lib/base/buf.h"
#include "lib/base/fd.h"

#define PIDS_MAX (4u << 20)		/* bytes of numbers: a million processes */
#define LINK_ROOM 8192u
#define WORD "suspicious"
#define BIT(id) (1u << SUSPECT_##id)

/* ===== who ===== */

/* The next number of the list, 0 for the word; false at the end. */
static bool next(const char **asked, long *number)
{
	if (**asked == '\0')
		return false;
	*number = strtol(*asked, NULL, 10);
	*asked += strcspn(*asked, ",");
	*asked += **asked == ',';
	return true;
}

bool chosen_by_number(const char *asked, pid_t pid)
{
	long number;

	while (next(&asked, &number))
		if (number == pid)
			return true;
	return false;
}

bool chosen_by_facts(const char *asked)
{
	return strstr(asked, WORD) != NULL;
}

static void add(struct buf *pids, long number)
{
	pid_t pid = (pid_t)number;

	if (number > 0)
		buf_add(pids, &pid, sizeof(pid));
}

static void close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static DIR *open_list(struct source_env *env)
{
	int fd CLEANUP(fd_close) = -1;
	DIR *d;

	pulse_call(env->pulse, PULSE_OPEN);
	fd = openat(env->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pulse_idle(env->pulse);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (d != NULL)
		fd_take(&fd);
	return d;
}

/* errno, or 0. */
static int add_all(struct source_env *env, struct buf *pids)
{
	DIR *d CLEANUP(close_dir) = open_list(env);
	const struct dirent *e;

	if (d == NULL)
		return errno;
	do {
		errno = 0;
		pulse_call(env->pulse, PULSE_LIST);
		e = readdir(d);
		if (e != NULL && isdigit((unsigned char)e->d_name[0]))
			add(pids, strtol(e->d_name, NULL, 10));
	} while (e != NULL);
	pulse_idle(env->pulse);
	return errno;
}

static int compare(const void *pa, const void *pb)
{
	pid_t a = *(const pid_t *)pa, b = *(const pid_t *)pb;

	return a < b ? -1 : a > b;
}

void chosen_list(struct source_env *env, struct chosen *out)
{
	const char *asked = env->processes;
	struct buf pids;
	size_t all;
	long number;

	*out = (struct chosen){ .pid = NULL };
	buf_init(&pids, PIDS_MAX);
	if (chosen_by_facts(asked))
		out->oserr = add_all(env, &pids);
	while (next(&asked, &number))
		add(&pids, number);
	if (pids.failed)
		out->oserr = ENOMEM;
	out->pid = (pid_t *)(void *)pids.p;	/* from malloc, and ours from here on */
	all = pids.len / sizeof(pid_t);
	if (all > 1)
		qsort(out->pid, all, sizeof(pid_t), compare);
	for (size_t i = 0; i < all; i++)
		if (out->count == 0 || out->pid[out->count - 1] != out->pid[i])
			out->pid[out->count++] = out->pid[i];
}

/* ===== why ===== */

/* What the link ${name} of the process leads to. */
static bool look(struct source_env *env, int dir, const char *name, struct item_stat *st)
{
	int fd CLEANUP(fd_close) = -1;
	int end;

	pulse_call(env->pulse, PULSE_STAT);
	fd = openat(dir, name, O_PATH | O_CLOEXEC);
	end = fd < 0 ? -1 : meta_stat(fd, "", st);
	pulse_idle(env->pulse);
	return end == 0;
}

/* Only then does its path mean for us what it means for the process. */
static bool has_our_root(struct source_env *env, int dir)
{
	struct item_stat ours, its;

	return env->walk != NULL && meta_stat(env->walk->root_fd, "", &ours) == 0 &&
	       look(env, dir, "root", &its) && meta_same(&ours, &its);
}

/* The link says "deleted".  Does a name end like that by itself?  Then *${kept} is the inode of
 * the file, which is there.  If not: has somebody else the name? */
static unsigned facts_of_deleted(struct source_env *env, int dir, struct bytes link,
				 struct bytes name, uint64_t *kept)
{
	struct item_stat st;

	if (!look(env, dir, "exe", &st))
		return BIT(EXE_DELETED);
	if (own_path_compare(env, link, &st) == OWN_PATH_SAME) {
		*kept = st.ino;
		return 0;
	}
	if (has_our_root(env, dir) && own_path_compare(env, name, &st) == OWN_PATH_OTHER)
		return BIT(EXE_DELETED) | BIT(EXE_REPLACED);
	return BIT(EXE_DELETED);
}

static unsigned facts_of_executable(struct source_env *env, int dir, struct bytes link,
				    uint64_t *kept)
{
	unsigned facts = suspect_executable(link.p, link.len);
	struct bytes name = link;

	if ((facts & BIT(EXE_DELETED)) == 0 || !suspect_was_deleted(link.p, link.len, &name.len))
		return facts;
	return (facts & ~BIT(EXE_DELETED)) | facts_of_deleted(env, dir, link, name, kept);
}

static int open_below(struct source_env *env, int dir, const char *name)
{
	int fd;

	pulse_call(env->pulse, PULSE_OPEN);
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	pulse_idle(env->pulse);
	return fd;
}

static unsigned facts_of_command(struct source_env *env, int dir)
{
	int fd CLEANUP(fd_close) = open_below(env, dir, "cmdline");
	char text[64];
	ssize_t n;

	if (fd < 0)
		return 0;
	pulse_call(env->pulse, PULSE_READ);
	n = read(fd, text, sizeof(text));
	pulse_idle(env->pulse);
	return suspect_command(text, n < 0 ? 0 : (size_t)n);
}

/* ${kept}: inode of a file that is there though its name says "deleted", or 0. */
static unsigned facts_of_mappings(struct source_env *env, int dir, uint64_t kept)
{
	static struct proc_lines lines;		/* too large for the stack */
	struct region r;
	unsigned facts = 0;
	const char *line;

	if (proc_lines_open(&lines, dir, "maps", env->pulse) < 0)
		return 0;
	while (!source_stopped(env) && (line = proc_lines_next(&lines)) != NULL)
		if (region_begin(line, strlen(line), &r))
			facts |= suspect_region(&r) &
				 ~(r.inode == kept ? BIT(DELETED_CODE) : 0);
	proc_lines_close(&lines);
	return facts;
}

unsigned chosen_facts(struct source_env *env, int dir, int *oserr)
{
	char link[LINK_ROOM];
	uint64_t kept = 0;
	unsigned facts;
	ssize_t n;

	pulse_call(env->pulse, PULSE_READLINK);
	n = readlinkat(dir, "exe", link, sizeof(link) - 1);
	*oserr = n < 0 && (errno == EACCES || errno == EPERM) ? errno : 0;
	pulse_idle(env->pulse);
	if (n <= 0)
		return 0;
	facts = facts_of_executable(env, dir, (struct bytes){ link, (size_t)n }, &kept);
	return facts | facts_of_command(env, dir) | facts_of_mappings(env, dir, kept);
}
