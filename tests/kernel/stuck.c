/*
 * A process whose memory nobody can look at: one thread writes to a mapping of a file on a
 * frozen file system and waits with the lock of the process's mappings taken for reading, the
 * other wants it for writing, and from then on every reader waits too.
 *
 *	stuck FILE		on a file system that may be frozen (ioctl_fsfreeze)
 *
 * Ends when that process, its child, is stuck.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile char *mapped;
static volatile pid_t waits;	/* the thread that touches it */

/* Thread ${tid} of ${pid} waits, and no signal is heard: its state in /proc. */
static int is_deep(pid_t pid, pid_t tid)
{
	char path[64], stat[512] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)pid, (int)tid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	if (read(fd, stat, sizeof(stat) - 1) < 0)
		stat[0] = '\0';
	close(fd);
	return strstr(stat, ") D ") != NULL;
}

static void *wait_for_thaw(void *unused)
{
	waits = gettid();
	mapped[0] = 1;
	return unused;
}

static int get_stuck(const char *file)
{
	int fd = open(file, O_RDWR | O_CREAT, 0600);
	pthread_t reader;

	if (fd < 0 || ftruncate(fd, 4096) < 0)
		return 1;
	mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED || fsync(fd) < 0 || ioctl(fd, FIFREEZE, 0) < 0)
		return 2;
	if (pthread_create(&reader, NULL, wait_for_thaw, NULL) != 0)
		return 3;
	while (waits == 0 || !is_deep(getpid(), waits))
		usleep(10000);
	mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return 0;
}

int main(int argc, char *argv[])
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(get_stuck(argc == 2 ? argv[1] : ""));
	/* a minute; its first thread has its own number */
	for (int i = 0; i < 600 && pid > 0; i++) {
		if (is_deep(pid, pid))
			return 0;
		usleep(100000);
	}
	return 1;
}
