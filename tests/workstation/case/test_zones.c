#include "workstation/case/zones.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/case_box.h"

Suite *suite_zones(void);

static struct case_box box;
static struct zones *zones;

static void setup(void)
{
	case_box_open(&box);
	zones = zones_new();
	ck_assert_ptr_nonnull(zones);
}

static void teardown(void)
{
	zones_free(zones);
	case_box_close(&box);
}

/* A member of the first pass, in pieces, that is a zone of version 2 without transitions. */
static void keep(const char *member, const char *rule)
{
	static const char block[] = "\0\0\0\0\0\0CET";
	char file[200];
	size_t n = 0;

	for (unsigned i = 0; i < 2; i++) {
		memset(file + n, 0, 44);
		memcpy(file + n, "TZif2", 5);
		file[n + 39] = 1;
		file[n + 43] = 4;
		memcpy(file + n + 44, block, 10);
		n += 54;
	}
	file[n++] = '\n';
	memcpy(file + n, rule, strlen(rule));
	n += strlen(rule);
	file[n++] = '\n';
	zones_member(zones, (struct bytes){ member, strlen(member) });
	zones_data(zones, file, 2, 0);
	zones_data(zones, file + 2, n - 2, 2);
	zones_end(zones);
}

static const struct zone *zone_of(const char *root, const char *name)
{
	const struct zones_place place = {
		box.db, 1, { root, strlen(root) }, { name, strlen(name) }
	};
	const struct zone *z;

	ck_assert_msg(zones_of(zones, &place, &z, &box.e) == 0, "%s", box.e.what);
	return z;
}

static void object(const char *values)
{
	char sql[400];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO object (host, path, type, link, member, hardlink_of) VALUES (1, %s)",
		 values);
	case_box_sql(&box, sql);
}

static int32_t summer(const struct zone *z)
{
	return tzif_offset(&z->clock, 1782864000); /* 2026-07-01 */
}

START_TEST(test_the_link_of_the_host_leads_to_its_zone)
{
	const struct zone *z;

	object("'/etc/localtime', 'symlink', '../usr/share/zoneinfo/Old/Name', NULL, NULL");
	object("'/usr', 'directory', NULL, NULL, NULL");
	object("'/usr/share', 'symlink', '/srv/share', NULL, NULL");
	object("'/srv', 'directory', NULL, NULL, NULL");
	object("'/srv/share', 'directory', NULL, NULL, NULL");
	object("'/srv/share/zoneinfo', 'directory', NULL, NULL, NULL");
	object("'/srv/share/zoneinfo/Old', 'directory', NULL, NULL, NULL");
	object("'/srv/share/zoneinfo/Old/Name', 'symlink', '../Europe/Berlin', NULL, NULL");
	object("'/srv/share/zoneinfo/Europe/Berlin', 'file', NULL, '[root]/B', NULL");
	keep("[root]/A", "AAA-9");
	keep("[root]/B", "CET-1CEST,M3.5.0,M10.5.0/3");
	z = zone_of("", "/usr/share/zoneinfo/Old/Name");
	ck_assert(z->known);
	ck_assert_int_eq(summer(z), 7200);
	ck_assert_ptr_eq(zone_of("", ""), z);
	ck_assert_str_eq(
		case_box_text(&box, "SELECT group_concat(z.root || z.path || rule || source || "
				    "o.member) FROM zone z JOIN object o ON o.id = z.object"),
		"//srv/share/zoneinfo/Europe/BerlinCET-1CEST,M3.5.0,M10.5.0/3file[root]/B");
}
END_TEST

START_TEST(test_a_container_has_a_zone_of_its_own)
{
	object("'/etc/localtime', 'file', NULL, '[root]/etc/localtime', NULL");
	object("'/proc/7/root/etc/localtime', 'symlink', '/../usr/share/zoneinfo/X', NULL, NULL");
	object("'/proc/7/root/usr/share/zoneinfo/X', 'file', NULL, '[root]/c', NULL");
	object("'/proc/8/root/etc/localtime', 'file', NULL, NULL, '/etc/localtime'");
	keep("[root]/etc/localtime", "AAA-2");
	keep("[root]/c", "BBB-3");
	ck_assert_int_eq(summer(zone_of("", "")), 7200);
	ck_assert_int_eq(summer(zone_of("/proc/7/root", "")), 10800);
	/* bound into it from the host */
	ck_assert_int_eq(summer(zone_of("/proc/8/root", "")), 7200);
	ck_assert_int_eq(summer(zone_of("/proc/9/root", "/usr/share/zoneinfo/UTC")), 0);
	ck_assert(!zone_of("/proc/9/root", "/usr/share/zoneinfo/UTC")->known);
	ck_assert_str_eq(case_box_text(&box, "SELECT group_concat(root || source, ' ') FROM zone"),
			 "/file /proc/7/rootfile /proc/8/rootfile /proc/9/rootnone");
}
END_TEST

START_TEST(test_without_its_file_a_zone_is_utc_by_its_name_or_assumed)
{
	object("'/etc/localtime', 'symlink', '/usr/share/zoneinfo/Europe/Berlin', NULL, NULL");
	ck_assert(!zone_of("", "/usr/share/zoneinfo/Europe/Berlin")->known);
	ck_assert_str_eq(
		case_box_text(&box, "SELECT path || source || ifnull(object, 0) FROM zone"),
		"/usr/share/zoneinfo/Europe/Berlinnone0");
	ck_assert(zones_by_name((struct bytes){ "Etc/UTC", 7 })->known);
	ck_assert(!zones_by_name((struct bytes){ NULL, 0 })->known);
}
END_TEST

