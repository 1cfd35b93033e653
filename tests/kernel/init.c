/*
 * The first process of a guest without a distribution: no shell, no library, nothing that
 * could answer in the place of the kernel.
 *
 * It mounts what is needed, the disk of serial number "out" (ext4) on /out, one of "second", if
 * there is one, on /mnt, and then does line by line what /commands says; words are separated
 * by single blanks:
 *
 *	run PROGRAM ARGUMENT...		and wait; "exit N: LINE" is added to /out/log
 *	start PROGRAM ARGUMENT...	and do not wait
 *	copy FROM TO			one file
 *	write FILE WORD			into a file that is there, as of /proc/sys
 *	load LIST			the modules that the file names, a path a line
 *	sleep SECONDS
 *
 * What a program says goes to /out/said.  At the end the guest is switched off.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 64

static const struct {
	const char *from, *to, *type;
} mounts[] = {
	{ "proc", "/proc", "proc" }, { "sys", "/sys", "sysfs" }, { "dev", "/dev", "devtmpfs" },
	{ "tmp", "/tmp", "tmpfs" },
};

static FILE *notes;

/* Disks are found in any order; what they are is in their serial number. */
static int has_serial(unsigned disk, const char *wanted)
{
	char path[64], serial[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/block/nvme%un1/device/serial", disk);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%63s", serial) != 1)
		serial[0] = '\0';
	fclose(f);
	return strcmp(serial, wanted) == 0;
}

/* A disk may need a moment. */
static void mount_disk(const char *serial, const char *to, unsigned tries)
{
	char path[64];

	mkdir(to, 0755);
	for (unsigned i = 0; i < tries; i++) {
		for (unsigned disk = 0; disk < 2; disk++) {
			snprintf(path, sizeof(path), "/dev/nvme%un1", disk);
			if (has_serial(disk, serial) && mount(path, to, "ext4", 0, NULL) == 0)
				return;
		}
		usleep(100000);
	}
}

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].to, 0755);
		mount(mounts[i].from, mounts[i].to, mounts[i].type, 0, NULL);
	}
	mount_disk("out", "/out", 600);
	mount_disk("second", "/mnt", 3);
}

static pid_t start(char *word[])
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open("/out/said", O_WRONLY | O_CREAT | O_APPEND, 0644);

		dup2(fd, 1);
		dup2(fd, 2);
		execv(word[0], word);
		_exit(127);
	}
	return pid;
}

static int run(char *word[])
{
	pid_t pid = start(word), ended;
	int status = 0;

	while ((ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		;
	return ended < 0 ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int copy(char *word[])
{
	static char bytes[65536];
	int from = open(word[0], O_RDONLY), to = open(word[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ssize_t n = from < 0 || to < 0 ? -1 : 0;

	while (n >= 0 && (n = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, (size_t)n) != n)
			n = -1;
	close(from);
	close(to);
	return n < 0 ? errno : 0;
}

static int put(char *word[])
{
	int fd = open(word[0], O_WRONLY);
	ssize_t n = fd < 0 ? -1 : write(fd, word[1], strlen(word[1]));
	int oserr = n < 0 ? errno : 0;

	close(fd);
	return oserr;
}

static int load(const char *list)
{
	char path[512];
	FILE *f = fopen(list, "r");
	int oserr = f == NULL ? errno : 0;

	while (f != NULL && fgets(path, sizeof(path), f) != NULL) {
		int fd;

		path[strcspn(path, "\n")] = '\0';
		fd = open(path, O_RDONLY);
		if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
			oserr = errno;
		close(fd);
	}
	return oserr;
}

static void obey(char *line)
{
	char *word[WORDS_MAX + 1] = { NULL }, whole[4096];
	int n = 0, code = 0;

	snprintf(whole, sizeof(whole), "%s", line);
	for (char *at = strtok(line, " \n"); at != NULL && n < WORDS_MAX; at = strtok(NULL, " \n"))
		word[n++] = at;
	if (n < 2)
		return;
	if (strcmp(word[0], "run") == 0)
		code = run(word + 1);
	else if (strcmp(word[0], "start") == 0)
		code = start(word + 1) > 0 ? 0 : errno;
	else if (strcmp(word[0], "copy") == 0 && n == 3)
		code = copy(word + 1);
	else if (strcmp(word[0], "write") == 0 && n == 3)
		code = put(word + 1);
	else if (strcmp(word[0], "load") == 0)
		code = load(word[1]);
	else if (strcmp(word[0], "sleep") == 0)
		code = (int)sleep((unsigned)atoi(word[1]));
	else
		code = -1;
	fprintf(notes, "exit %d: %s", code, whole);
	fflush(notes);
}

int main(void)
{
	char line[4096];
	FILE *commands;

	mount_all();
	notes = fopen("/out/log", "w");
	commands = fopen("/commands", "r");
	if (notes != NULL && commands != NULL)
		while (fgets(line, sizeof(line), commands) != NULL)
			obey(line);
	if (notes != NULL)
		fclose(notes);
	/* not sync(2), which would wait for a second disk that is frozen; nor can it be
	 * unmounted: who was started and not waited for has it open */
	syncfs(open("/out", O_RDONLY));
	reboot(RB_POWER_OFF);
	return 1;
}
