#include "collector/host/self.h"

#include <check.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/emulator.h"

#define ALL_CAPS ((UINT64_C(1) << 41) - 1)
#define CAP(c) (UINT64_C(1) << (c))

START_TEST(test_read_knows_who_we_are)
{
	struct self *s = calloc(1, sizeof(*s));
	struct stat st;

	strcpy(s->inherited, "kept");
	self_read(s);
	ck_assert_int_eq(s->pid, getpid());
	ck_assert_int_eq(s->ppid, getppid());
	ck_assert_uint_eq(s->euid, geteuid());
	ck_assert_int_eq(s->exe_path[0], '/');
	ck_assert_int_eq(stat(s->exe_path, &st), 0);
	if (!emulator_lacks("stat of /proc/self/exe")) {
		ck_assert_uint_eq(s->exe_ino, st.st_ino);
		ck_assert_uint_eq(s->exe_size, (uint64_t)st.st_size);
	}
	ck_assert_int_eq(s->cwd[0], '/');
	ck_assert_int_eq(strncmp(s->namespaces, "mnt:[", 5), 0);
	ck_assert_ptr_nonnull(strstr(s->namespaces, "] pid:["));
	ck_assert_str_eq(s->uts.sysname, "Linux");
	ck_assert_int_gt(s->clocks.realtime.sec, 1500000000);
	ck_assert_str_eq(s->inherited, "kept");
	self_release(s);
	free(s);
}
END_TEST

static const struct {
	uint32_t euid;
	uint64_t caps;
	const char *want;	/* words that begin the lines */
} rights[] = {
	{ 0, ALL_CAPS, "" },
	{ 1000, ALL_CAPS, "uid 0:" },
	{ 0, ALL_CAPS & ~CAP(CAP_SYS_PTRACE), "CAP_SYS_PTRACE:" },
	{ 0, ALL_CAPS & ~CAP(CAP_DAC_READ_SEARCH), "" },
	{ 0, ALL_CAPS & ~CAP(CAP_DAC_OVERRIDE), "" },
	{ 0, ALL_CAPS & ~(CAP(CAP_DAC_OVERRIDE) | CAP(CAP_DAC_READ_SEARCH)), "CAP_DAC_READ_SEARCH:" },
	{ 0, ALL_CAPS & ~CAP(CAP_FOWNER), "" },
	{ 0, ALL_CAPS & ~(CAP(CAP_FOWNER) | CAP(CAP_SYS_ADMIN)), "CAP_SYS_ADMIN:CAP_FOWNER:" },
	{ 1000, 0, "uid 0:CAP_DAC_READ_SEARCH:CAP_SYS_PTRACE:CAP_SYS_ADMIN:CAP_FOWNER:CAP_SYSLOG:" },
};

START_TEST(test_each_missing_right_is_named_with_its_cost)
{
	struct self *s = calloc(1, sizeof(*s));
	struct buf b, heads;

	buf_init(&b, 4096);
	buf_init(&heads, 4096);
	s->euid = rights[_i].euid;
	s->caps_effective = rights[_i].caps;
	self_missing(s, &b);
	for (const char *p = buf_cstr(&b); *p != '\0'; p = strchr(p, '\n') + 1) {
		ck_assert_uint_gt(strcspn(p, "\n"), strcspn(p, ":") + 10);
		buf_add(&heads, p, strcspn(p, ":") + 1);
	}
	ck_assert_str_eq(buf_cstr(&heads), rights[_i].want);
	buf_release(&b);
	buf_release(&heads);
	free(s);
}
END_TEST

START_TEST(test_usage_counts_this_process)
{
	struct self *s = calloc(1, sizeof(*s));
	struct self_usage u = { 0 };
	volatile unsigned work = 0;

	self_read(s);
	while (clock_monotonic_ns() % 1000 != 1 && work < 20000000)
		work++;
	self_usage(s, &u);
	ck_assert_uint_gt(u.peak_rss, 100000);
	ck_assert_uint_gt(u.cpu_us, 0);
	self_release(s);
	ck_assert_int_eq(s->status_fd, -1);
	free(s);
}
END_TEST

Suite *suite_self(void);

Suite *suite_self(void)
{
	Suite *s = suite_create("collector/host/self");
	TCase *t = tcase_create("self");

	tcase_add_test(t, test_read_knows_who_we_are);
	tcase_add_loop_test(t, test_each_missing_right_is_named_with_its_cost, 0,
			    (int)(sizeof(rights) / sizeof(rights[0])));
	tcase_add_test(t, test_usage_counts_this_process);
	suite_add_tcase(s, t);
	return s;
}
