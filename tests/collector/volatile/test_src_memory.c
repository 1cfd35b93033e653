#include <check.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"
#include "tests/support/order.h"

Suite *suite_src_memory(void);

/* A folder that plays /proc, with the two files that tell of memory. */
#define FAR (UINT64_C(5) << 30)		/* offset of the second load: more than 32 bits */

static char folder[] = "/tmp/exhibit-memory.XXXXXX";
static struct live_box *box;

static void set_up(void)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	leftover_dir(folder);
	box = live_box_new();
	fd_close(&box->env.proc_fd);
	box->env.proc_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	box->env.physical = true;
}

static const char *const files[] = { "iomem", "kcore", "77/smaps", "77/pagemap" };

static void tear_down(void)
{
	char name[64];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlinkat(box->env.proc_fd, files[i], 0);
	snprintf(name, sizeof(name), "%d/stat", (int)getppid());
	unlinkat(box->env.proc_fd, name, 0);
	*strchr(name, '/') = '\0';
	unlinkat(box->env.proc_fd, name, AT_REMOVEDIR);
	unlinkat(box->env.proc_fd, "77", AT_REMOVEDIR);
	rmdir(folder);
	live_box_free(box);
}

static int make(const char *name)
{
	return openat(box->env.proc_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static void make_iomem(const char *text)
{
	int fd CLEANUP(fd_close) = make("iomem");

	ck_assert_int_eq(fd_write_all(fd, text, strlen(text)), 0);
}

/* Three loads: text inside of the second one's memory, memory, and memory that ends early.  Each
 * page is filled with one letter. */
static void make_kcore(size_t pages)
{
	int fd CLEANUP(fd_close) = make("kcore");
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr part[3];
	} c = { .head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ORDER_ELF },
			  .e_type = ET_CORE, .e_phoff = sizeof(Elf64_Ehdr),
			  .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 3 } };
	char page[4096];

	c.part[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_paddr = 0x101000, .p_memsz = 0x1000,
				  .p_offset = 0x10000 };
	c.part[1] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_paddr = 0x100000, .p_memsz = 0x4000,
				  .p_offset = FAR };
	c.part[2] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_paddr = 0x1000, .p_memsz = 0x1000,
				  .p_offset = 0x8000 };
	ck_assert_int_eq(pwrite(fd, &c, sizeof(c), 0), sizeof(c));
	memset(page, 'l', sizeof(page));
	ck_assert_int_eq(pwrite(fd, page, sizeof(page), 0x8000), sizeof(page));
	for (size_t i = 0; i < pages; i++) {
		memset(page, 'A' + (int)i, sizeof(page));
		ck_assert_int_eq(pwrite(fd, page, sizeof(page), (off_t)(FAR + i * 4096)), 4096);
	}
}

static const char ram[] = "00001000-000017ff : System RAM\n"
			  "00100000-00103fff : System RAM\n"
			  "  00101000-00101fff : Kernel code\n"
			  "00200000-002fffff : System RAM\n";

static void check_header(const char *p, uint64_t first, uint64_t last)
{
	ck_assert_mem_eq(p, "EMiL\1\0\0\0", 8);
	ck_assert_uint_eq(order_le64(p + 8), first);
	ck_assert_uint_eq(order_le64(p + 16), last);
	ck_assert_uint_eq(order_le64(p + 24), 0);
}

START_TEST(test_memory_comes_as_segments_in_order_with_both_ends_included)
{
	const struct live_item *image, *about;

	make_iomem(ram);
	make_kcore(4);
	ck_assert_int_eq(memory_run(&box->env), 0);
	image = live_box_get(box, "memory/physical.lime");
	ck_assert_uint_eq(image->data.len, 2 * 32 + 0x800 + 0x4000);
	check_header(image->data.p, 0x1000, 0x17ff);
	ck_assert_int_eq(image->data.p[32 + 0x7ff], 'l');
	check_header(image->data.p + 32 + 0x800, 0x100000, 0x103fff);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(image->data.p[64 + 0x800 + i * 4096], 'A' + (int)i);
		ck_assert_int_eq(image->data.p[64 + 0x800 + i * 4096 + 4095], 'A' + (int)i);
	}
	about = live_box_get(box, "memory/physical.lime.json");
	ck_assert(live_item_has(about, "\"missing_bytes\":1048576,", 24));
	ck_assert(live_item_has(about, "\"missing\":[[2097152,3145727]]", 29));
	ck_assert(live_item_has(about, "\"unreadable\":[]", 15));
	ck_assert_int_eq(image->how.gap, GAP_INCOMPLETE);
}
END_TEST

