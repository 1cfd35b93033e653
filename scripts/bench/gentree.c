/*
 * gentree: make the trees of the benchmark, the same ones for the same seed.
 *
 *   gentree logs DIR BYTES        four log files with BYTES in all
 *   gentree small DIR COUNT       COUNT files of about 2 KiB in 200 directories
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SEED 0x9e3779b97f4a7c15ull

static uint64_t state = SEED;

/* xorshift64*: Vigna 2016. */
static uint64_t next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dull;
}

static FILE *create(const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL) {
		fprintf(stderr, "gentree: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return f;
}

/* One line as sshd, cron or a web server would write it. */
static int line(char *out, size_t n, uint64_t t)
{
	unsigned a = (unsigned)next(), b = (unsigned)next();

	switch (a % 4) {
	case 0:
		return snprintf(out, n, "Nov %2u %02u:%02u:%02u web01 sshd[%u]: Failed password for invalid "
				"user u%u from 203.0.%u.%u port %u ssh2\n", (unsigned)(t / 86400 % 28) + 1,
				(unsigned)(t / 3600 % 24), (unsigned)(t / 60 % 60), (unsigned)(t % 60),
				b % 32768, a % 5000, a >> 8 & 255, a >> 16 & 255, b % 65536);
	case 1:
		return snprintf(out, n, "198.51.%u.%u - - [%llu] \"GET /item/%u?s=%08x HTTP/1.1\" 200 %u "
				"\"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n", a >> 8 & 255, a >> 16 & 255,
				(unsigned long long)t, b % 100000, a, b % 90000);
	case 2:
		return snprintf(out, n, "Nov %2u web01 CRON[%u]: (root) CMD (test -x /usr/sbin/anacron || run %u)\n",
				(unsigned)(t / 86400 % 28) + 1, b % 32768, a % 977);
	default:
		return snprintf(out, n, "[%llu.%06u] audit: type=1400 apparmor=\"ALLOWED\" pid=%u comm=\"c%u\"\n",
				(unsigned long long)t, b % 1000000, b % 32768, a % 300);
	}
}

static void logs(const char *dir, uint64_t bytes)
{
	for (int i = 0; i < 4; i++) {
		char path[4096], text[512];
		uint64_t done = 0, t = 1763800000;
		FILE *f;

		snprintf(path, sizeof(path), "%s/service%d.log", dir, i);
		f = create(path);
		while (done < bytes / 4) {
			int n = line(text, sizeof(text), t += next() % 3);

			done += fwrite(text, 1, (size_t)n, f);
		}
		fclose(f);
	}
}

/* Half noise, half text, so that it compresses like programs and configuration do. */
static void small(const char *dir, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		char path[4096], text[2048];
		size_t n = 1024 + next() % 2048;
		FILE *f;

		snprintf(path, sizeof(path), "%s/d%03u", dir, (unsigned)(i % 200));
		mkdir(path, 0755);
		snprintf(path, sizeof(path), "%s/d%03u/file%06u", dir, (unsigned)(i % 200), (unsigned)i);
		f = create(path);
		for (size_t j = 0; j < sizeof(text); j += 8) {
			uint64_t v = j % 16 == 0 ? next() : 0x6f66206120656e6full;

			memcpy(text + j, &v, 8);
		}
		fwrite(text, 1, n < sizeof(text) ? n : sizeof(text), f);
		fclose(f);
	}
}

int main(int argc, char *argv[])
{
	if (argc != 4)
		return 2;
	mkdir(argv[2], 0755);
	if (strcmp(argv[1], "logs") == 0)
		logs(argv[2], strtoull(argv[3], NULL, 10));
	else
		small(argv[2], strtoull(argv[3], NULL, 10));
	return 0;
}
