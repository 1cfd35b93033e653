/*
 * Lets the OOM killer choose a process of a collection in its midst: in a guest, as root.
 *
 *	oom ROLE CODE ARCHIVE PROGRAM ARGUMENT...
 *
 * Runs PROGRAM, whose standard output goes to ARCHIVE through us, so that it lasts.  When the
 * first 256 KiB are there, its process ROLE ("reader", "nursery", "recorder") is made the one
 * that the kernel likes best, and the kernel is asked to free memory as if there were none
 * (Documentation/admin-guide/sysrq.rst, "f").  0 if it killed that process, and the end of the
 * program was CODE ("0", "1", ..., "killed").
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENOUGH (256u << 10)
#define LOG_ALL 3			/* syslog(2): read all that is in the kernel's ring */

/* The youngest child of a process; 0: it has none. */
static int child_of(int pid)
{
	char path[64];
	int child = 0, next;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	while (fscanf(f, "%d", &next) == 1)
		child = next;
	fclose(f);
	return child;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), n = (int)strlen(text);
	int ok = fd >= 0 && write(fd, text, (size_t)n) == n;

	close(fd);
	return ok ? 0 : -1;
}

static int choose(const char *role, int recorder)
{
	int pid = recorder;
	char path[64];

	if (strcmp(role, "recorder") != 0)
		pid = child_of(pid);
	if (strcmp(role, "reader") == 0)
		pid = child_of(pid);
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	if (pid <= 0 || write_text(path, "1000") < 0 || write_text("/proc/sysrq-trigger", "f") < 0)
		return 0;
	return pid;
}

/* By the kernel's own word, which may need a moment. */
static int was_killed(int pid)
{
	static char log[1 << 20];
	char killed[64];

	snprintf(killed, sizeof(killed), "Killed process %d (", pid);
	for (int i = 0; i < 100; i++) {
		int n = klogctl(LOG_ALL, log, sizeof(log) - 1);

		log[n < 0 ? 0 : n] = '\0';
		if (strstr(log, killed) != NULL)
			return 1;
		usleep(100000);
	}
	fprintf(stderr, "oom: process %d was not killed\n", pid);
	return 0;
}

static int ended_as(int status, const char *code)
{
	printf("oom: %s %d\n", WIFSIGNALED(status) ? "signal" : "exit",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGKILL && strcmp(code, "killed") == 0;
	return strcmp(code, "killed") != 0 && WEXITSTATUS(status) == atoi(code);
}

int main(int argc, char *argv[])
{
	int ends[2], out, status, pid, chosen = 0, right = 1;
	static char block[65536];
	size_t seen = 0;
	ssize_t n;

	if (argc < 5 || pipe(ends) < 0)
		return 2;
	out = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	pid = fork();
	if (out < 0 || pid < 0)
		return 2;
	if (pid == 0) {
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		execv(argv[4], argv + 4);
		_exit(127);
	}
	close(ends[1]);
	while ((n = read(ends[0], block, sizeof(block))) > 0) {
		if (write(out, block, (size_t)n) != n)
			return 2;
		seen += (size_t)n;
		if (chosen == 0 && seen >= ENOUGH) {
			chosen = choose(argv[1], pid);
			right = chosen > 0 && was_killed(chosen);
		}
	}
	close(out);
	waitpid(pid, &status, 0);
	return ended_as(status, argv[2]) && chosen > 0 && right ? 0 : 1;
}
