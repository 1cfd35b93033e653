#include <check.h>
#include <stdlib.h>
#include <sys/klog.h>

#include "tests/support/live_box.h"

Suite *suite_src_kernel_log(void);

#define READ_ALL 3
#define UNREAD 9
#define ROOM (1 << 20)

START_TEST(test_the_log_is_taken_and_stays_unread)
{
	struct live_box *box = live_box_new();
	char *text = malloc(ROOM);
	int unread = klogctl(UNREAD, NULL, 0), n = klogctl(READ_ALL, text, ROOM);

	ck_assert_int_eq(kernel_log_run(&box->env), 0);
	if (n < 0) {
		ck_assert_int_ne(live_box_get(box, "kernel_log")->how.gap, GAP_NONE);
	} else {
		/* messages may have come meanwhile, and old ones may have been overwritten */
		ck_assert_int_eq(live_box_get(box, "kernel_log")->how.gap, GAP_NONE);
		ck_assert_uint_ge(live_box_get(box, "kernel_log")->data.len, (size_t)n / 2);
		ck_assert_int_ge(klogctl(UNREAD, NULL, 0), unread > ROOM / 2 ? 0 : unread);
	}
	free(text);
	live_box_free(box);
}
END_TEST

Suite *suite_src_kernel_log(void)
{
	Suite *s = suite_create("collector/volatile/src_kernel_log");
	TCase *t = tcase_create("kernel_log");

	tcase_add_test(t, test_the_log_is_taken_and_stays_unread);
	suite_add_tcase(s, t);
	return s;
}
