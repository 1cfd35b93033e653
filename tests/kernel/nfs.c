/*
 * A server of NFS version 3 for one mount that then dies: in a guest whose kernel has the client.
 *
 *	nfs serve		answer on 127.0.0.1 until somebody stops us
 *	nfs mount DIR		mount its only directory on DIR
 *	nfs stop		stop the server for good (SIGSTOP): from now on nothing answers
 *	nfs ask DIR		look at DIR and never come back; 0 if that really hung
 *
 * The server knows one directory and answers what a mount asks (RFC 1813 with its mount protocol
 * as appendix I, RFC 5531 for the calls): no file, no other error than "not supported".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT 2049
#define PID_FILE "/tmp/nfs.pid"
#define ROOT "rootroot"			/* its file handle, 8 bytes */
enum { PROGRAM_MOUNT = 100005, ACCEPTED = 0, PROC_UNAVAIL = 3 };

struct answer {
	uint32_t words[128];
	size_t n;
};

static void put(struct answer *a, uint32_t word)
{
	a->words[a->n++] = htonl(word);
}

static void put64(struct answer *a, uint64_t value)
{
	put(a, (uint32_t)(value >> 32));
	put(a, (uint32_t)value);
}

/* struct fattr3 of the directory. */
static void put_attributes(struct answer *a)
{
	put(a, 2);			/* NF3DIR */
	put(a, 0755);
	put(a, 2);
	put(a, 0);
	put(a, 0);
	put64(a, 4096);
	put64(a, 4096);
	put64(a, 0);			/* rdev */
	put64(a, 7);			/* fsid */
	put64(a, 1);			/* fileid */
	for (int i = 0; i < 3; i++)	/* atime mtime ctime */
		put64(a, (uint64_t)1700000000 << 32);
}

static void put_optional_attributes(struct answer *a)
{
	put(a, 1);
	put_attributes(a);
}

static void answer_mount(struct answer *a)
{
	put(a, 0);
	put(a, sizeof(ROOT) - 1);
	memcpy(a->words + a->n, ROOT, sizeof(ROOT) - 1);
	a->n += (sizeof(ROOT) - 1) / 4;
	put(a, 1);
	put(a, 1);			/* AUTH_UNIX */
}

static void answer_fsinfo(struct answer *a)
{
	put(a, 0);
	put_optional_attributes(a);
	for (int i = 0; i < 6; i++)	/* rtmax rtpref rtmult wtmax wtpref wtmult */
		put(a, i % 3 == 2 ? 4096 : 65536);
	put(a, 4096);			/* dtpref */
	put64(a, (uint64_t)1 << 40);
	put64(a, 1);			/* time_delta */
	put(a, 0x1b);
}

static void answer_pathconf(struct answer *a)
{
	put(a, 0);
	put_optional_attributes(a);
	put(a, 32);
	put(a, 255);
	for (int i = 0; i < 4; i++)
		put(a, 1);
}

static void answer_getattr(struct answer *a)
{
	put(a, 0);
	put_attributes(a);
}

static void answer_access(struct answer *a)
{
	put(a, 0);
	put_optional_attributes(a);
	put(a, 0x1f);
}

static void answer_fsstat(struct answer *a)
{
	put(a, 0);
	put_optional_attributes(a);
	for (int i = 0; i < 6; i++)
		put64(a, 1 << 20);
	put(a, 0);
}

static void answer_null(struct answer *a)
{
	(void)a;
}

static const struct {
	int is_mount;
	uint32_t procedure;
	void (*answer)(struct answer *a);
} procedures[] = {
	{ 1, 0, answer_null }, { 1, 1, answer_mount }, { 0, 0, answer_null },
	{ 0, 1, answer_getattr }, { 0, 4, answer_access }, { 0, 18, answer_fsstat },
	{ 0, 19, answer_fsinfo }, { 0, 20, answer_pathconf },
};

static int read_whole(int fd, void *to, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = read(fd, (char *)to + at, n - at);

		if (got <= 0)
			return -1;
		at += (size_t)got;
	}
	return 0;
}

/* A call of RFC 5531 in one fragment; its answer. */
static int answer_one(int fd)
{
	static uint32_t call[16384];
	struct answer a = { .n = 1 };
	uint32_t mark, n;

	if (read_whole(fd, &mark, 4) < 0)
		return -1;
	n = ntohl(mark) & 0x7fffffff;
	if (n < 24 || n > sizeof(call) || read_whole(fd, call, n) < 0)
		return -1;
	put(&a, ntohl(call[0]));	/* xid */
	put(&a, 1);			/* REPLY */
	put(&a, 0);			/* MSG_ACCEPTED */
	put(&a, 0);			/* AUTH_NONE */
	put(&a, 0);
	put(&a, PROC_UNAVAIL);
	for (size_t i = 0; i < sizeof(procedures) / sizeof(procedures[0]); i++)
		if (procedures[i].procedure == ntohl(call[5]) &&
		    procedures[i].is_mount == (ntohl(call[3]) == PROGRAM_MOUNT)) {
			a.words[a.n - 1] = htonl(ACCEPTED);
			procedures[i].answer(&a);
			break;
		}
	a.words[0] = htonl((uint32_t)(0x80000000 | (a.n - 1) * 4));
	return write(fd, a.words, a.n * 4) == (ssize_t)(a.n * 4) ? 0 : -1;
}

static int raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };

	return ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &request);
}

static int serve(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(PORT),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_STREAM, 0), fd, yes = 1;
	FILE *f = fopen(PID_FILE, "w");

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (f == NULL || raise_loopback() < 0 || bind(s, (struct sockaddr *)&here, sizeof(here)) < 0 ||
	    listen(s, 8) < 0) {
		perror("nfs");
		return 1;
	}
	setpgid(0, 0);
	fprintf(f, "%d\n", (int)getpid());
	fclose(f);
	while ((fd = accept(s, NULL, NULL)) >= 0) {
		if (fork() == 0)
			while (answer_one(fd) == 0)
				;
		close(fd);
	}
	return 1;
}

/* The server may need a moment. */
static int mount_it(const char *dir)
{
	mkdir(dir, 0755);
	for (int i = 0; i < 60; i++) {
		if (mount("127.0.0.1:/", dir, "nfs", 0,
			  "vers=3,proto=tcp,port=2049,mountproto=tcp,mountvers=3,mountport=2049,"
			  "nolock,noac,addr=127.0.0.1,mountaddr=127.0.0.1") == 0)
			return 0;
		sleep(1);
	}
	perror("mount");
	return 1;
}

static int stop(void)
{
	FILE *f = fopen(PID_FILE, "r");
	int pid = 0;

	return f == NULL || fscanf(f, "%d", &pid) != 1 || pid < 2 || kill(-pid, SIGSTOP) < 0;
}

static int ask(const char *dir)
{
	struct stat st;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(stat(dir, &st) == 0);
	sleep(2);
	return pid < 0 || waitpid(pid, &status, WNOHANG) != 0;
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "serve") == 0)
		return serve();
	if (strcmp(what, "stop") == 0)
		return stop();
	if (argc == 3 && strcmp(what, "mount") == 0)
		return mount_it(argv[2]);
	if (argc == 3 && strcmp(what, "ask") == 0)
		return ask(argv[2]);
	return 2;
}
