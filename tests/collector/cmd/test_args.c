#include "collector/cmd/args.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/leftover.h"

#define ARGV(a) ((char *const *)(uintptr_t)(a))

#define RECIPIENT "age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy"

static const char *const full[] = {
	"exhibit-collect", "-o", "/mnt/x", "--case=C 1", "--exhibit", "E", "--examiner", "N",
	"--examiner-id=7", "--examiner-organisation", "O", "--authority", "A", "--witness", "W",
	"--location", "L", "--notes", "T", "--discovered", "d", "--occurred", "o", "--changed", "c",
	"--important", "i", "--nonce", "00112233445566778899AABBccddeeff", "--profile", "full",
	"--include", "/a", "-i/b", "--exclude", "/c", "--file-size", "1G", "--budget", "2T",
	"--deadline", "1h", "--item-deadline", "3", "--root", "/img", "--compress", "gzip:9",
	"--recipient", RECIPIENT, "--seal-bytes", "1M", "--seal-seconds", "9s", "--private-keys", "-qv", "--progress", "json",
	NULL,
};

START_TEST(test_every_option_reaches_its_field)
{
	struct args a;
	struct err e = { 0 };

	ck_assert_msg(args_parse(&a, ARGV(full), &e) == 0, "%s", e.what);
	ck_assert_str_eq(a.output, "/mnt/x");
	ck_assert_str_eq(a.case_id, "C 1");
	ck_assert_str_eq(a.exhibit, "E");
	ck_assert_str_eq(a.examiner_name, "N");
	ck_assert_str_eq(a.examiner_id, "7");
	ck_assert_str_eq(a.examiner_organisation, "O");
	ck_assert_str_eq(a.authority, "A");
	ck_assert_str_eq(a.witness, "W");
	ck_assert_str_eq(a.location, "L");
	ck_assert_str_eq(a.notes, "T");
	ck_assert_str_eq(a.discovered, "d");
	ck_assert_str_eq(a.occurred, "o");
	ck_assert_str_eq(a.changed, "c");
	ck_assert_str_eq(a.important, "i");
	ck_assert_uint_eq(strlen(a.nonce), 32);
	ck_assert_str_eq(a.profile, "full");
	ck_assert_uint_eq(a.include.n, 2);
	ck_assert_str_eq(a.include.p[1], "/b");
	ck_assert_uint_eq(a.exclude.n, 1);
	ck_assert_uint_eq(a.file_size, 1u << 30);
	ck_assert_uint_eq(a.budget, UINT64_C(2) << 40);
	ck_assert_uint_eq(a.deadline, 3600);
	ck_assert_uint_eq(a.item_deadline, 3);
	ck_assert_str_eq(a.root, "/img");
	ck_assert_int_eq(a.compress.kind, COMPRESS_GZIP);
	ck_assert_int_eq(a.compress.level, 9);
	ck_assert_uint_eq(a.recipient_count, 1);
	ck_assert_str_eq(a.recipients[0].text, RECIPIENT);
	ck_assert_uint_eq(a.seal_bytes, 1u << 20);
	ck_assert_uint_eq(a.seal_seconds, 9);
	ck_assert(a.private_keys && a.quiet && a.verbose && !a.plan && !a.list && !a.help);
	ck_assert_int_eq(a.progress, ARGS_PROGRESS_JSON);
	args_release(&a);
}
END_TEST

static const struct {
	const char *whom;
	bool good;
} whom[] = {
	{ "1", true }, { "1,2,33", true }, { "suspicious", true }, { "7,suspicious", true },
	{ "suspicious,7", true }, { "", false }, { ",", false }, { "1,", false }, { "0", false },
	{ "-1", false }, { "1 2", false }, { "suspiciou", false }, { "suspicious2", false },
	{ "all", false }, { "1234567890", false }, { "07", false },
};

START_TEST(test_process_memory_takes_numbers_and_the_word)
{
	const char *argv[] = { "x", "-o", "-", "--process-memory", whom[_i].whom, NULL };
	struct args a;
	struct err e = { 0 };

	ck_assert(args_parse(&a, ARGV(argv), &e) == (whom[_i].good ? 0 : -1));
	if (whom[_i].good)
		ck_assert_str_eq(a.process_memory, whom[_i].whom);
	else
		ck_assert_ptr_nonnull(strstr(e.what, "--process-memory"));
	args_release(&a);
}
END_TEST

START_TEST(test_what_dies_with_a_host_is_not_of_a_directory)
{
	static const char *const asked[] = { "--memory", "--process-memory=1", "--profile=live",
					     "--raw-ext4" };
	const char *argv[] = { "x", "-o", "-", "--root", "/img", asked[_i], NULL };
	struct args a;
	struct err e = { 0 };

	ck_assert_int_eq(args_parse(&a, ARGV(argv), &e), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "--root"));
	args_release(&a);
}
END_TEST

