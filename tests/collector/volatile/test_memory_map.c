#include "collector/volatile/memory_map.h"

#include <check.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/order.h"

Suite *suite_memory_map(void);

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ALL UINT64_MAX

static struct memory_runs ram, load, segment, missing;

static void set_up(void)
{
	struct memory_runs empty = { .max = 64 };

	ram = load = segment = missing = empty;
}

static void tear_down(void)
{
	memory_map_release(&ram);
	memory_map_release(&load);
	memory_map_release(&segment);
	memory_map_release(&missing);
}

/* ===== /proc/iomem ===== */

static const struct {
	const char *text;
	enum memory_iomem told;
	size_t count;
	uint64_t first, last;		/* of the first run */
} iomems[] = {
	{ "00001000-0009fbff : System RAM\n", MEMORY_IOMEM_TOLD, 1, 0x1000, 0x9fbff },
	{ "00001000-0009fbff : System RAM", MEMORY_IOMEM_TOLD, 1, 0x1000, 0x9fbff },
	/* what is indented lies inside of another */
	{ "00100000-0ffdcfff : System RAM\n  07200000-08200ea6 : System RAM\n",
	  MEMORY_IOMEM_TOLD, 1, 0x100000, 0xffdcfff },
	{ "00000000-00000fff : Reserved\n", MEMORY_IOMEM_NONE, 0, 0, 0 },
	{ "00000000-00000000 : System RAM\n00000000-00000000 : Reserved\n",
	  MEMORY_IOMEM_HIDDEN, 0, 0, 0 },
	/* out of order, touching, overlapping */
	{ "00002000-00002fff : System RAM\n00001000-00001fff : System RAM\n",
	  MEMORY_IOMEM_TOLD, 1, 0x1000, 0x2fff },
	{ "00001000-00004fff : System RAM\n00002000-00002fff : System RAM\n",
	  MEMORY_IOMEM_TOLD, 1, 0x1000, 0x4fff },
	{ "00001000-00001fff : System RAM\n00002001-00002fff : System RAM\n",
	  MEMORY_IOMEM_TOLD, 2, 0x1000, 0x1fff },
	{ "100000000-ffffffffffffffff : System RAM\n1000-1fff : System RAM\n",
	  MEMORY_IOMEM_TOLD, 2, 0x1000, 0x1fff },
	/* what makes no sense */
	{ "00002000-00001000 : System RAM\n", MEMORY_IOMEM_NONE, 0, 0, 0 },
	{ "10000000000000000-10000000000001000 : System RAM\n", MEMORY_IOMEM_NONE, 0, 0, 0 },
	{ "1000-1fff : System RAM (kmem)\n", MEMORY_IOMEM_NONE, 0, 0, 0 },
	{ "-1fff : System RAM\n1000 : System RAM\n1000-\n1000\n\n", MEMORY_IOMEM_NONE, 0, 0, 0 },
	{ "", MEMORY_IOMEM_NONE, 0, 0, 0 },
};

START_TEST(test_iomem_gives_the_memory_of_its_top_level)
{
	enum memory_iomem told = memory_map_iomem(iomems[_i].text, strlen(iomems[_i].text), &ram);

	ck_assert_int_eq(told, iomems[_i].told);
	ck_assert_uint_eq(ram.count, iomems[_i].count);
	if (ram.count == 0)
		return;
	ck_assert_uint_eq(ram.run[0].first, iomems[_i].first);
	ck_assert_uint_eq(ram.run[0].last, iomems[_i].last);
}
END_TEST

START_TEST(test_more_ranges_than_fit_are_dropped_and_said)
{
	char line[64];

	ram.max = 8;
	for (unsigned i = 1; i <= 9; i++) {
		int n = snprintf(line, sizeof(line), "%x000-%x0ff : System RAM\n", i, i);

		memory_map_iomem(line, (size_t)n, &ram);
	}
	ck_assert_uint_eq(ram.count, 8);
	ck_assert(ram.full);
}
END_TEST

