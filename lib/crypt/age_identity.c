#include "lib/crypt/age_identity.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "lib/base/fd.h"
#include "lib/base/keymem.h"
#include "lib/crypt/bech32.h"

#define ENCRYPTED "the identity file is itself encrypted: decrypt it first, age -d"

/* What else people keep keys in, by how its first line begins. */
static const struct {
	const char *begins, *what;
} others[] = {
	{ "age-encryption.org/", ENCRYPTED },
	{ "-----BEGIN AGE", ENCRYPTED },
	{ "-----BEGIN", "ssh keys are not read here: use age -d and give its output to exhibit" },
	{ "AGE-PLUGIN-", "keys of plugins are not read here: use age -d and give its output to "
			 "exhibit" },
	{ "age1", "an identity file holds a secret key, not a recipient" },
};

static int complain(const char *line, size_t n, unsigned number, struct err *e)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t len = strlen(others[i].begins);

		if (n >= len && memcmp(line, others[i].begins, len) == 0)
			return err_set(e, 0, "%s", others[i].what);
	}
	return err_set(e, 0, "line %u of the identity file is no AGE-SECRET-KEY-1 of age-keygen",
		       number);
}

static int parse_key(struct age_identity *id, const char *line, size_t n)
{
	char text[BECH32_MAX + 1];
	struct bech32 b;
	int r = -1;

	if (n >= sizeof(text) || memchr(line, '\0', n) != NULL)
		return -1;
	memcpy(text, line, n);
	text[n] = '\0';
	if (bech32_parse(&b, text) == NULL && strcmp(b.hrp, "age-secret-key-") == 0)
		r = bech32_bytes(&b, id->secret, PRIM_KEY_LEN);
	keymem_wipe(text, sizeof(text));
	keymem_wipe(&b, sizeof(b));
	return r == 0 ? prim_x25519_public(id->public, id->secret) : -1;
}

static int parse_line(struct age_identities *ids, const char *line, size_t n, unsigned number,
		      struct err *e)
{
	if (n > 0 && line[n - 1] == '\r')
		n--;
	if (n == 0 || line[0] == '#')
		return 0;
	if (ids->count == AGE_IDENTITY_MAX)
		return err_set(e, 0, "more than %u keys in the identity file", AGE_IDENTITY_MAX);
	if (parse_key(&ids->p[ids->count], line, n) != 0)
		return complain(line, n, number, e);
	ids->count++;
	return 0;
}

struct age_identities *age_identity_parse(const char *text, size_t n, struct err *e)
{
	struct age_identities *ids = keymem_new(sizeof(*ids), NULL, e);
	unsigned number = 0;
	int r = ids == NULL ? -1 : 0;

	while (n > 0 && r == 0) {
		const char *end = memchr(text, '\n', n);
		size_t len = end == NULL ? n : (size_t)(end - text);

		r = parse_line(ids, text, len, ++number, e);
		len += end != NULL;
		text += len;
		n -= len;
	}
	if (r == 0 && ids->count == 0)
		r = err_set(e, 0, "there is no key in the identity file");
	if (r == 0)
		return ids;
	age_identity_free(ids);
	return NULL;
}

struct age_identities *age_identity_read(int fd, struct err *e)
{
	struct age_identities *ids = NULL;
	char *text = keymem_new(AGE_IDENTITY_FILE_MAX + 1, NULL, e);
	ssize_t n;

	if (text == NULL)
		return NULL;
	n = fd_read_full(fd, text, AGE_IDENTITY_FILE_MAX + 1);
	if (n < 0)
		err_set(e, errno, "reading the identity file");
	else if (n > (ssize_t)AGE_IDENTITY_FILE_MAX)
		err_set(e, 0, "the identity file is longer than 64 KiB: is it one?");
	else
		ids = age_identity_parse(text, (size_t)n, e);
	keymem_free(text, AGE_IDENTITY_FILE_MAX + 1);
	return ids;
}

void age_identity_free(struct age_identities *ids)
{
	keymem_free(ids, sizeof(*ids));
}
