#include "collector/acquire/keyfile.h"

#include <check.h>
#include <string.h>

Suite *suite_keyfile(void);

static const struct { const char *text; bool is_private; } files[] = {
	{ "-----BEGIN RSA PRIVATE KEY-----\nMII", true },
	{ "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", true },
	{ "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", true },
	{ "\r\n  -----BEGIN PRIVATE KEY-----\n", true },
	{ "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n", true },
	{ "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n", false },
	{ "-----BEGIN PUBLIC KEY-----\n", false },
	{ "openssh-key-v1", true },
	{ "PuTTY-User-Key-File-3: ssh-ed25519", true },
	{ "ssh-ed25519 AAAA user@host\n", false },
	{ "Jan 1 log line\n-----BEGIN RSA PRIVATE KEY-----\n", false },
	{ "-----BEGIN RSA PRIVATE KEY", false },
	{ "-----BEGIN", false },
	{ "", false },
	{ "  \n", false },
};

START_TEST(test_a_private_key_is_known_by_how_it_begins)
{
	ck_assert_int_eq(keyfile_is_private(files[_i].text, strlen(files[_i].text)),
			 files[_i].is_private);
}
END_TEST

Suite *suite_keyfile(void)
{
	Suite *s = suite_create("collector/acquire/keyfile");
	TCase *t = tcase_create("keyfile");

	tcase_add_loop_test(t, test_a_private_key_is_known_by_how_it_begins, 0,
			    (int)(sizeof(files) / sizeof(files[0])));
	suite_add_tcase(s, t);
	return s;
}
