#include "workstation/cmd/archive_check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/crypt/age_read.h"
#include "workstation/cmd/input.h"
#include "workstation/receipt/receipt.h"

#define CHUNK (256u << 10)

/* Hash and length of the file as it lies there. */
static int hash_file(const char *name, uint8_t hash[DIGEST_LEN], uint64_t *bytes, struct err *e)
{
	static char chunk[CHUNK];
	int fd CLEANUP(fd_close) = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct digest *d;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) != 0)
		return err_set(e, errno, "opening %.200s", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, 0, "%.200s is no regular file", name);
	d = digest_new();
	if (d == NULL)
		return err_set(e, ENOMEM, "hashing %.200s", name);
	*bytes = 0;
	while ((n = fd_read_full(fd, chunk, sizeof(chunk))) > 0) {
		digest_add(d, chunk, (size_t)n);
		*bytes += (uint64_t)n;
	}
	if (n < 0)
		err_set(e, errno, "reading %.200s", name);
	digest_finish(d, hash);
	digest_free(d);
	return n < 0 ? -1 : 0;
}

/* 1: an age file, 0: not, -1 with ${e}. */
static int is_encrypted(const char *name, struct err *e)
{
	int fd CLEANUP(fd_close) = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char first[AGE_READ_INTRO];
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, first, sizeof(first));

	if (n < 0)
		return err_set(e, errno, "opening %.200s", name);
	return age_read_is(first, (size_t)n);
}

static void keep(struct archive_check *c, const struct verify *v)
{
	struct buf session, said;

	c->sealed = true;
	c->verdict = v->verdict;
	c->plan = receipt_plan_word(v);
	buf_init(&said, 4 * sizeof(c->missing));
	planned_say(&said, &v->plan, "; ");
	snprintf(c->missing, sizeof(c->missing), "%s", buf_cstr(&said));
	buf_release(&said);
	c->differs = v->verdict == BUNDLE_ALTERED;
	snprintf(c->proven, sizeof(c->proven), "%" PRIu64, v->facts.proven_bytes);
	if (v->facts.has_key) {
		buf_init(&session, sizeof(c->session));
		text_hex(&session, v->facts.session, sizeof(v->facts.session));
		snprintf(c->session, sizeof(c->session), "%s", buf_cstr(&session));
		buf_release(&session);
		digest_hex(c->fingerprint, v->facts.fingerprint);
	}
	if (v->facts.has_root)
		digest_hex(c->root, v->facts.root);
}

static int check_seals(struct archive_check *c, const struct ledger *l, const char *name,
		       const char *identity, struct err *e)
{
	const struct verify_expect expect = {
		.key = ledger_first(l, LEDGER_FINGERPRINT), .root = ledger_first(l, LEDGER_ROOT),
		.nonce = ledger_first(l, LEDGER_NONCE),
	};
	int encrypted = is_encrypted(name, e);
	struct verify v;
	struct input in;
	int r;

	if (encrypted < 0 || verify_check_expect(&expect, e) != 0)
		return -1;
	if (encrypted > 0 && identity == NULL)
		return 0;
	if (input_open(&in, name, identity, e) != 0)
		return -1;
	r = verify_run(&v, input_read, &in, &expect, e);
	if (r == 0)
		keep(c, &v);
	verify_release(&v);
	input_close(&in);
	return r;
}

int archive_check_run(struct archive_check *c, const struct ledger *l, const char *name,
		      const char *identity, struct err *e)
{
	const char *expected = ledger_first(l, LEDGER_HASH_OBSERVED);
	uint8_t hash[DIGEST_LEN];
	uint64_t bytes = 0;

	*c = (struct archive_check){ 0 };
	if (hash_file(name, hash, &bytes, e) != 0 || check_seals(c, l, name, identity, e) != 0)
		return -1;
	snprintf(c->bytes, sizeof(c->bytes), "%" PRIu64, bytes);
	digest_hex(c->observed, hash);
	if (expected != NULL)
		snprintf(c->expected, sizeof(c->expected), "%s", expected);
	if (expected != NULL && strcmp(expected, c->observed) != 0)
		c->differs = true;
	return 0;
}

static void say(struct ledger_entry *entry, enum ledger_field f, const char *text)
{
	if (entry->value[f] == NULL && *text != '\0')
		entry->value[f] = text;
}

void archive_check_say(const struct archive_check *c, const char *name,
		       struct ledger_entry *entry)
{
	const char *slash = strrchr(name, '/');

	say(entry, LEDGER_ARCHIVE, slash != NULL ? slash + 1 : name);
	say(entry, LEDGER_ARCHIVE_BYTES, c->bytes);
	say(entry, LEDGER_SESSION, c->session);
	say(entry, LEDGER_HASH_ALG, "sha256");
	say(entry, LEDGER_HASH_EXPECTED, c->expected);
	say(entry, LEDGER_HASH_OBSERVED, c->observed);
	if (*c->expected != '\0')
		say(entry, LEDGER_MATCH, strcmp(c->expected, c->observed) == 0 ? "yes" : "no");
	say(entry, LEDGER_VERDICT, c->sealed ? bundle_read_verdict_word(c->verdict) : "");
	say(entry, LEDGER_PLAN, c->sealed ? c->plan : "");
	say(entry, LEDGER_PLAN_MISSING, c->missing);
	say(entry, LEDGER_PROVEN_BYTES, c->proven);
	say(entry, LEDGER_FINGERPRINT, c->fingerprint);
	say(entry, LEDGER_ROOT, c->root);
}