START_TEST(test_whole_memory_has_no_gap)
{
	make_iomem("00100000-00103fff : System RAM\n");
	make_kcore(4);
	ck_assert_int_eq(memory_run(&box->env), 0);
	ck_assert_int_eq(live_box_get(box, "memory/physical.lime")->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_pages_that_cannot_be_read_are_zeros_and_listed)
{
	const struct live_item *image, *about;

	make_iomem("00100000-00103fff : System RAM\n");
	make_kcore(2);
	ck_assert_int_eq(memory_run(&box->env), 0);
	image = live_box_get(box, "memory/physical.lime");
	ck_assert_uint_eq(image->data.len, 32 + 0x4000);
	ck_assert_int_eq(image->data.p[32 + 0x1fff], 'B');
	for (size_t i = 0x2000; i < 0x4000; i++)
		ck_assert_int_eq(image->data.p[32 + i], 0);
	about = live_box_get(box, "memory/physical.lime.json");
	ck_assert(live_item_has(about, "\"unreadable_bytes\":8192,\"unreadable_ranges\":1,", 46));
	ck_assert(live_item_has(about, "\"unreadable\":[[1056768,1064959,0]]", 34));
	ck_assert_int_eq(image->how.gap, GAP_INCOMPLETE);
}
END_TEST

#define AT(frame) (UINT64_C(1) << 63 | (frame))		/* present there, in /proc/PID/pagemap */

static void put_pagemap(const uint64_t *entries, size_t bytes)
{
	int fd CLEANUP(fd_close) = make("77/pagemap");

	ck_assert_int_eq(fd_write_all(fd, entries, bytes), 0);
}

/* The recorder of this process is 77, with a key in the first, third and fourth page of memory. */
static void make_recorder(void)
{
	static const uint64_t entries[] = { 0, AT(0x103), AT(0x100), AT(0x102) };
	static const char smaps[] = "1000-4000 rw-p 00000000 00:00 0\nVmFlags: rd wr lo wf\n"
				    "5000-6000 rw-p 00000000 00:00 0\nVmFlags: rd wr lo\n";
	int fd CLEANUP(fd_close) = -1;
	char name[64];

	snprintf(name, sizeof(name), "%d", (int)getppid());
	ck_assert_int_eq(mkdirat(box->env.proc_fd, name, 0700), 0);
	ck_assert_int_eq(mkdirat(box->env.proc_fd, "77", 0700), 0);
	strcat(name, "/stat");
	fd = make(name);
	ck_assert_int_eq(fd_write_all(fd, "5 (a) b) S 77 1 1", 17), 0);
	fd_close(&fd);
	fd = make("77/smaps");
	ck_assert_int_eq(fd_write_all(fd, smaps, sizeof(smaps) - 1), 0);
	put_pagemap(entries, sizeof(entries));
}

START_TEST(test_the_key_of_the_next_seal_is_not_in_the_image)
{
	static const char want[] = { 0, 'B', 0, 0 };
	const struct live_item *image, *about;

	make_iomem("00100000-00103fff : System RAM\n");
	make_kcore(4);
	make_recorder();
	ck_assert_int_eq(memory_run(&box->env), 0);
	image = live_box_get(box, "memory/physical.lime");
	ck_assert_uint_eq(image->data.len, 32 + 0x4000);
	for (size_t i = 0; i < 0x4000; i++)
		ck_assert_int_eq(image->data.p[32 + i], want[i / 4096]);
	about = live_box_get(box, "memory/physical.lime.json");
	ck_assert(live_item_has(about, "\"own_key\":\"withheld\"", 20));
	ck_assert(live_item_has(about, "\"withheld_bytes\":12288,", 23));
	ck_assert(live_item_has(about, "\"unreadable_bytes\":0,", 21));
	ck_assert_int_eq(image->how.gap, GAP_INCOMPLETE);
}
END_TEST

/* What is memory need not begin or end where the page of the key does. */
START_TEST(test_of_a_key_at_the_edge_of_memory_the_part_inside_is_withheld)
{
	const struct live_item *image;

	make_iomem("00100800-001027ff : System RAM\n");
	make_kcore(4);
	make_recorder();
	ck_assert_int_eq(memory_run(&box->env), 0);
	image = live_box_get(box, "memory/physical.lime");
	ck_assert_uint_eq(image->data.len, 32 + 0x2000);
	for (size_t i = 0; i < 0x2000; i++)
		ck_assert_int_eq(image->data.p[32 + i], i < 0x800 || i >= 0x1800 ? 0 : 'B');
	ck_assert(live_item_has(live_box_get(box, "memory/physical.lime.json"),
				"\"withheld\":[[1050624,1052671],[1056768,1058815]]", 48));
}
END_TEST

/* ===== more than is copied before the key is looked for again ===== */

#define LONG_PAGES 4096u		/* 16 MiB from 0x100000 */

/* Each page begins with its number, from 1. */
static void make_long_kcore(void)
{
	int fd CLEANUP(fd_close) = make("kcore");
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr part;
	} c = { .head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ORDER_ELF },
			  .e_type = ET_CORE, .e_phoff = sizeof(Elf64_Ehdr),
			  .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1 },
		.part = { .p_type = PT_LOAD, .p_paddr = 0x100000, .p_memsz = LONG_PAGES * 4096,
			  .p_offset = FAR } };

	ck_assert_int_eq(pwrite(fd, &c, sizeof(c), 0), sizeof(c));
	ck_assert_int_eq(ftruncate(fd, (off_t)(FAR + LONG_PAGES * 4096)), 0);
	for (uint32_t i = 1; i <= LONG_PAGES; i++)
		ck_assert_int_eq(pwrite(fd, &i, sizeof(i), (off_t)(FAR + (i - 1) * 4096)),
				 sizeof(i));
	make_iomem("00100000-010fffff : System RAM\n");
}