START_TEST(test_defaults_are_those_of_the_help)
{
	static const char *const argv[] = { "x", "-o", "-", NULL };
	struct args a;

	ck_assert_int_eq(args_parse(&a, ARGV(argv), NULL), 0);
	ck_assert_int_eq(a.compress.kind, COMPRESS_ZSTD);
	ck_assert_int_eq(a.compress.level, 1);
	ck_assert_uint_eq(a.compress.threads, 0);
	ck_assert_uint_eq(a.seal_bytes, 64u << 20);
	ck_assert_uint_eq(a.seal_seconds, 5);
	ck_assert_uint_eq(a.item_deadline, 10);
	ck_assert_uint_eq(a.deadline, 0);
	ck_assert_uint_eq(a.budget, 0);
	ck_assert_uint_eq(a.file_size, 0);
	ck_assert_ptr_null(a.profile);
	ck_assert_ptr_null(a.case_id);
	ck_assert_int_eq(a.progress, ARGS_PROGRESS_AUTO);
	args_release(&a);
}
END_TEST

/* "error" is part of the sentence, NULL where the line is good. */
static const struct {
	const char *argv[6];
	const char *error;
} lines[] = {
	{ { "x" }, "--output is missing" },
	{ { "x", "--plan" }, NULL },
	{ { "x", "--list" }, NULL },
	{ { "x", "-V" }, NULL },
	{ { "x", "-h" }, NULL },
	{ { NULL }, "--output is missing" },
	{ { "x", "-o", "" }, "--output needs" },
	{ { "x", "-o", "a", "b" }, "'b' belongs to no option" },
	{ { "x", "-o", "a", "--root=" }, "--root needs a directory" },
	{ { "x", "-o", "a", "--compress", "zstd:19" }, NULL },
	{ { "x", "-o", "a", "--compress", "zstd:-7" }, NULL },
	{ { "x", "-o", "a", "--compress", "zstd:20" }, "--compress zstd takes levels from -7 to 19" },
	{ { "x", "-o", "a", "--compress", "zstd:" }, "takes levels" },
	{ { "x", "-o", "a", "--compress", "zstd:3x" }, "not '3x'" },
	{ { "x", "-o", "a", "--compress", "gzip:0" }, "from 1 to 9" },
	{ { "x", "-o", "a", "--compress", "none" }, NULL },
	{ { "x", "-o", "a", "--compress", "none:1" }, "--compress none" },
	{ { "x", "-o", "a", "--compress", "xz" }, "needs zstd, gzip or none, not 'xz'" },
	{ { "x", "-o", "a", "--compress", "" }, "needs zstd" },
	{ { "x", "-o", "a", "--progress", "loud" }, "--progress needs" },
	{ { "x", "-o", "a", "--progress", "none" }, NULL },
	{ { "x", "-o", "a", "--nonce", "0011223344556677" }, NULL },
	{ { "x", "-o", "a", "--nonce", "00112233445566" }, "--nonce needs 16 to 256 hex digits" },
	{ { "x", "-o", "a", "--nonce", "00112233445566778" }, "--nonce" },
	{ { "x", "-o", "a", "--nonce", "001122334455667g" }, "--nonce" },
	{ { "x", "-o", "a", "--item-deadline", "0" }, "--item-deadline goes from 1s to 1d" },
	{ { "x", "-o", "a", "--deadline", "0" }, "--deadline goes from 1s to 3650d" },
	{ { "x", "-o", "a", "--deadline", "300000d" }, "--deadline goes from 1s to 3650d" },
	{ { "x", "-o", "a", "--budget", "0" }, "--budget goes from 1 byte to 1048576T" },
	{ { "x", "-o", "a", "--file-size", "0" }, "--file-size goes from 1 byte to 1048576T" },
	{ { "x", "-o", "a", "--seal-bytes", "1k" }, "--seal-bytes goes from 64k to 1T" },
	{ { "x", "-o", "a", "--seal-seconds", "0" }, "--seal-seconds goes" },
	{ { "x", "-o", "a", "--budget", "much" }, "--budget needs a size" },
	{ { "x", "--nothing" }, "there is no option --nothing" },
};

START_TEST(test_a_wrong_line_gets_a_sentence_that_names_the_option)
{
	struct args a;
	struct err e = { 0 };
	int r = args_parse(&a, ARGV(lines[_i].argv), &e);

	if (lines[_i].error == NULL) {
		ck_assert_msg(r == 0, "%s", e.what);
	} else {
		ck_assert_int_eq(r, -1);
		ck_assert_msg(strstr(e.what, lines[_i].error) != NULL, "%s", e.what);
	}
	args_release(&a);
}
END_TEST

