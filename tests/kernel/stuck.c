/*
 * A process whose memory nobody can look at: one thread writes to a mapping of a file on a
 * frozen file system and waits with the lock of the process's mappings taken for reading, the
 * other wants it for writing, and from then on every reader waits too.
 *
 *	stuck FILE		on a file system that may be frozen (ioctl_fsfreeze)
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile char *mapped;

static void *wait_for_thaw(void *unused)
{
	mapped[0] = 1;
	return unused;
}

int main(int argc, char *argv[])
{
	int fd = open(argc == 2 ? argv[1] : "", O_RDWR | O_CREAT, 0600);
	pthread_t reader;

	if (fd < 0 || ftruncate(fd, 4096) < 0)
		return 1;
	mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED || fsync(fd) < 0 || ioctl(fd, FIFREEZE, 0) < 0)
		return 2;
	if (pthread_create(&reader, NULL, wait_for_thaw, NULL) != 0)
		return 3;
	usleep(200000);
	mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return 0;
}
