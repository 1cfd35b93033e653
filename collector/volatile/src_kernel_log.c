/*
 * The kernel's message buffer by syslog(2), action 3 alone: it reads all and consumes nothing.
 * /dev/kmsg is a device node, which nothing here opens.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/klog.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/source.h"

#define ACTION_READ_ALL 3		/* SYSLOG_ACTION_READ_ALL */
#define ACTION_SIZE_BUFFER 10		/* SYSLOG_ACTION_SIZE_BUFFER */
#define LOG_MAX (16 << 20)		/* bytes; kernels have up to 2 MiB unless told otherwise */

static int read_log(struct source_env *env, struct answer *a)
{
	int size = klogctl(ACTION_SIZE_BUFFER, NULL, 0);
	char *text;
	int n, end;

	if (size <= 0)
		return answer_errno(a, size < 0 ? errno : ENOSYS, "syslog");
	/* what is read has times in front of each line, which the buffer has not */
	size = size > LOG_MAX / 2 ? LOG_MAX : 2 * size;
	text = malloc((size_t)size);
	if (text == NULL)
		return answer_fail(a, GAP_INTERNAL, ENOMEM, NULL);
	pulse_call(env->pulse, PULSE_LOG);
	n = klogctl(ACTION_READ_ALL, text, size);
	pulse_idle(env->pulse);
	end = n < 0 ? answer_errno(a, errno, "syslog") : answer_add_long(a, text, (size_t)n);
	free(text);
	return end;
}

int kernel_log_run(struct source_env *env)
{
	struct answer a;
	int end;

	answer_begin(&a, env, "kernel_log");
	answer_note(&a, "\"request\":\"syslog SYSLOG_ACTION_READ_ALL\"");
	end = read_log(env, &a);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}
