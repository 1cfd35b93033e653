#include "workstation/parse/syscall.h"

#include <check.h>
#include <string.h>

Suite *suite_syscall(void);

#define ARGS " 0x3 0x7ffc01 0x400 0x0 0x0 0x18446744 "

static const char *name(const char *arch, const char *text)
{
	struct syscall_line l = syscall_read(text, strlen(text));

	return syscall_name((struct bytes){ arch, strlen(arch) }, &l);
}

START_TEST(test_a_call_is_read_with_arguments_and_pointers)
{
	static const char text[] = "271 0x5 0x7f 0x400 0x0 0x8 0xffffffffffffffff 0x7ffc01 0x7fb9\n";
	struct syscall_line l = syscall_read(text, strlen(text));

	ck_assert_int_eq(l.where, SYSCALL_IN);
	ck_assert_int_eq(l.number, 271);
	ck_assert_uint_eq(l.args[0], 5);
	ck_assert_uint_eq(l.args[5], UINT64_MAX);
	ck_assert_uint_eq(l.stack, 0x7ffc01);
	ck_assert_uint_eq(l.code, 0x7fb9);
}
END_TEST

START_TEST(test_a_thread_may_be_in_no_call)
{
	ck_assert_int_eq(syscall_read("running\n", 8).where, SYSCALL_RUNNING);
	ck_assert_int_eq(syscall_read("-1 0x7ffc01 0x7fb9\n", 19).where, SYSCALL_OUTSIDE);
	ck_assert_int_eq(syscall_read("0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0", 33).where, SYSCALL_OUTSIDE);
	ck_assert_str_eq(name("x86_64", "running\n"), "running");
	ck_assert_ptr_null(name("x86_64", "-1 0x7ffc01 0x7fb9\n"));
}
END_TEST

START_TEST(test_calls_are_about_their_first_argument_or_not)
{
	static const char text[] = "0 0x3 0x7f 0x400 0x0 0x8 0x0 0x7ffc01 0x7fb9\n";
	struct syscall_line l = syscall_read(text, strlen(text));

	ck_assert_int_eq(syscall_descriptor("read", &l), 3);
	ck_assert_int_eq(syscall_descriptor("writev", &l), 3);
	ck_assert_int_eq(syscall_descriptor("futex", &l), -1);
	ck_assert_int_eq(syscall_descriptor(NULL, &l), -1);
	l.args[0] = UINT64_MAX;
	ck_assert_int_eq(syscall_descriptor("read", &l), -1);
}
END_TEST

START_TEST(test_what_is_none_of_these_is_told_as_unread)
{
	static const char *const bad[] = {
		"", "\n", "x", "7", "7 0x1 0x1 0x1 0x1 0x1 0x1 0x1", "7 1 0x1 0x1 0x1 0x1 0x1 0x1 0x1",
		"-1", "-1 0x1", "7 0x 0x1 0x1 0x1 0x1 0x1 0x1 0x1",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(syscall_read(bad[i], strlen(bad[i])).where, SYSCALL_UNREAD);
}
END_TEST

/* Numbers from the manual page syscalls(2) and the kernel's tables, not from our own. */
START_TEST(test_names_are_those_of_the_architecture)
{
	static const struct {
		const char *arch, *number, *name;
	} rows[] = {
		{ "x86_64", "0", "read" },	    { "x86_64", "232", "epoll_wait" },
		{ "aarch64", "63", "read" },	    { "aarch64", "73", "ppoll" },
		{ "aarch64", "25", "fcntl" },	    { "riscv64", "63", "read" },
		{ "s390x", "3", "read" },	    { "ppc64le", "3", "read" },
		{ "x86_64", "100000", NULL },	    { "mips64", "0", NULL },
	};
	char text[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		strcpy(text, rows[i].number);
		strcat(text, ARGS "0x7ffc01001000 0x7fb9\n");
		if (rows[i].name == NULL)
			ck_assert_ptr_null(name(rows[i].arch, text));
		else
			ck_assert_str_eq(name(rows[i].arch, text), rows[i].name);
	}
}
END_TEST

START_TEST(test_a_process_of_32_bits_has_other_numbers)
{
	ck_assert_str_eq(name("x86_64", "3" ARGS "0xffc01000 0xf7f9\n"), "read");
	ck_assert_str_eq(name("x86_64", "3" ARGS "0x7fffffc01000 0x401000\n"), "close");
	ck_assert_str_eq(name("i686", "102" ARGS "0xbfc01000 0xb7f9\n"), "socketcall");
	ck_assert_str_eq(name("armv7l", "3" ARGS "0xbec01000 0xb6f9\n"), "read");
	ck_assert_str_eq(name("aarch64", "3" ARGS "0xffc01000 0xf7f9\n"), "read");
}
END_TEST

Suite *suite_syscall(void)
{
	Suite *s = suite_create("workstation/parse/syscall");
	TCase *t = tcase_create("syscall");

	tcase_add_test(t, test_a_call_is_read_with_arguments_and_pointers);
	tcase_add_test(t, test_a_thread_may_be_in_no_call);
	tcase_add_test(t, test_calls_are_about_their_first_argument_or_not);
	tcase_add_test(t, test_what_is_none_of_these_is_told_as_unread);
	tcase_add_test(t, test_names_are_those_of_the_architecture);
	tcase_add_test(t, test_a_process_of_32_bits_has_other_numbers);
	suite_add_tcase(s, t);
	return s;
}