/* ===== /proc/kcore ===== */

/* where the highest byte of a field is */
#define HIGH(field) (offsetof(Elf64_Ehdr, field) + (ORDER_LITTLE ? sizeof(((Elf64_Ehdr *)0)->field) - 1 : 0))

struct core {
	Elf64_Ehdr head;
	Elf64_Phdr part[8];
};

static struct core core_of(size_t parts)
{
	struct core c = { .head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ORDER_ELF },
				    .e_type = ET_CORE, .e_phoff = sizeof(Elf64_Ehdr),
				    .e_phentsize = sizeof(Elf64_Phdr),
				    .e_phnum = (Elf64_Half)parts } };

	return c;
}

static Elf64_Phdr load_at(uint64_t physical, uint64_t bytes, uint64_t offset)
{
	return (Elf64_Phdr){ .p_type = PT_LOAD, .p_paddr = physical, .p_memsz = bytes,
			     .p_filesz = bytes, .p_offset = offset };
}

/* As Debian's 6.1 has them: the text of the kernel comes first and lies inside the map of
 * all memory; vmalloc and modules have no address; offsets need all 64 bits. */
static struct core real(void)
{
	struct core c = core_of(6);

	c.part[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_paddr = 0, .p_memsz = 0 };
	c.part[1] = load_at(0x7200000, 0x2000000, 0x7fff91202000);
	c.part[2] = load_at(ALL, 0x1fffffffffff, 0x490000002000);
	c.part[3] = load_at(ALL, 0x3f000000, 0x7fffc0002000);
	c.part[4] = load_at(0x1000, 0x9e000, 0x160000003000);
	c.part[5] = load_at(0x100000, 0xfedd000, 0x7fff94403000);
	return c;
}

START_TEST(test_the_loads_of_kcore_are_sorted_and_what_has_no_address_is_left_out)
{
	struct core c = real();

	ck_assert_int_eq(memory_map_kcore(&c, sizeof(c), &load), 0);
	ck_assert_uint_eq(load.count, 3);
	ck_assert_uint_eq(load.run[0].first, 0x1000);
	ck_assert_uint_eq(load.run[0].last, 0x9efff);
	ck_assert_uint_eq(load.run[1].first, 0x100000);
	ck_assert_uint_eq(load.run[1].last, 0xffdcfff);
	ck_assert_uint_eq(load.run[1].offset, 0x7fff94403000);
	ck_assert_uint_eq(load.run[2].first, 0x7200000);
}
END_TEST

/* What is beyond the map of a kernel of 32 bits has no header. */
START_TEST(test_the_loads_of_a_kernel_of_32_bits_are_read_as_well)
{
	struct {
		Elf32_Ehdr head;
		Elf32_Phdr part[3];
	} c = { { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ORDER_ELF }, .e_type = ET_CORE,
		  .e_phoff = sizeof(Elf32_Ehdr), .e_phentsize = sizeof(Elf32_Phdr), .e_phnum = 3 },
		{ { .p_type = PT_LOAD, .p_paddr = UINT32_MAX, .p_memsz = 0x7000000, .p_offset = 0x37ffe000 },
		  { .p_type = PT_LOAD, .p_paddr = 0x1000, .p_memsz = 0x9e000, .p_offset = 0x2000 },
		  { .p_type = PT_NOTE } } };

	ck_assert_int_eq(memory_map_kcore(&c, sizeof(c), &load), 0);
	ck_assert_uint_eq(load.count, 1);
	ck_assert_uint_eq(load.run[0].first, 0x1000);
	ck_assert_uint_eq(load.run[0].last, 0x9efff);
	ck_assert_uint_eq(load.run[0].offset, 0x2000);
	for (size_t n = 0; n < sizeof(c); n++)
		ck_assert_int_eq(memory_map_kcore(&c, n, &load), -1);
}
END_TEST

