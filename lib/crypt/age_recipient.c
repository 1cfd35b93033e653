#include "lib/crypt/age_recipient.h"

#include <string.h>
#include <strings.h>

#include "lib/crypt/bech32.h"

/* Keys of other kinds, by how they begin.  A secret one was pasted into the wrong place. */
static const struct {
	const char *begins, *is;
} others[] = {
	{ "age-secret-key-", "a secret key; give the public one, which begins with age1" },
	{ "age1pq1", "a post-quantum recipient, which this version does not know" },
	{ "ssh-", "an ssh key; give one of age-keygen, which begins with age1" },
	{ "-----begin", "no recipient; give one of age-keygen, which begins with age1" },
};

static const char *other_kind(const char *text)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strncasecmp(text, others[i].begins, strlen(others[i].begins)) == 0)
			return others[i].is;
	}
	return NULL;
}

/* Any secret would do: the result with a point of low order is always zero. */
static int has_low_order(const uint8_t public[PRIM_KEY_LEN])
{
	const uint8_t any[PRIM_KEY_LEN] = { 8 };
	uint8_t shared[PRIM_KEY_LEN];

	return prim_x25519(shared, any, public) != 0;
}

int age_recipient_parse(struct age_recipient *r, const char *text, struct err *e)
{
	const char *wrong = other_kind(text);
	struct bech32 b;

	if (wrong != NULL)
		return err_set(e, 0, "that is %s", wrong);
	wrong = bech32_parse(&b, text);
	if (wrong != NULL)
		return err_set(e, 0, "'%.80s' is no recipient: %s", text, wrong);
	if (strncmp(b.hrp, "age1", 4) == 0)
		return err_set(e, 0, "'%.80s' is a recipient of an age plugin, to which only that "
			       "plugin encrypts; give one of age-keygen", text);
	if (strcmp(b.hrp, "age") != 0 || bech32_bytes(&b, r->public, PRIM_KEY_LEN) != 0)
		return err_set(e, 0, "'%.80s' is no recipient: age1 and 58 letters or digits",
			       text);
	if (has_low_order(r->public))
		return err_set(e, 0, "'%.80s' is no recipient: everybody could decrypt", text);
	age_recipient_of(r, r->public);
	return 0;
}

int age_recipient_list(struct age_recipient *r, const char *const *texts, size_t n,
		       struct err *e)
{
	if (n > AGE_RECIPIENT_MAX)
		return err_set(e, 0, "more than %u recipients", AGE_RECIPIENT_MAX);
	for (size_t i = 0; i < n; i++) {
		if (age_recipient_parse(&r[i], texts[i], e) != 0)
			return -1;
		for (size_t k = 0; k < i; k++) {
			if (strcmp(r[k].text, r[i].text) == 0)
				return err_set(e, 0, "'%s' is given twice", r[i].text);
		}
	}
	return 0;
}

void age_recipient_of(struct age_recipient *r, const uint8_t public[PRIM_KEY_LEN])
{
	char text[BECH32_MAX + 1];

	memmove(r->public, public, PRIM_KEY_LEN);
	bech32_write(text, "age", public, PRIM_KEY_LEN);
	memcpy(r->text, text, AGE_RECIPIENT_TEXT);
}
