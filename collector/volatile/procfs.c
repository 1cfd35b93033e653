#include "collector/volatile/procfs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC)
#define STATUS_ROOM 4096u
#define CHUNK 65536u

/* Only the owner may leave the time as it is. */
int procfs_open_fd(int at, const char *name)
{
	int fd = openat(at, name, OPEN_DIR);

	return fd < 0 && errno == EPERM ? openat(at, name, OPEN_DIR & ~O_NOATIME) : fd;
}

DIR *procfs_open(int at, const char *name)
{
	int fd CLEANUP(fd_close) = procfs_open_fd(at, name);

	return dir_take(&fd);
}

/* 0 if it is no number. */
static uint32_t number_of(const char *name)
{
	unsigned long n = isdigit((unsigned char)name[0]) ? strtoul(name, NULL, 10) : 0;

	return n <= UINT32_MAX ? (uint32_t)n : 0;
}

static void add_threads(int proc_fd, const char *pid, struct view_set *out)
{
	char name[300];
	DIR *d CLEANUP(dir_close) = NULL;
	const struct dirent *e;

	snprintf(name, sizeof(name), "%s/task", pid);
	d = procfs_open(proc_fd, name);
	while (d != NULL && (e = readdir(d)) != NULL)
		if (number_of(e->d_name) != 0)
			view_set_add_number(out, number_of(e->d_name));
}

int procfs_list(int proc_fd, struct pulse *pulse, bool threads, struct view_set *out,
		uint32_t *folders)
{
	DIR *d CLEANUP(dir_close) = procfs_open(proc_fd, ".");
	const struct dirent *e;
	uint32_t others = 0;

	if (d == NULL)
		return errno;
	while ((e = readdir(d)) != NULL) {
		uint32_t pid = number_of(e->d_name);

		pulse_call(pulse, PULSE_LIST);
		others += pid == 0 && e->d_type == DT_DIR && e->d_name[0] != '.';
		if (pid != 0 && !threads)
			view_set_add_number(out, pid);
		else if (pid != 0)
			add_threads(proc_fd, e->d_name, out);
	}
	pulse_idle(pulse);
	if (folders != NULL)
		*folders = others;
	return 0;
}

ssize_t procfs_read(int proc_fd, const char *name, char *text, size_t size)
{
	int fd CLEANUP(fd_close) = openat(proc_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, text, size - 1);

	text[n < 0 ? 0 : n] = '\0';
	return n;
}

int procfs_mounts(int proc_fd, const char *name, struct buf *out)
{
	int fd CLEANUP(fd_close) = openat(proc_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 0;
	char *room;

	while (n >= 0 && (room = buf_room(out, CHUNK)) != NULL &&
	       (n = read(fd, room, CHUNK)) > 0)
		out->len += (size_t)n;
	if (n < 0)
		return errno;
	out->failed = false;		/* a longer table is looked at as far as it fits */
	return buf_cstr(out)[0] == '\0' ? ENODATA : 0;
}

/* The whole lines of the text; what is behind the last is kept for later.  False: enough. */
static bool take_lines(char *text, size_t *kept, bool (*take)(void *of, const char *line), void *of)
{
	char *line = text, *newline;

	while ((newline = strchr(line, '\n')) != NULL) {
		*newline = '\0';
		if (!take(of, line))
			return false;
		line = newline + 1;
	}
	*kept = strlen(line);
	if (*kept > PROCFS_LINE)
		*kept = 0;
	memmove(text, line, *kept);
	return true;
}

int procfs_lines(int proc_fd, const char *name, struct pulse *pulse,
		 bool (*take)(void *of, const char *line), void *of)
{
	int fd CLEANUP(fd_close) = openat(proc_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char text[PROCFS_LINE + CHUNK + 1];
	size_t kept = 0;
	ssize_t n = fd < 0 ? -1 : 0;

	while (fd >= 0) {
		pulse_call(pulse, PULSE_READ);
		n = read(fd, text + kept, CHUNK);
		pulse_idle(pulse);
		if (n <= 0)
			break;
		text[kept + (size_t)n] = '\0';
		if (!take_lines(text, &kept, take, of))
			break;
	}
	return n < 0 ? errno : 0;
}

uint64_t procfs_number(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, n) == 0)
			return strtoull(line + n, NULL, 10);
	}
	return 0;
}

/* A name may hold blanks and brackets; behind the last bracket there are only numbers. */
uint64_t procfs_start(int proc_fd, uint32_t id)
{
	char name[32], text[STATUS_ROOM];
	const char *at;

	snprintf(name, sizeof(name), "%u/stat", id);
	if (procfs_read(proc_fd, name, text, sizeof(text)) <= 0)
		return 0;
	at = strrchr(text, ')');	/* behind it field 3 */
	for (int field = 2; at != NULL && field < 22; field++) {
		at = strchr(at, ' ');
		at = at == NULL ? NULL : at + 1;
	}
	return at == NULL ? 0 : strtoull(at, NULL, 10);
}

void procfs_describe(int proc_fd, uint32_t id, struct buf *out)
{
	char name[32], text[STATUS_ROOM];
	int oserr = 0;

	snprintf(name, sizeof(name), "%u/status", id);
	if (procfs_read(proc_fd, name, text, sizeof(text)) < 0)
		oserr = errno;
	buf_printf(out, "\"lookup_errno\":%d", oserr);
	if (oserr != 0)
		return;
	buf_printf(out, ",\"tgid\":%llu,\"ppid\":%llu,\"start\":%llu",
		   (unsigned long long)procfs_number(text, "Tgid:"),
		   (unsigned long long)procfs_number(text, "PPid:"),
		   (unsigned long long)procfs_start(proc_fd, id));
	if (strncmp(text, "Name:\t", 6) == 0) {
		buf_puts(out, ",\"name\":");
		text_json_escaped(out, text + 6, strcspn(text + 6, "\n"));
	}
}

bool procfs_in_first_namespace(int proc_fd)
{
	struct stat st;

	return fstatat(proc_fd, "self/ns/pid", &st, 0) == 0 && st.st_ino == PROCFS_INIT_PID_NS;
}