START_TEST(test_every_byte_of_memory_is_taken_once_and_in_order)
{
	static const char iomem[] = "00001000-0009fbff : System RAM\n"
				    "00100000-0ffdcfff : System RAM\n"
				    "  07200000-08200ea6 : Kernel code\n";
	struct core c = real();

	ck_assert_int_eq(memory_map_kcore(&c, sizeof(c), &load), 0);
	memory_map_iomem(iomem, sizeof(iomem) - 1, &ram);
	memory_map_join(&ram, &load, &segment, &missing);
	ck_assert_uint_eq(segment.count, 2);
	ck_assert_uint_eq(segment.run[0].first, 0x1000);
	ck_assert_uint_eq(segment.run[0].last, 0x9efff);
	ck_assert_uint_eq(segment.run[0].offset, 0x160000003000);
	ck_assert_uint_eq(segment.run[1].first, 0x100000);
	ck_assert_uint_eq(segment.run[1].last, 0xffdcfff);
	/* iomem has a tail that kcore has not */
	ck_assert_uint_eq(missing.count, 1);
	ck_assert_uint_eq(missing.run[0].first, 0x9f000);
	ck_assert_uint_eq(missing.run[0].last, 0x9fbff);
	ck_assert_uint_eq(memory_map_bytes(&segment) + memory_map_bytes(&missing),
			  memory_map_bytes(&ram));
}
END_TEST

#define RUNS 4
static const struct {
	struct memory_run ram[RUNS], load[RUNS], segment[RUNS], missing[RUNS];
} joins[] = {	/* lists end with a run of 0 to 0 */
	{ { { 10, 19, 0 } }, { { 10, 19, 100 } }, { { 10, 19, 100 } }, { { 0 } } },
	{ { { 10, 19, 0 } }, { { 0 } }, { { 0 } }, { { 10, 19, 0 } } },
	/* begins and ends within */
	{ { { 10, 19, 0 } }, { { 5, 30, 100 } }, { { 10, 19, 105 } }, { { 0 } } },
	/* a hole between two loads, and one at each end */
	{ { { 10, 39, 0 } }, { { 12, 15, 100 }, { 20, 35, 200 } },
	  { { 12, 15, 100 }, { 20, 35, 200 } }, { { 10, 11, 0 }, { 16, 19, 0 }, { 36, 39, 0 } } },
	/* overlapping: the second only from where the first ends */
	{ { { 10, 39, 0 } }, { { 10, 25, 100 }, { 20, 39, 200 } },
	  { { 10, 25, 100 }, { 26, 39, 206 } }, { { 0 } } },
	/* one inside the other */
	{ { { 10, 39, 0 } }, { { 10, 39, 100 }, { 20, 25, 200 } }, { { 10, 39, 100 } }, { { 0 } } },
	/* one load over two ranges */
	{ { { 10, 19, 0 }, { 30, 39, 0 } }, { { 0, 99, 100 } },
	  { { 10, 19, 110 }, { 30, 39, 130 } }, { { 0 } } },
	/* the last byte there is */
	{ { { ALL - 9, ALL, 0 } }, { { ALL - 19, ALL - 5, 0 }, { ALL - 4, ALL, 50 } },
	  { { ALL - 9, ALL - 5, 10 }, { ALL - 4, ALL, 50 } }, { { 0 } } },
};

static void add_all(struct memory_runs *list, const struct memory_run *from)
{
	for (size_t i = 0; i < RUNS && from[i].last != 0; i++)
		ck_assert(memory_map_add(list, from[i]));
}

static void compare(const struct memory_runs *got, const struct memory_run *want)
{
	size_t n = 0;

	while (n < RUNS && want[n].last != 0)
		n++;
	ck_assert_uint_eq(got->count, n);
	for (size_t i = 0; i < n; i++) {
		ck_assert_uint_eq(got->run[i].first, want[i].first);
		ck_assert_uint_eq(got->run[i].last, want[i].last);
		ck_assert_uint_eq(got->run[i].offset, want[i].offset);
	}
}

