#include "collector/host/ability.h"

#include <check.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/emulator.h"

Suite *suite_ability(void);

static const char *missing(void)
{
	static struct buf lines;

	buf_init(&lines, 65536);
	ability_missing(&lines);
	ck_assert(!lines.failed);
	return buf_cstr(&lines);
}

/* From here on ${nr} answers ${oserr}. */
static void take_away(unsigned nr, unsigned oserr)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | oserr),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(77);
}

/* What a child without the call ${nr} finds beside what is missing anyway; "" if nothing. */
static void missing_without(unsigned nr, unsigned oserr, char *out, size_t n)
{
	size_t before = strlen(missing());
	int ends[2], status;
	ssize_t got;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		const char *text;

		take_away(nr, oserr);
		text = missing();
		_exit(write(ends[1], text, strlen(text)) < 0);
	}
	close(ends[1]);
	got = read(ends[0], out, n - 1);
	out[got > 0 ? got : 0] = '\0';
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_ge(strlen(out), before);
}

START_TEST(test_a_new_kernel_lacks_nothing)
{
	struct utsname uts;

	ck_assert_int_eq(uname(&uts), 0);
	if (atoi(uts.release) >= 6 && !emulator_lacks("calls that Linux 6 has"))
		ck_assert_str_eq(missing(), "");
}
END_TEST

START_TEST(test_a_call_that_is_not_known_is_told_with_what_is_done_instead)
{
	char text[4096];

	if (emulator_lacks("seccomp filters"))
		return;
	missing_without(SYS_statx, ENOSYS, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "statx, Linux 4.11: fstatat: no times of birth"));
	missing_without(SYS_getrandom, ENOSYS, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "getrandom, Linux 3.17: "));
}
END_TEST

START_TEST(test_an_advice_that_is_not_known_is_told)
{
	char text[4096];

	if (emulator_lacks("seccomp filters"))
		return;
	missing_without(SYS_madvise, EINVAL, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "madvise WIPEONFORK, "));
	ck_assert_ptr_nonnull(strstr(text, "madvise DONTDUMP, "));
}
END_TEST

START_TEST(test_a_call_that_is_refused_is_not_one_that_is_missing)
{
	char text[4096];

	if (emulator_lacks("seccomp filters"))
		return;
	missing_without(SYS_bpf, EPERM, text, sizeof(text));
	ck_assert_str_eq(text, missing());
}
END_TEST

Suite *suite_ability(void)
{
	Suite *suite = suite_create("collector/host/ability");
	TCase *t = tcase_create("ability");

	tcase_add_test(t, test_a_new_kernel_lacks_nothing);
	tcase_add_test(t, test_a_call_that_is_not_known_is_told_with_what_is_done_instead);
	tcase_add_test(t, test_an_advice_that_is_not_known_is_told);
	tcase_add_test(t, test_a_call_that_is_refused_is_not_one_that_is_missing);
	suite_add_tcase(suite, t);
	return suite;
}