/* Number of the page that begins with another word than its number, 0: none. */
static uint32_t odd_page(const struct live_item *image, uint32_t from)
{
	ck_assert_uint_eq(image->data.len, 32 + LONG_PAGES * 4096);
	for (uint32_t i = from; i <= LONG_PAGES; i++)
		if (memcmp(image->data.p + 32 + (size_t)(i - 1) * 4096, &i, sizeof(i)) != 0)
			return i;
	return 0;
}

START_TEST(test_a_long_segment_comes_from_the_right_places)
{
	make_long_kcore();
	ck_assert_int_eq(memory_run(&box->env), 0);
	ck_assert_uint_eq(odd_page(live_box_get(box, "memory/physical.lime"), 1), 0);
	ck_assert(live_item_has(live_box_get(box, "memory/physical.lime.json"),
				"\"own_key\":\"not found\"", 21));
}
END_TEST

/* A sink that calls move when the image has begun. */
static struct mover {
	struct sink sink;
	void (*move)(void);
	uint64_t sent;
} mover;

static int mover_begin(struct sink *to, const struct item *it)
{
	(void)to;
	return box->sink.begin(&box->sink, it);
}

static int mover_write(struct sink *to, const void *data, size_t n)
{
	(void)to;
	if (mover.sent < 1u << 20 && mover.sent + n >= 1u << 20)
		mover.move();
	mover.sent += n;
	return box->sink.write(&box->sink, data, n);
}

static int mover_end(struct sink *to, const struct item_end *how)
{
	(void)to;
	return box->sink.end(&box->sink, how);
}

static void take_moving(void (*move)(void))
{
	mover = (struct mover){ { mover_begin, mover_write, mover_end }, move, 0 };
	box->env.to = &mover.sink;
	make_long_kcore();
	make_recorder();
	ck_assert_int_eq(memory_run(&box->env), 0);
}

static void move_key(void)
{
	static const uint64_t entries[] = { 0, 0, AT(0x100 + 2999), 0 };

	put_pagemap(entries, sizeof(entries));
}

START_TEST(test_a_key_that_moved_meanwhile_is_withheld_where_it_is_now)
{
	const struct live_item *image;

	take_moving(move_key);
	image = live_box_get(box, "memory/physical.lime");
	ck_assert_uint_eq(odd_page(image, 1), 1);
	ck_assert_uint_eq(odd_page(image, 5), 3000);
	ck_assert_uint_eq(odd_page(image, 3001), 0);
	ck_assert(live_item_has(live_box_get(box, "memory/physical.lime.json"),
				"\"own_key\":\"withheld\"", 20));
}
END_TEST