START_TEST(test_links_in_a_circle_end)
{
	object("'/etc/localtime', 'symlink', 'localtime', NULL, NULL");
	ck_assert(!zone_of("", "localtime")->known);
}
END_TEST

START_TEST(test_what_begins_as_a_zone_and_is_none_counts_for_nothing)
{
	object("'/etc/localtime', 'file', NULL, '[root]/etc/localtime', NULL");
	zones_member(zones, (struct bytes){ "[root]/etc/localtime", 20 });
	zones_data(zones, "TZif2 but no more", 17, 0);
	zones_end(zones);
	ck_assert(!zone_of("", "Europe/Berlin")->known);
	ck_assert_int_eq(summer(zone_of("", "Europe/Berlin")), 0);
}
END_TEST

/* Neither by its bytes nor by its name. */
START_TEST(test_a_zone_that_contradicts_itself_is_not_known_and_a_note_says_so)
{
	object("'/etc/localtime', 'symlink', '/usr/share/zoneinfo/UTC', NULL, NULL");
	object("'/usr', 'directory', NULL, NULL, NULL");
	object("'/usr/share', 'directory', NULL, NULL, NULL");
	object("'/usr/share/zoneinfo', 'directory', NULL, NULL, NULL");
	object("'/usr/share/zoneinfo/UTC', 'file', NULL, '[root]/z', NULL");
	keep("[root]/z", "UTC-9 and more");
	ck_assert(!zone_of("", "/usr/share/zoneinfo/UTC")->known);
	ck_assert_int_eq(summer(zone_of("", "")), 0);
	ck_assert_str_eq(case_box_text(&box, "SELECT source || o.member || ifnull(rule, '') FROM "
					     "zone z JOIN object o ON o.id = z.object"),
			 "none[root]/z");
	ck_assert_str_eq(case_box_text(&box, "SELECT parser || kind || o.member || (text LIKE "
					     "'%is no rule%') FROM note n JOIN object o ON o.id = "
					     "n.object"),
			 "zoneunreadable[root]/z1");
}
END_TEST

/* As many zones as there are places, below ${folder}, before that of the host. */
static bool known_after(const char *folder)
{
	char member[80];

	object("'/etc/localtime', 'file', NULL, '[root]/etc/localtime', NULL");
	for (unsigned i = 0; i < ZONES_FILES_MAX; i++) {
		snprintf(member, sizeof(member), "[root]%s%u", folder, i);
		keep(member, "AAA-9");
	}
	keep("[root]/etc/localtime", "AAA-2");
	return zone_of("", "Europe/Berlin")->known;
}

START_TEST(test_a_flood_of_zones_is_bounded)
{
	ck_assert(!known_after("/usr/share/zoneinfo/"));
}
END_TEST

START_TEST(test_a_flood_from_elsewhere_leaves_room_for_the_zone_of_the_host)
{
	static const char *const folders[] = { "/home/tom/.bash_history.",
					       "/proc/7/root/usr/share/zoneinfo/",
					       "/home/tom/usr/share/zoneinfo/" };

	ck_assert(known_after(folders[_i]));
}
END_TEST

/* Large ones, and what fits beside them. */
START_TEST(test_a_flood_of_bytes_leaves_room_for_the_zone_of_the_host)
{
	static char file[TZIF_FILE_MAX] = "TZif2";
	static const char member[] = "[root]/home/tom/.bash_history";

	object("'/etc/localtime', 'file', NULL, '[root]/etc/localtime', NULL");
	for (size_t n = sizeof(file); n >= 64; n /= 2) {
		for (unsigned i = 0; i <= ZONES_BYTES_MAX / TZIF_FILE_MAX; i++) {
			zones_member(zones, (struct bytes){ member, sizeof(member) - 1 });
			zones_data(zones, file, n, 0);
			zones_end(zones);
		}
	}
	keep("[root]/etc/localtime", "AAA-2");
	ck_assert(zone_of("", "Europe/Berlin")->known);
}
END_TEST

Suite *suite_zones(void)
{
	Suite *s = suite_create("workstation/case/zones");
	TCase *tc = tcase_create("zones");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_the_link_of_the_host_leads_to_its_zone);
	tcase_add_test(tc, test_a_container_has_a_zone_of_its_own);
	tcase_add_test(tc, test_without_its_file_a_zone_is_utc_by_its_name_or_assumed);
	tcase_add_test(tc, test_links_in_a_circle_end);
	tcase_add_test(tc, test_what_begins_as_a_zone_and_is_none_counts_for_nothing);
	tcase_add_test(tc, test_a_zone_that_contradicts_itself_is_not_known_and_a_note_says_so);
	tcase_add_test(tc, test_a_flood_of_zones_is_bounded);
	tcase_add_loop_test(tc, test_a_flood_from_elsewhere_leaves_room_for_the_zone_of_the_host, 0,
			    3);
	tcase_add_test(tc, test_a_flood_of_bytes_leaves_room_for_the_zone_of_the_host);
	suite_add_tcase(s, tc);
	return s;
}