START_TEST(test_memory_is_cut_along_the_loads)
{
	add_all(&ram, joins[_i].ram);
	add_all(&load, joins[_i].load);
	memory_map_join(&ram, &load, &segment, &missing);
	compare(&segment, joins[_i].segment);
	compare(&missing, joins[_i].missing);
}
END_TEST

static const struct {
	size_t at;
	unsigned char byte;
} spoilt[] = {
	{ 0, 'X' }, { EI_CLASS, ELFCLASS32 }, { EI_DATA, ORDER_ELF_OTHER },
	{ offsetof(Elf64_Ehdr, e_type), ET_EXEC }, { offsetof(Elf64_Ehdr, e_phentsize), 32 },
	{ HIGH(e_phoff), 0xff }, { HIGH(e_phnum), 0xff },
};

START_TEST(test_what_is_no_core_is_refused)
{
	struct core c = real();

	((unsigned char *)&c)[spoilt[_i].at] = spoilt[_i].byte;
	ck_assert_int_eq(memory_map_kcore(&c, sizeof(c), &load), -1);
}
END_TEST

START_TEST(test_a_cut_header_is_refused)
{
	struct core c = real();
	size_t whole = sizeof(c.head) + 6 * sizeof(c.part[0]);

	for (size_t n = 0; n < whole; n++)
		ck_assert_int_eq(memory_map_kcore(&c, n, &load), -1);
	ck_assert_int_eq(memory_map_kcore(&c, whole, &load), 0);
}
END_TEST

START_TEST(test_a_kernel_that_writes_no_physical_addresses_is_refused)
{
	struct core c = core_of(2);

	c.part[0] = load_at(0, 0x1000, 0x1000);
	c.part[1] = load_at(0, 0x2000, 0x2000);
	ck_assert_int_eq(memory_map_kcore(&c, sizeof(c), &load), -1);
}
END_TEST

START_TEST(test_loads_that_run_over_the_end_are_left_out)
{
	struct core c = core_of(4);

	c.part[0] = load_at(ALL - 0xfff, 0x2000, 0x1000);
	c.part[1] = load_at(0x1000, 0x1000, ALL - 0xfff);
	c.part[2] = load_at(0x1000, 0x1000, INT64_MAX);
	c.part[3] = load_at(0x5000, 0x1000, 0x5000);
	ck_assert_int_eq(memory_map_kcore(&c, sizeof(c), &load), 0);
	ck_assert_uint_eq(load.count, 1);
	ck_assert_uint_eq(load.run[0].first, 0x5000);
}
END_TEST

START_TEST(test_a_sum_that_does_not_fit_is_the_largest_number)
{
	memory_map_add(&ram, (struct memory_run){ 0, ALL, 0 });
	ck_assert_uint_eq(memory_map_bytes(&ram), ALL);
}
END_TEST

Suite *suite_memory_map(void)
{
	Suite *s = suite_create("collector/volatile/memory_map");
	TCase *t = tcase_create("memory_map");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, test_iomem_gives_the_memory_of_its_top_level, 0, COUNT(iomems));
	tcase_add_test(t, test_more_ranges_than_fit_are_dropped_and_said);
	tcase_add_test(t, test_the_loads_of_kcore_are_sorted_and_what_has_no_address_is_left_out);
	tcase_add_test(t, test_the_loads_of_a_kernel_of_32_bits_are_read_as_well);
	tcase_add_test(t, test_every_byte_of_memory_is_taken_once_and_in_order);
	tcase_add_loop_test(t, test_memory_is_cut_along_the_loads, 0, COUNT(joins));
	tcase_add_loop_test(t, test_what_is_no_core_is_refused, 0, COUNT(spoilt));
	tcase_add_test(t, test_a_cut_header_is_refused);
	tcase_add_test(t, test_a_kernel_that_writes_no_physical_addresses_is_refused);
	tcase_add_test(t, test_loads_that_run_over_the_end_are_left_out);
	tcase_add_test(t, test_a_sum_that_does_not_fit_is_the_largest_number);
	suite_add_tcase(s, t);
	return s;
}