static void lose_key(void)
{
	unlinkat(box->env.proc_fd, "77/pagemap", 0);
}

START_TEST(test_a_key_that_is_lost_sight_of_is_not_said_to_be_withheld)
{
	take_moving(lose_key);
	ck_assert(live_item_has(live_box_get(box, "memory/physical.lime.json"),
				"\"own_key\":\"not found\"", 21));
}
END_TEST

static const struct {
	const char *iomem;
	bool kcore;
	enum gap gap;
	int oserr;
	const char *told;
} refusals[] = {
	{ "00000000-00000000 : System RAM\n", true, GAP_PERMISSION, 0, "CAP_SYS_ADMIN" },
	{ "00000000-000fffff : Reserved\n", true, GAP_UNSUPPORTED, 0, "no System RAM" },
	{ NULL, true, GAP_UNSUPPORTED, ENOENT, "\"gap\":\"unsupported\"" },
	{ ram, false, GAP_UNSUPPORTED, ENOENT, "\"iomem\":\"told\"" },
};

START_TEST(test_what_is_missing_is_said)
{
	const struct live_item *i;

	if (refusals[_i].iomem != NULL)
		make_iomem(refusals[_i].iomem);
	if (refusals[_i].kcore)
		make_kcore(1);
	ck_assert_int_eq(memory_run(&box->env), 0);
	i = live_box_get(box, "memory/physical.lime");
	ck_assert(!i->has_content);
	ck_assert_int_eq(i->how.gap, refusals[_i].gap);
	ck_assert_int_eq(i->how.oserr, refusals[_i].oserr);
	i = live_box_get(box, "memory/physical.lime.json");
	ck_assert(live_item_has(i, refusals[_i].told, strlen(refusals[_i].told)));
}
END_TEST

START_TEST(test_more_than_the_budget_is_not_begun)
{
	make_iomem(ram);
	make_kcore(4);
	box->budget = 0x4000;
	box->env.budget = &box->budget;
	ck_assert_int_eq(memory_run(&box->env), 0);
	ck_assert(!live_box_get(box, "memory/physical.lime")->has_content);
	ck_assert_int_eq(live_box_get(box, "memory/physical.lime")->how.gap, GAP_BUDGET);
	ck_assert_uint_gt(box->budget, 0x3000);
}
END_TEST

START_TEST(test_a_run_that_is_to_end_keeps_what_came)
{
	make_iomem(ram);
	make_kcore(4);
	box->stop = 1;
	ck_assert_int_eq(memory_run(&box->env), 1);
	ck_assert_int_eq(live_box_get(box, "memory/physical.lime")->how.gap, GAP_CUT);
	ck_assert_uint_eq(live_box_get(box, "memory/physical.lime")->data.len, 32);
}
END_TEST

START_TEST(test_a_sink_that_fails_ends_it)
{
	make_iomem(ram);
	make_kcore(4);
	box->refuse_at = 1;
	ck_assert_int_eq(memory_run(&box->env), -1);
}
END_TEST

Suite *suite_src_memory(void)
{
	Suite *s = suite_create("collector/volatile/src_memory");
	TCase *t = tcase_create("memory");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_memory_comes_as_segments_in_order_with_both_ends_included);
	tcase_add_test(t, test_whole_memory_has_no_gap);
	tcase_add_test(t, test_pages_that_cannot_be_read_are_zeros_and_listed);
	tcase_add_test(t, test_the_key_of_the_next_seal_is_not_in_the_image);
	tcase_add_test(t, test_of_a_key_at_the_edge_of_memory_the_part_inside_is_withheld);
	tcase_add_test(t, test_a_long_segment_comes_from_the_right_places);
	tcase_add_test(t, test_a_key_that_moved_meanwhile_is_withheld_where_it_is_now);
	tcase_add_test(t, test_a_key_that_is_lost_sight_of_is_not_said_to_be_withheld);
	tcase_add_loop_test(t, test_what_is_missing_is_said, 0,
			    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(t, test_more_than_the_budget_is_not_begun);
	tcase_add_test(t, test_a_run_that_is_to_end_keeps_what_came);
	tcase_add_test(t, test_a_sink_that_fails_ends_it);
	suite_add_tcase(s, t);
	return s;
}
