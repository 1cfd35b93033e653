#include "lib/crypt/bech32.h"

#include <string.h>

#define CHECK_LEN 6u

static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* One step of the checksum: multiply by x in GF(32)[x] modulo the generator, add. */
static uint32_t step(uint32_t sum, uint8_t value)
{
	static const uint32_t generator[] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3,
	};
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		sum ^= top >> i & 1 ? generator[i] : 0;
	return sum;
}

/* Over the human-readable part: the high bits of each character, 0, the low bits. */
static uint32_t begin_sum(const char *hrp)
{
	uint32_t sum = 1;

	for (const char *p = hrp; *p != '\0'; p++)
		sum = step(sum, (uint8_t)*p >> 5);
	sum = step(sum, 0);
	for (const char *p = hrp; *p != '\0'; p++)
		sum = step(sum, *p & 31);
	return sum;
}

static int is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Check the characters and their case; copy them in lower case. */
static const char *fold(char low[BECH32_MAX + 1], const char *s, size_t n)
{
	int upper = 0, lower = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < 33 || s[i] > 126)
			return "it holds a character that does not belong there";
		upper |= is_upper(s[i]);
		lower |= s[i] >= 'a' && s[i] <= 'z';
		low[i] = (char)(is_upper(s[i]) ? s[i] | 0x20 : s[i]);
	}
	low[n] = '\0';
	return upper && lower ? "its letters are mixed in case" : NULL;
}

/* The letters behind the separator; the sum over all of them must be 1. */
static const char *take_values(struct bech32 *b, const char *data)
{
	uint32_t sum = begin_sum(b->hrp);
	size_t n = strlen(data);

	if (n < CHECK_LEN)
		return "it is too short";
	for (size_t i = 0; i < n; i++) {
		const char *at = strchr(letters, data[i]);

		if (at == NULL)
			return "it holds a character that does not belong there";
		b->values[i] = (uint8_t)(at - letters);
		sum = step(sum, b->values[i]);
	}
	b->count = n - CHECK_LEN;
	return sum == 1 ? NULL : "its checksum does not fit: it is mistyped or cut";
}

const char *bech32_parse(struct bech32 *b, const char *s)
{
	char low[BECH32_MAX + 1];
	size_t n = strlen(s);
	const char *wrong;
	char *one;

	*b = (struct bech32){ .count = 0 };
	if (n > BECH32_MAX)
		return "it is too long";
	wrong = fold(low, s, n);
	if (wrong != NULL)
		return wrong;
	one = strrchr(low, '1');
	if (one == NULL || one == low)
		return "it has no part before a 1";
	*one = '\0';
	memcpy(b->hrp, low, (size_t)(one - low) + 1);
	wrong = take_values(b, one + 1);
	explicit_bzero(low, sizeof(low));
	return wrong;
}

int bech32_bytes(const struct bech32 *b, uint8_t *out, size_t n)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t made = 0;

	if (b->count != (n * 8 + 4) / 5)
		return -1;
	for (size_t i = 0; i < b->count; i++) {
		bits = bits << 5 | b->values[i];
		held += 5;
		if (held < 8)
			continue;
		held -= 8;
		out[made++] = (uint8_t)(bits >> held);
	}
	return (bits & ((1u << held) - 1)) == 0 ? 0 : -1;
}

/* The ${i}-th group of five bits; zeros follow the last byte. */
static uint8_t group(const uint8_t *data, size_t n, size_t i)
{
	size_t bit = 5 * i;
	unsigned pair = (unsigned)data[bit / 8] << 8;

	if (bit / 8 + 1 < n)
		pair |= data[bit / 8 + 1];
	return pair >> (11 - bit % 8) & 31;
}

char *bech32_write(char *out, const char *hrp, const uint8_t *data, size_t n)
{
	uint32_t sum = begin_sum(hrp);
	char *to = stpcpy(stpcpy(out, hrp), "1");

	for (size_t i = 0; i < (n * 8 + 4) / 5; i++) {
		uint8_t value = group(data, n, i);

		sum = step(sum, value);
		*to++ = letters[value];
	}
	for (unsigned i = 0; i < CHECK_LEN; i++)
		sum = step(sum, 0);
	sum ^= 1;
	for (unsigned i = 0; i < CHECK_LEN; i++)
		*to++ = letters[sum >> 5 * (CHECK_LEN - 1 - i) & 31];
	*to = '\0';
	return out;
}