START_TEST(test_help_is_complete_and_narrow)
{
	static const char *const parts[] = {
		"Usage: exhibit-collect -o DEST", "--seal-bytes SIZE", "--examiner-organisation NAME",
		"the default:\n  triage ", "Examples:", "Exit codes:\n  0  ", "  3  ",
	};
	struct buf b;
	const char *line, *end;

	buf_init(&b, 65536);
	args_help(&b);
	ck_assert(!b.failed);
	line = buf_cstr(&b);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ck_assert_msg(strstr(line, parts[i]) != NULL, "%s", parts[i]);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
		ck_assert_msg(end - line <= 100, "%.*s", (int)(end - line), line);
	ck_assert_str_eq(line, "");
	buf_release(&b);
}
END_TEST

Suite *suite_args(void);

/* A file of options, and a command line that names it. */
struct file {
	char folder[32], path[48];
};

static void make_file(struct file *f, const char *text)
{
	FILE *out;

	strcpy(f->folder, "/tmp/exhibit-args.XXXXXX");
	leftover_dir(f->folder);
	snprintf(f->path, sizeof(f->path), "%s/c.json", f->folder);
	out = fopen(f->path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static void remove_file(const struct file *f)
{
	unlink(f->path);
	rmdir(f->folder);
}

START_TEST(test_command_line_wins_over_the_file)
{
	const char *argv[] = { "x", "--case", "B", "--config", NULL, "-i", "/line", "-o", "/o", NULL };
	struct err e = { 0 };
	struct args a;
	struct file f;

	make_file(&f, "{\"exhibit-config\":1,\"case\":\"A\",\"exhibit\":\"E\",\"seal-seconds\":9,"
		  "\"include\":[\"/f1\",\"/f2\"],\"exclude\":[\"/f3\"],\"private-keys\":true,"
		  "\"nonce\":\"00112233445566778899\"}");
	argv[4] = f.path;
	ck_assert_msg(args_parse(&a, ARGV(argv), &e) == 0, "%s", e.what);
	ck_assert_str_eq(a.case_id, "B");
	ck_assert_str_eq(a.exhibit, "E");
	ck_assert_str_eq(a.nonce, "00112233445566778899");
	ck_assert_uint_eq(a.seal_seconds, 9);
	ck_assert_uint_eq(a.include.n, 1);
	ck_assert_str_eq(a.include.p[0], "/line");
	ck_assert_uint_eq(a.exclude.n, 1);
	ck_assert_str_eq(a.exclude.p[0], "/f3");
	ck_assert(a.private_keys);
	args_release(&a);
	remove_file(&f);
}
END_TEST

static const struct bad_file {
	const char *text, *why;
} bad_files[] = {
	{ "{\"exhibit-config\":1,\"frob\":\"A\"}", "there is no option --frob" },
	{ "{\"exhibit-config\":1,\"case\":true}", "case" },
	{ "{\"exhibit-config\":1,\"private-keys\":\"yes\"}", "--private-keys" },
	{ "{\"exhibit-config\":1,\"seal-bytes\":\"lots\"}", "--seal-bytes needs a size" },
	{ "{\"exhibit-config\":1,\"nonce\":\"xyz\"}", "--nonce needs" },
	{ "{\"exhibit-config\":1,\"config\":\"/x\"}", "is for the command line" },
	{ "{\"exhibit-config\":1,\"help\":true}", "is for the command line" },
	{ "{\"exhibit-config\":1,\"list\":true}", "is for the command line" },
	{ "{\"exhibit-prepare\":1}", "does not begin with" },
};

START_TEST(test_bad_file_is_a_usage_error)
{
	const char *argv[] = { "x", "-o", "/o", "--config", NULL, NULL };
	struct err e = { 0 };
	struct args a;
	struct file f;

	make_file(&f, bad_files[_i].text);
	argv[4] = f.path;
	ck_assert_int_ne(args_parse(&a, ARGV(argv), &e), 0);
	ck_assert_msg(strstr(e.what, bad_files[_i].why) != NULL, "%s", e.what);
	args_release(&a);
	remove_file(&f);
}
END_TEST

Suite *suite_args(void)
{
	Suite *s = suite_create("collector/cmd/args");
	TCase *t = tcase_create("args");

	tcase_add_test(t, test_every_option_reaches_its_field);
	tcase_add_loop_test(t, test_process_memory_takes_numbers_and_the_word, 0,
			    sizeof(whom) / sizeof(whom[0]));
	tcase_add_loop_test(t, test_what_dies_with_a_host_is_not_of_a_directory, 0, 4);
	tcase_add_test(t, test_defaults_are_those_of_the_help);
	tcase_add_loop_test(t, test_a_wrong_line_gets_a_sentence_that_names_the_option, 0,
			    (int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_test(t, test_help_is_complete_and_narrow);
	tcase_add_test(t, test_command_line_wins_over_the_file);
	tcase_add_loop_test(t, test_bad_file_is_a_usage_error, 0,
			    sizeof(bad_files) / sizeof(bad_files[0]));
	suite_add_tcase(s, t);
	return s;
}
