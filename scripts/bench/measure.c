/*
 * measure: run a command and print "wall cpu": seconds, seconds of all its processes;
 * or, since looking takes time from who is looked at, only its "peak": KiB of all its
 * processes together.
 *
 *   measure time COMMAND [ARG ...]
 *   measure memory COMMAND [ARG ...]
 *
 * Peak memory is the largest sum of the proportional set sizes (Pss: a shared
 * page counts once) of the command and its descendants, seen every 10 ms in
 * /proc/PID/smaps_rollup.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Pss of one process in KiB, 0 if it has gone. */
static long pss(const char *pid)
{
	char path[300], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/smaps_rollup", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	while (kib == 0 && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Pss: %ld kB", &kib) != 1)
			kib = 0;
	fclose(f);
	return kib;
}

static int session_of(const char *pid)
{
	char path[300], text[1024];
	int session = -1, fd;
	ssize_t n;
	char *rest;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	rest = strrchr(text, ')');
	if (rest == NULL || sscanf(rest + 1, " %*c %*d %*d %d", &session) != 1)
		return -1;
	return session;
}

/* All processes of the command's session. */
static long pss_of_session(int session)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	long sum = 0;

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && session_of(e->d_name) == session)
			sum += pss(e->d_name);
	closedir(d);
	return sum;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static pid_t start(char *argv[])
{
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static long watch_memory(pid_t pid, int *status)
{
	long peak = 0;

	while (waitpid(pid, status, WNOHANG) == 0) {
		long sum = pss_of_session(pid);

		peak = sum > peak ? sum : peak;
		usleep(10000);
	}
	return peak;
}

int main(int argc, char *argv[])
{
	bool memory = argc > 2 && strcmp(argv[1], "memory") == 0;
	struct rusage used;
	double begun = now();
	long peak = 0;
	int status = 1;
	pid_t pid;

	if (argc < 3 || (!memory && strcmp(argv[1], "time") != 0))
		return 2;
	/* Grandchildren that outlive their parent are ours to wait for, with their time. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = start(argv + 2);
	if (memory)
		peak = watch_memory(pid, &status);
	else
		waitpid(pid, &status, 0);
	begun = now() - begun;
	while (waitpid(-1, NULL, 0) > 0)
		;
	getrusage(RUSAGE_CHILDREN, &used);
	if (memory)
		printf("%ld\n", peak);
	else
		printf("%.3f %.3f\n", begun, seconds(used.ru_utime) + seconds(used.ru_stime));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
