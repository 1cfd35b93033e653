/*
 * A process to be found in memory: its name is the first 15 letters of its first argument, its
 * private memory holds the second argument backwards, so that it is in no command line, in a
 * page that nothing else is in, at the end of a large mapping that is otherwise untouched.
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define ROOM (64u << 20)

int main(int argc, char *argv[])
{
	char *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t n;

	if (argc != 3 || room == MAP_FAILED)
		return 1;
	prctl(PR_SET_NAME, argv[1]);
	n = strlen(argv[2]);
	for (size_t i = 0; i < n; i++)
		room[ROOM - 4096 + i] = argv[2][n - 1 - i];
	for (;;)
		pause();
}
