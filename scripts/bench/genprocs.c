/*
 * genprocs: be a host with many processes, for the benchmark of volatile state.
 *
 *   genprocs COUNT        says "ready" and stays until standard input ends
 *
 * Each has four threads, two sockets that wait for connections, pipes, an epoll, a file that
 * was deleted, a file in memory, and 60 mappings.  All end with this program.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define THREADS 3	/* besides the first */
#define FILES 12
#define MAPPINGS 60
#define BYTES 65536

static void *sit(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void listen_somewhere(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (s < 0 || bind(s, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(s, 8) < 0)
		exit(1);
}

static void hold(void)
{
	static char bytes[BYTES];
	char name[] = "/dev/shm/exhibit-genprocs-XXXXXX";
	int pair[2], memory = memfd_create("genprocs", 0), gone = mkstemp(name);

	unlink(name);
	memset(bytes, getpid() & 255, sizeof(bytes));
	if (memory < 0 || gone < 0 || write(memory, bytes, BYTES) != BYTES ||
	    write(gone, bytes, BYTES) != BYTES)
		exit(1);
	listen_somewhere();
	listen_somewhere();
	if (pipe(pair) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 ||
	    epoll_create1(0) < 0 || eventfd(0, 0) < 0 || timerfd_create(CLOCK_MONOTONIC, 0) < 0)
		exit(1);
	for (int i = 0; i < FILES; i++)
		if (open("/etc/passwd", O_RDONLY) < 0)
			exit(1);
	/* with other rights than its neighbour, so that the kernel does not join them */
	for (int i = 0; i < MAPPINGS; i++)
		mmap(NULL, BYTES, i % 2 == 0 ? PROT_READ : PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void be_one(int ready)
{
	pthread_t t;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	hold();
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&t, NULL, sit, NULL) != 0)
			exit(1);
	if (write(ready, "", 1) != 1)
		exit(1);
	close(ready);
	sit(NULL);
}

int main(int argc, char *argv[])
{
	int count = argc == 2 ? atoi(argv[1]) : 0, ready[2];
	char c;

	if (count <= 0 || pipe(ready) < 0)
		return 2;
	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (pid == 0)
			be_one(ready[1]);
	}
	close(ready[1]);
	for (int i = 0; i < count; i++)
		if (read(ready[0], &c, 1) != 1)
			return 1;
	puts("ready");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	return 0;
}
