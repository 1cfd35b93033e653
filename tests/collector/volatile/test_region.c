#include "collector/volatile/region.h"

#include <check.h>
#include <string.h>

Suite *suite_region(void);

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *line;
	bool begins;
	struct region want;
} lines[] = {
	{ "55d0c2a4e000-55d0c2a50000 r--p 00000000 08:01 1234    /usr/bin/a b", true,
	  { .first = 0x55d0c2a4e000, .last = 0x55d0c2a4ffff, .inode = 1234, .name = "/usr/bin/a b" } },
	{ "7f00-8000 rwxs 0000beef fd:0a 0 ", true,
	  { .first = 0x7f00, .last = 0x7fff, .write = true, .execute = true, .shared = true,
	    .name = "" } },
	{ "7ffd1000-7ffd2000 r-xp 00000000 00:00 0                          [vdso]", true,
	  { .first = 0x7ffd1000, .last = 0x7ffd1fff, .execute = true, .of_kernel = true,
	    .name = "[vdso]" } },
	{ "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0   [vsyscall]", true,
	  { .first = 0xffffffffff600000, .last = 0xffffffffff600fff, .execute = true,
	    .of_kernel = true, .name = "[vsyscall]" } },
	{ "Size:                 132 kB", false, { 0 } },
	{ "VmFlags: rd wr", false, { 0 } },
	{ "2000-1000 rw-p 00000000 00:00 0", false, { 0 } },
	{ "1000-1000 rw-p 00000000 00:00 0", false, { 0 } },
	{ "1000-2000 rw-q 00000000 00:00 0", false, { 0 } },
	{ "1000-2000 rw-p", false, { 0 } },
	{ "1000-2000 rw-p 00000000 0000 0", false, { 0 } },
	{ "1000-2000 rw-p 00000000 00:00 ", false, { 0 } },
	{ "11111111111111111-2000 rw-p 00000000 00:00 0", false, { 0 } },
	{ "10000000000001000-2000 rw-p 00000000 00:00 0 ", false, { 0 } },
	{ "-", false, { 0 } },
	{ "", false, { 0 } },
};

START_TEST(test_a_line_of_maps_is_a_mapping_or_nothing)
{
	const struct region *want = &lines[_i].want;
	struct region r = { .first = 7 };

	ck_assert(region_begin(lines[_i].line, strlen(lines[_i].line), &r) == lines[_i].begins);
	if (!lines[_i].begins) {
		ck_assert_uint_eq(r.first, 7);
		return;
	}
	ck_assert_uint_eq(r.first, want->first);
	ck_assert_uint_eq(r.last, want->last);
	ck_assert_uint_eq(r.inode, want->inode);
	ck_assert(r.write == want->write && r.execute == want->execute &&
		  r.shared == want->shared && r.of_kernel == want->of_kernel);
	ck_assert_uint_eq(r.name_len, strlen(want->name));
	ck_assert_mem_eq(r.name, want->name, r.name_len);
}
END_TEST

static void detail(struct region *r, const char *line)
{
	region_detail(line, strlen(line), r);
}

START_TEST(test_the_lines_of_smaps_say_what_is_there_and_what_must_not_be_read)
{
	struct region r = { .first = 0x1000, .last = 0x1fff, .name = "" };

	detail(&r, "Anonymous:             12 kB");
	detail(&r, "Swap:                   4 kB");
	detail(&r, "SwapPss:              900 kB");
	detail(&r, "AnonHugePages:        900 kB");
	ck_assert(r.has_anonymous && !r.has_flags);
	ck_assert_uint_eq(r.anonymous, 12288);
	ck_assert_uint_eq(r.swap, 4096);
	detail(&r, "VmFlags: rd wr mr mw me ac sd ");
	ck_assert(r.has_flags && !r.device);
	ck_assert(region_readable(&r));
	detail(&r, "VmFlags: rd wr pf io");
	ck_assert(r.device && !region_readable(&r));
}
END_TEST

START_TEST(test_numbers_that_do_not_fit_are_none)
{
	struct region r = { 0 };

	detail(&r, "Anonymous: 99999999999999999999 kB");
	ck_assert(!r.has_anonymous);
	detail(&r, "Anonymous: 18446744073709551615 kB");
	ck_assert(!r.has_anonymous);
	detail(&r, "Anonymous: 18014398509481984 kB");
	ck_assert(!r.has_anonymous);
	detail(&r, "Anonymous: kB");
	ck_assert(!r.has_anonymous);
}
END_TEST

static const struct {
	const char *flags;
	bool device, secret;
} flags[] = {
	{ "VmFlags: rd wr mr mw me", false, false },
	{ "VmFlags: rd io", true, false },
	{ "VmFlags: pf rd", true, false },
	{ "VmFlags: rd wr wf", false, true },
	{ "VmFlags: rd wr lo dc ", false, true },
	{ "VmFlags: rd wr lo ", false, false },
	{ "VmFlags: rd wr dc ", false, false },
	{ "VmFlags: rd wr wf pf", true, false },
	{ "VmFlags: ", false, false },
};

START_TEST(test_flags_say_what_is_of_a_device_and_what_is_a_secret)
{
	struct region r = { .last = 9 };

	detail(&r, flags[_i].flags);
	ck_assert(r.has_flags);
	ck_assert(r.device == flags[_i].device);
	ck_assert(r.secret == flags[_i].secret);
}
END_TEST

static const struct {
	struct region r;
	bool readable;
} rules[] = {
	{ { .last = 9, .has_flags = true }, true },
	{ { .last = 9, .has_flags = true, .inode = 5 }, true },
	{ { .last = 9, .inode = 5 }, false },
	{ { .last = 9 }, true },
	{ { .last = 9, .has_flags = true, .shared = true }, false },
	{ { .last = 9, .has_flags = true, .of_kernel = true }, false },
	{ { .last = 9, .has_flags = true, .device = true }, false },
	{ { .last = UINT64_MAX, .has_flags = true }, false },
};

START_TEST(test_devices_shared_and_kernel_pages_are_not_read)
{
	ck_assert(region_readable(&rules[_i].r) == rules[_i].readable);
}
END_TEST

Suite *suite_region(void)
{
	Suite *s = suite_create("collector/volatile/region");
	TCase *t = tcase_create("region");

	tcase_add_loop_test(t, test_a_line_of_maps_is_a_mapping_or_nothing, 0, COUNT(lines));
	tcase_add_test(t, test_the_lines_of_smaps_say_what_is_there_and_what_must_not_be_read);
	tcase_add_test(t, test_numbers_that_do_not_fit_are_none);
	tcase_add_loop_test(t, test_flags_say_what_is_of_a_device_and_what_is_a_secret, 0,
			    COUNT(flags));
	tcase_add_loop_test(t, test_devices_shared_and_kernel_pages_are_not_read, 0, COUNT(rules));
	suite_add_tcase(s, t);
	return s;
}
