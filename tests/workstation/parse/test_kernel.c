#include "workstation/parse/kernel.h"

#include <check.h>
#include <string.h>

#include "workstation/parse/scan.h"

Suite *suite_kernel(void);

static struct bytes of(const char *text)
{
	return (struct bytes){ text, strlen(text) };
}

START_TEST(test_modules_have_users_and_taint)
{
	struct kernel_module m;

	ck_assert(kernel_module(of("nft_compat 20480 2 a,b, Live 0xffffffffc0a00000 (OE)"), &m));
	ck_assert(scan_is(m.name, "nft_compat") && m.size == 20480 && m.refs == 2);
	ck_assert(scan_is(m.users, "a,b") && scan_is(m.state, "Live") && scan_is(m.taint, "OE"));
	ck_assert(kernel_module(of("x 1 - - Loading 0x0"), &m));
	ck_assert(m.refs == -1 && m.users.len == 0 && m.taint.len == 0);
	ck_assert(!kernel_module(of(""), &m));
	ck_assert(!kernel_module(of("x 1 0 - Live"), &m));
	ck_assert(!kernel_module(of("x y 0 - Live 0x0"), &m));
}
END_TEST

/* A number of ${n} bytes at ${at}, in either order. */
static void put(uint8_t *p, size_t at, size_t n, uint64_t v, bool big)
{
	for (size_t i = 0; i < n; i++)
		p[at + i] = (uint8_t)(v >> 8 * (big ? n - 1 - i : i));
}

START_TEST(test_structs_of_bpf_are_read_in_both_byte_orders)
{
	uint8_t p[128] = { 0 };
	struct kernel_bpf b;
	bool big = _i == 1;

	put(p, 0, 4, 2, big);
	put(p, 4, 4, 41, big);
	memcpy(p + 8, "\1\2\3\4\5\6\7\10", 8);
	put(p, 40, 8, UINT64_C(5000000001), big);
	put(p, 48, 4, 1000, big);
	memcpy(p + 64, "hook_execve", 11);
	ck_assert(kernel_bpf(of("prog"), p, sizeof(p), &b));
	ck_assert_int_eq(b.id, 41);
	ck_assert_str_eq(b.type, "kprobe");
	ck_assert_int_eq(b.loaded, 5000000001);
	ck_assert_int_eq(b.uid, 1000);
	ck_assert(scan_is(b.name, "hook_execve"));
	ck_assert_mem_eq(b.tag.p, "\1\2\3\4\5\6\7\10", 8);
	ck_assert_int_eq(b.prog, -1);
	ck_assert(kernel_bpf(of("prog"), p, 48, &b));
	ck_assert(b.uid == -1 && b.name.len == 0 && b.loaded == 5000000001);
	ck_assert(!kernel_bpf(of("prog"), p, 7, &b));
	ck_assert(kernel_bpf(of("map"), p, sizeof(p), &b) && b.uid == -1);
	ck_assert_str_eq(b.type, "array");
	put(p, 8, 4, 77, big);
	ck_assert(kernel_bpf(of("link"), p, sizeof(p), &b));
	ck_assert_int_eq(b.prog, 77);
	ck_assert_str_eq(b.type, "tracing");
	put(p, 0, 4, 999, big);
	ck_assert(kernel_bpf(of("link"), p, 8, &b));
	ck_assert(b.type == NULL && b.type_number == 999 && b.prog == -1);
	put(p, 12, 4, 5, big);
	ck_assert(kernel_bpf(of("btf"), p, 16, &b) && b.id == 5);
	ck_assert(!kernel_bpf(of("token"), p, sizeof(p), &b));
}
END_TEST

START_TEST(test_lines_of_the_kernel_log_are_taken_apart)
{
	static const struct {
		const char *line, *text;
		int64_t priority, boottime;
	} rows[] = {
		{ "<6>[   12.345678] eth0: up", "eth0: up", 6, 12345678000 },
		{ "<30>[    0.000001] x", "x", 6, 1000 },
		{ "<4>[  1.000000][  T123] oops", "oops", 4, 1000000000 },
		{ "<4>[  1.000000] [drm] it", "[drm] it", 4, 1000000000 },
		{ "<4> no time", "no time", 4, -1 },
		{ "[x] text", "[x] text", -1, -1 },
		{ "<x> text", "<x> text", -1, -1 },
		{ "", "", -1, -1 },
		{ "<6>[99999999999999999999.000000] a", "[99999999999999999999.000000] a", 6, -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel_line l = kernel_line(of(rows[i].line));

		ck_assert_msg(scan_is(l.text, rows[i].text), "%s", rows[i].line);
		ck_assert_int_eq(l.priority, rows[i].priority);
		ck_assert_int_eq(l.boottime, rows[i].boottime);
	}
}
END_TEST

START_TEST(test_taint_is_told_in_words)
{
	struct buf b;

	buf_init(&b, 1000);
	kernel_taint(0, &b);
	ck_assert_uint_eq(b.len, 0);
	kernel_taint(12288, &b);
	ck_assert_str_eq(buf_cstr(&b), "OE: out-of-tree module, unsigned module");
	buf_clear(&b);
	kernel_taint(1 | UINT64_C(1) << 40, &b);
	ck_assert_str_eq(buf_cstr(&b), "P: proprietary module bits not known here: 0x10000000000");
	buf_release(&b);
}
END_TEST

Suite *suite_kernel(void)
{
	Suite *s = suite_create("workstation/parse/kernel");
	TCase *t = tcase_create("kernel");

	tcase_add_test(t, test_modules_have_users_and_taint);
	tcase_add_loop_test(t, test_structs_of_bpf_are_read_in_both_byte_orders, 0, 2);
	tcase_add_test(t, test_lines_of_the_kernel_log_are_taken_apart);
	tcase_add_test(t, test_taint_is_told_in_words);
	suite_add_tcase(s, t);
	return s;
}
