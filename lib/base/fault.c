#include "lib/base/fault.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"

static const char *last_word = "";
static size_t last_len;
static int last_code;

void fault_end(void)
{
	if (last_len == 0)
		abort();
	(void)fd_write_all(STDERR_FILENO, last_word, last_len);
	_exit(last_code);
}

static void on_fault(int sig)
{
	(void)sig;
	fault_end();
}

static int over;

static void at_exit(void)
{
	if (over == 0)
		fault_end();
}

int fault_over(int code)
{
	over = 1;
	return code;
}

void fault_catch(const char *text, int code)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	struct sigaction act = { .sa_handler = on_fault, .sa_flags = (int)SA_RESETHAND };

	last_word = text;
	last_len = strlen(text);
	last_code = code;
	(void)atexit(at_exit);
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &act, NULL);
}
