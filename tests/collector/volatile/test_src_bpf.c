#include <check.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/live_box.h"

Suite *suite_src_bpf(void);

#define ODD_VALUE 0x6b65796f		/* in the program, to be found again */

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int make_map(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 8;
	attr.max_entries = 1;
	strcpy(attr.map_name, "exhibit_m");
	return (int)bpf(BPF_MAP_CREATE, &attr);
}

/* A program that uses the map, and returns. */
static int load_program(int map)
{
	struct bpf_insn code[] = {
		{ BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map }, { 0, 0, 0, 0, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, ODD_VALUE },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (uint64_t)(uintptr_t)code;
	attr.insn_cnt = sizeof(code) / sizeof(code[0]);
	attr.license = (uint64_t)(uintptr_t)"GPL";
	strcpy(attr.prog_name, "exhibit_p");
	return (int)bpf(BPF_PROG_LOAD, &attr);
}

static uint32_t id_of(int fd)
{
	struct bpf_prog_info info;	/* every kind has its number at the same place */
	union bpf_attr attr;

	memset(&info, 0, sizeof(info));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = 16;
	attr.info.info = (uint64_t)(uintptr_t)&info;
	ck_assert_int_eq(bpf(BPF_OBJ_GET_INFO_BY_FD, &attr), 0);
	return info.id;
}

START_TEST(test_a_program_is_taken_with_its_instructions_and_maps)
{
	struct live_box *box = live_box_new();
	int map = make_map(), program = load_program(map);
	int32_t odd = ODD_VALUE;
	uint32_t id, map_id;

	ck_assert_int_eq(bpf_run(&box->env), 0);
	if (map >= 0 && program >= 0) {
		id = id_of(program);
		map_id = id_of(map);
		ck_assert(live_item_has(live_box_get(box, "bpf/prog/%u.info", id), "exhibit_p", 10));
		ck_assert(live_item_has(live_box_get(box, "bpf/prog/%u.xlated", id), &odd, 4));
		ck_assert_mem_eq(live_box_get(box, "bpf/prog/%u.maps", id)->data.p, &map_id, 4);
		ck_assert(live_item_has(live_box_get(box, "bpf/map/%u.info", map_id), "exhibit_m", 10));
	} else {
		ck_assert_uint_gt(box->count, 0);
	}
	close(program);
	close(map);
	live_box_free(box);
}
END_TEST

Suite *suite_src_bpf(void)
{
	Suite *s = suite_create("collector/volatile/src_bpf");
	TCase *t = tcase_create("bpf");

	tcase_add_test(t, test_a_program_is_taken_with_its_instructions_and_maps);
	suite_add_tcase(s, t);
	return s;
}
