#include "collector/volatile/chosen.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/volatile/suspect.h"
#include "lib/base/fd.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"
#include "tests/support/settled.h"

Suite *suite_chosen(void);

#define F(id) (1u << SUSPECT_##id)

static struct live_box *box;
static char copy[64];			/* of a program that sleeps when it is run */

static void set_up(void)
{
	box = live_box_new();
	copy[0] = '\0';
}

static void tear_down(void)
{
	if (copy[0] != '\0')
		unlink(copy);
	live_box_free(box);
}

START_TEST(test_the_argument_names_numbers_and_the_word)
{
	ck_assert(chosen_by_number("1,22,suspicious", 22));
	ck_assert(chosen_by_number("1", 1));
	ck_assert(!chosen_by_number("1,22,suspicious", 2));
	ck_assert(!chosen_by_number("suspicious", 1));
	ck_assert(chosen_by_facts("1,suspicious"));
	ck_assert(!chosen_by_facts("1,2"));
}
END_TEST

START_TEST(test_numbers_come_ascending_and_once)
{
	struct chosen who;

	box->env.processes = "9,3,9,5";
	chosen_list(&box->env, &who);
	ck_assert_uint_eq(who.count, 3);
	ck_assert(who.pid[0] == 3 && who.pid[1] == 5 && who.pid[2] == 9);
	ck_assert_int_eq(who.oserr, 0);
	free(who.pid);
}
END_TEST

START_TEST(test_facts_choose_among_all_processes)
{
	struct chosen who;
	bool us = false;

	box->env.processes = "suspicious,999999999";
	chosen_list(&box->env, &who);
	for (size_t i = 0; i < who.count; i++) {
		us |= who.pid[i] == getpid();
		ck_assert(i == 0 || who.pid[i - 1] < who.pid[i]);
	}
	ck_assert(us);
	ck_assert_int_eq(who.pid[who.count - 1], 999999999);
	free(who.pid);
}
END_TEST

START_TEST(test_a_list_that_cannot_be_had_is_said)
{
	struct chosen who;

	fd_close(&box->env.proc_fd);
	box->env.processes = "suspicious,7";
	chosen_list(&box->env, &who);
	ck_assert_uint_eq(who.count, 1);
	ck_assert_int_ne(who.oserr, 0);
	free(who.pid);
}
END_TEST

/* ===== facts of a process that is what it says ===== */

static pid_t start(const char *program, const char *name)
{
	int ends[2];
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(program, name, "60", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	/* the end of the pipe is closed by the new program's coming */
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	settled_wait(pid, SYS_execve);
	return pid;
}

static unsigned facts_of(pid_t pid)
{
	char path[64];
	int dir CLEANUP(fd_close) = -1, oserr;
	unsigned facts;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	facts = chosen_facts(&box->env, dir, &oserr);
	ck_assert_int_eq(oserr, 0);
	return facts;
}

static void copy_program(const char *name)
{
	static char bytes[1 << 20];
	int from CLEANUP(fd_close) = open("/bin/sleep", O_RDONLY | O_CLOEXEC);
	int to CLEANUP(fd_close) = -1;
	ssize_t n = read(from, bytes, sizeof(bytes));

	snprintf(copy, sizeof(copy), "/tmp/exhibit-chosen.XXXXXX%s", name);
	to = mkstemps(copy, (int)strlen(name));
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(fd_write_all(to, bytes, (size_t)n), 0);
	fchmod(to, 0700);
}

START_TEST(test_a_program_of_a_package_has_no_facts)
{
	pid_t pid = start("/bin/sleep", "sleep");

	ck_assert_uint_eq(facts_of(pid), 0);
	live_box_end(pid);
}
END_TEST

START_TEST(test_a_deleted_program_and_its_successor_show)
{
	pid_t pid;
	int fd;

	copy_program("");
	pid = start(copy, "[kworker/0:1]");
	ck_assert_uint_eq(facts_of(pid), F(EXE_ELSEWHERE) | F(KERNEL_NAME));
	unlink(copy);
	/* its code is a mapped file, which is deleted with it */
	ck_assert_uint_eq(facts_of(pid),
			  F(EXE_ELSEWHERE) | F(EXE_DELETED) | F(KERNEL_NAME) | F(DELETED_CODE));
	fd = open(copy, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(fd);
	ck_assert_uint_eq(facts_of(pid), F(EXE_ELSEWHERE) | F(EXE_DELETED) | F(EXE_REPLACED) |
					 F(KERNEL_NAME) | F(DELETED_CODE));
	live_box_end(pid);
}
END_TEST

START_TEST(test_a_name_that_says_deleted_by_itself_is_not_deleted)
{
	pid_t pid;

	copy_program(" (deleted)");
	pid = start(copy, "sleep");
	ck_assert_uint_eq(facts_of(pid), F(EXE_ELSEWHERE));
	unlink(copy);
	ck_assert_uint_eq(facts_of(pid), F(EXE_ELSEWHERE) | F(EXE_DELETED) | F(DELETED_CODE));
	live_box_end(pid);
}
END_TEST

/* Its path is not ours: what we have under that name is no successor. */
START_TEST(test_in_another_root_a_deleted_program_has_no_successor_here)
{
	char root[] = "/tmp/exhibit-root-XXXXXX", path[128];
	int ours = box->walk.root_fd;
	pid_t pid;

	copy_program("");
	pid = start(copy, "sleep");
	leftover_dir(root);
	snprintf(path, sizeof(path), "%s/tmp", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s%s", root, copy);
	unlink(copy);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	box->walk.root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_uint_eq(facts_of(pid) & (F(EXE_DELETED) | F(EXE_REPLACED)), F(EXE_DELETED));
	close(box->walk.root_fd);
	box->walk.root_fd = ours;
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(root);
	live_box_end(pid);
}
END_TEST

START_TEST(test_a_thread_of_the_kernel_has_no_facts)
{
	ck_assert_uint_eq(facts_of(2), 0);
}
END_TEST

Suite *suite_chosen(void)
{
	Suite *s = suite_create("collector/volatile/chosen");
	TCase *t = tcase_create("chosen");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_the_argument_names_numbers_and_the_word);
	tcase_add_test(t, test_numbers_come_ascending_and_once);
	tcase_add_test(t, test_facts_choose_among_all_processes);
	tcase_add_test(t, test_a_list_that_cannot_be_had_is_said);
	tcase_add_test(t, test_a_program_of_a_package_has_no_facts);
	tcase_add_test(t, test_a_deleted_program_and_its_successor_show);
	tcase_add_test(t, test_a_name_that_says_deleted_by_itself_is_not_deleted);
	tcase_add_test(t, test_in_another_root_a_deleted_program_has_no_successor_here);
	tcase_add_test(t, test_a_thread_of_the_kernel_has_no_facts);
	suite_add_tcase(s, t);
	return s;
}
