#include "workstation/custody/identity.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/keymem.h"
#include "lib/crypt/age_identity.h"
#include "lib/crypt/bech32.h"

/* Everything that must be wiped. */
struct secret {
	uint8_t key[PRIM_KEY_LEN];
	char text[BECH32_MAX + 1], file[512];
};

/* The text of the file into s->file; its length. */
static int compose(struct secret *s, const struct age_recipient *r)
{
	char utc[CLOCK_UTC_LEN];

	bech32_write(s->text, "age-secret-key-", s->key, sizeof(s->key));
	for (char *c = s->text; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	clock_utc(utc, clock_realtime());
	return snprintf(s->file, sizeof(s->file), "# created: %.19sZ\n# public key: %s\n%s\n",
			utc, r->text, s->text);
}

static int write_file(const char *path, const char *text, size_t n, struct err *e)
{
	int fd CLEANUP(fd_close) = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(e, errno, "making the identity file %.180s", path);
	if (fd_write_all(fd, text, n) == 0 && fsync(fd) == 0)
		return 0;
	err_set(e, errno, "writing the identity file %.180s", path);
	unlink(path);
	return -1;
}

int identity_new(const char *path, struct age_recipient *r, struct err *e)
{
	struct secret *s = keymem_new(sizeof(*s), NULL, e);
	uint8_t public[PRIM_KEY_LEN];
	int result = -1;

	if (s == NULL)
		return -1;
	if (keymem_random(s->key, sizeof(s->key)) != 0)
		err_set(e, errno, "random numbers for a key");
	else if (prim_x25519_public(public, s->key) != 0)
		err_set(e, 0, "libcrypto could not make a key");
	else {
		age_recipient_of(r, public);
		result = write_file(path, s->file, (size_t)compose(s, r), e);
	}
	keymem_free(s, sizeof(*s));
	return result;
}

int identity_recipient(const char *path, struct age_recipient *r, struct err *e)
{
	int fd CLEANUP(fd_close) = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct age_identities *ids;
	int result = 0;

	if (fd < 0)
		return err_set(e, errno, "opening the identity file %.180s", path);
	ids = age_identity_read(fd, e);
	if (ids == NULL)
		return -1;
	if (ids->count == 1)
		age_recipient_of(r, ids->p[0].public);
	else
		result = err_set(e, 0, "%.150s holds several keys: give one as --recipient", path);
	age_identity_free(ids);
	return result;
}
