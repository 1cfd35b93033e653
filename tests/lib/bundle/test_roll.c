#include "lib/bundle/roll.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *suite_roll(void);

static struct roll *roll;

static void setup(void)
{
	roll = roll_new();
	ck_assert_ptr_nonnull(roll);
}

static void teardown(void)
{
	roll_free(roll);
}

static struct bytes bytes_of(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static struct roll_member member(const char *name, enum item_type type)
{
	struct roll_member m = { .name = bytes_of(name), .type = type, .has_hash = true,
				 .data = 5, .link = { "", 0 } };

	memset(m.hash, name[strlen(name) - 1], sizeof(m.hash));
	memset(m.data_hash, 0xdd, sizeof(m.data_hash));
	return m;
}

/* The manifest line that fits member(name, ITEM_FILE). */
static struct manifest_line line(const char *name)
{
	struct manifest_line l = { .has = MANIFEST_HAS_MEMBER | MANIFEST_HAS_STORED |
				   MANIFEST_HAS_SHA256, .stored = 5, .type = ITEM_FILE };

	l.member = bytes_of(name);
	memset(l.sha256, name[strlen(name) - 1], sizeof(l.sha256));
	return l;
}

START_TEST(test_members_that_are_called_by_both_lists_are_in_order)
{
	struct roll_member a = member("[root]/a", ITEM_FILE), t = member("CUSTODY/t", ITEM_FILE);
	struct manifest_line l = line("[root]/a"), none = line("[root]/b");
	struct bytes name;

	t.text = true;
	none.has = 0;
	ck_assert_int_eq(roll_add(roll, &a), FINDING_NONE);
	ck_assert_int_eq(roll_add(roll, &t), FINDING_NONE);
	ck_assert_uint_eq(roll_evidence(roll), 1);
	ck_assert(roll_unlisted(roll, &name));
	ck_assert_int_eq(roll_line(roll, &none), FINDING_NONE);
	ck_assert_int_eq(roll_line(roll, &l), FINDING_NONE);
	ck_assert(!roll_unlisted(roll, &name));
	ck_assert(roll_unsummed(roll, &name));
	ck_assert_int_eq(roll_sum(roll, a.name, a.hash), FINDING_NONE);
	ck_assert(roll_unsummed(roll, &name));
	ck_assert_mem_eq(name.p, "CUSTODY/t", name.len);
	ck_assert_int_eq(roll_sum(roll, t.name, t.hash), FINDING_NONE);
	ck_assert(!roll_unsummed(roll, &name));
	roll_clear(roll);
	ck_assert_int_eq(roll_line(roll, &l), FINDING_MISSING);
}
END_TEST

START_TEST(test_each_disagreement_has_its_finding)
{
	struct roll_member a = member("[root]/a", ITEM_FILE), b = member("[root]/b", ITEM_FILE);
	struct manifest_line l;

	roll_add(roll, &a);
	roll_add(roll, &b);
	ck_assert_int_eq(roll_add(roll, &a), FINDING_DUPLICATE);
	l = line("[root]/c");
	ck_assert_int_eq(roll_line(roll, &l), FINDING_MISSING);
	l = line("[root]/b");
	ck_assert_int_eq(roll_line(roll, &l), FINDING_NONE);
	ck_assert_int_eq(roll_line(roll, &l), FINDING_LISTED_TWICE);
	l = line("[root]/a");
	ck_assert_int_eq(roll_line(roll, &l), FINDING_ORDER);
	ck_assert_int_eq(roll_sum(roll, bytes_of("[root]/c"), a.hash), FINDING_SUM_MISSING);
	ck_assert_int_eq(roll_sum(roll, a.name, b.hash), FINDING_SUM);
}
END_TEST

static void edit_line(int which, struct roll_member *m, struct manifest_line *l)
{
	switch (which) {
	case 0:
		l->type = ITEM_FIFO;
		break;
	case 1:
		l->stored = 6;
		break;
	case 2:
		m->type = l->type = ITEM_SYMLINK;
		m->link = bytes_of("here");
		l->link = bytes_of("there");
		break;
	case 3:
		l->has |= MANIFEST_HAS_HARDLINK;
		l->hardlink = bytes_of("/b");
		break;
	case 4:
		m->hardlink = true;
		m->link = bytes_of("[root]/b");
		l->has |= MANIFEST_HAS_HARDLINK;
		l->hardlink = bytes_of("/c");
		break;
	case 5:
		l->sha256[0] ^= 1;
		break;
	case 6:
		l->has &= ~(unsigned)MANIFEST_HAS_SHA256;
		break;
	case 7:
		l->has |= MANIFEST_HAS_SHA256_STORED;
		break;
	case 8:
		m->sparse = true;
		m->has_hash = false;
		break;
	case 9:
		m->sparse = true;
		l->has = (l->has & ~(unsigned)MANIFEST_HAS_SHA256) | MANIFEST_HAS_SHA256_DATA;
		memset(l->sha256_data, 0xdd, sizeof(l->sha256_data));
		break;
	default:
		break;
	}
}

static const enum finding_id wanted[] = {
	FINDING_DIFFERS, FINDING_DIFFERS, FINDING_DIFFERS, FINDING_DIFFERS, FINDING_DIFFERS,
	FINDING_HASH, FINDING_HASH, FINDING_HASH, FINDING_HASH, FINDING_NONE, FINDING_NONE,
};

START_TEST(test_type_size_link_and_hash_must_agree)
{
	struct roll_member m = member("[root]/a", ITEM_FILE);
	struct manifest_line l = line("[root]/a");

	edit_line(_i, &m, &l);
	ck_assert_int_eq(roll_add(roll, &m), FINDING_NONE);
	ck_assert_int_eq(roll_line(roll, &l), wanted[_i]);
}
END_TEST

START_TEST(test_a_hard_link_may_have_a_sum_and_it_is_that_of_its_target)
{
	struct roll_member a = member("[root]/a", ITEM_FILE), h = member("[root]/h", ITEM_FILE);
	struct bytes name;

	h.hardlink = true;
	h.link = a.name;
	roll_add(roll, &a);
	roll_add(roll, &h);
	ck_assert_int_eq(roll_sum(roll, a.name, a.hash), FINDING_NONE);
	ck_assert(!roll_unsummed(roll, &name));
	ck_assert_int_eq(roll_sum(roll, h.name, a.hash), FINDING_NONE);
	ck_assert_int_eq(roll_sum(roll, h.name, h.hash), FINDING_SUM);
}
END_TEST

START_TEST(test_more_members_than_the_format_allows_are_refused)
{
	char text[32];
	struct roll_member m;

	for (unsigned i = 0; i < ROLL_MEMBERS_MAX; i++) {
		snprintf(text, sizeof(text), "[root]/%u", i);
		m = member(text, ITEM_FILE);
		ck_assert_int_eq(roll_add(roll, &m), FINDING_NONE);
	}
	m = member("[root]/one-more", ITEM_FILE);
	ck_assert_int_eq(roll_add(roll, &m), FINDING_LIMIT);
}
END_TEST

Suite *suite_roll(void)
{
	Suite *s = suite_create("lib/bundle/roll");
	TCase *t = tcase_create("roll");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_members_that_are_called_by_both_lists_are_in_order);
	tcase_add_test(t, test_each_disagreement_has_its_finding);
	tcase_add_loop_test(t, test_type_size_link_and_hash_must_agree, 0,
			    (int)(sizeof(wanted) / sizeof(wanted[0])));
	tcase_add_test(t, test_a_hard_link_may_have_a_sum_and_it_is_that_of_its_target);
	tcase_add_test(t, test_more_members_than_the_format_allows_are_refused);
	suite_add_tcase(s, t);
	return s;
}
