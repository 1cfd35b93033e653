/* exhibit-collect: acquire evidence from this host into one sealed archive. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collector/cmd/args.h"
#include "collector/cmd/list.h"
#include "collector/cmd/screen.h"
#include "collector/collect.h"
#include "collector/host/self.h"
#include "collector/run.h"
#include "collector/select/plan.h"
#include "collector/tool.h"
#include "lib/base/fault.h"
#include "lib/base/fd.h"
#include "lib/hash/digest.h"

/* The one thing that a signal handler may set: negative when asked again. */
static volatile sig_atomic_t stop_signal;

static void on_stop(int sig)
{
	stop_signal = stop_signal == 0 ? sig : -sig;
}

static void catch_signals(void)
{
	static const int asks[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = on_stop }, old;

	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		/* self_sanitise leaves SIGHUP ignored if it was: nohup. */
		if (sigaction(asks[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(asks[i], &act, NULL);
	}
}

/* The last word where there is no memory for another. */
static void complain_plainly(const char *text)
{
	(void)fd_write_all(STDERR_FILENO, text, strlen(text));
}

static const char no_memory[] = "exhibit-collect: out of memory\n";
static const char fault[] = "exhibit-collect: ended by a fault of its own; what was sealed "
			    "before is valid\n";

static void complain(const struct err *e, const char *hint)
{
	struct screen s;
	struct buf out;

	screen_open(&s, STDERR_FILENO);
	buf_init(&out, 4096);
	buf_puts(&out, "exhibit-collect: ");
	screen_sentence(&out, e->what);
	if (e->oserr != 0)
		buf_printf(&out, " (%s)", err_name(e->oserr));
	buf_printf(&out, "\n%s", hint);
	if (out.failed)
		complain_plainly(no_memory);
	else
		screen_write(&s, out.p, out.len, 1000);
	buf_release(&out);
}

static enum args_exit print(void (*text)(struct buf *))
{
	struct err e = { 0 };
	struct buf out;

	buf_init(&out, 4u << 20);
	text(&out);
	if (out.failed)
		err_set(&e, ENOMEM, "making the text");
	else if (fd_write_all(STDOUT_FILENO, out.p, out.len) < 0)
		err_set(&e, errno, "standard output cannot be written");
	buf_release(&out);
	if (e.set)
		complain(&e, "");
	return e.set ? ARGS_EXIT_BROKEN : ARGS_EXIT_DONE;
}

static void version(struct buf *out)
{
	struct tool tool;

	tool_read(&tool);
	tool_version(&tool, out);
}

static enum args_exit usage_error(const struct err *e)
{
	complain(e, "Try: exhibit-collect --help\n");
	return ARGS_EXIT_USAGE;
}

/* A glob or profile that makes no plan is a usage error, told before anything is made. */
static int check_plan(const struct args *a, struct err *e)
{
	struct plan_request request = run_request(a);
	struct plan *p = plan_new(&request, NULL, e);

	plan_free(p);
	return p == NULL ? -1 : 0;
}

static enum args_exit do_what_is_asked(const struct args *a, char *argv[], const char *inherited)
{
	struct err e = { 0 };

	if (a->help)
		return print(args_help);
	if (a->version)
		return print(version);
	if (a->list)
		return print(list_print);
	if (check_plan(a, &e) < 0 && e.oserr != ENOMEM)
		return usage_error(&e);
	if (e.set) {
		complain(&e, "");
		return ARGS_EXIT_BROKEN;
	}
	return collect(a, argv, &stop_signal, inherited);
}

int main(int argc, char *argv[])
{
	struct err e = { 0 };
	struct args a;
	struct buf inherited;
	enum args_exit code;

	(void)argc;
	buf_init(&inherited, 2048);
	self_sanitise(&inherited);
	catch_signals();
	/* A process of ours that reads says it to nobody and ends, which the recorder sees. */
	fault_catch(fault, ARGS_EXIT_BROKEN);
	if (digest_start() < 0) {
		complain_plainly(no_memory);
		buf_release(&inherited);
		return fault_over(ARGS_EXIT_BROKEN);
	}
	if (args_parse(&a, argv, &e) < 0)
		code = usage_error(&e);
	else
		code = do_what_is_asked(&a, argv, buf_cstr(&inherited));
	args_release(&a);
	buf_release(&inherited);
	return fault_over((int)code);
}
