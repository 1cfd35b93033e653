/* Makes calls that the sandbox of a reader of files stops, and prints what it named. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/host/sandbox_trap.h"

int main(void)
{
	struct sandbox *s = mmap(NULL, SANDBOX_STAGES * sizeof(*s), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child = fork();
	struct buf out;

	if (child == 0) {
		sandbox_enter(s, SANDBOX_FILES);
		_exit(socket(AF_INET, SOCK_STREAM, 0) < 0 ? 0 : 1);
	}
	if (s == MAP_FAILED || child < 0 || waitpid(child, NULL, 0) != child)
		return 1;
	buf_init(&out, 65536);
	sandbox_trap_report(s, &out);
	fputs(buf_cstr(&out), stdout);
	buf_release(&out);
	return 0;
}
