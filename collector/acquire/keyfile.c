#include "collector/acquire/keyfile.h"

#include <string.h>

static const char pem[] = "-----BEGIN ";
static const char pem_key[] = "PRIVATE KEY-----";

static const char *const beginnings[] = {
	"openssh-key-v1", "PuTTY-User-Key-File-", "SSH PRIVATE KEY FILE FORMAT",
};

static bool begins(const char *p, size_t n, const char *with)
{
	size_t len = strlen(with);

	return n >= len && memcmp(p, with, len) == 0;
}

bool keyfile_is_private(const void *data, size_t n)
{
	const char *p = data;

	while (n > 0 && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) {
		p++;
		n--;
	}
	if (begins(p, n, pem))
		return memmem(p, n, pem_key, sizeof(pem_key) - 1) != NULL;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (begins(p, n, beginnings[i]))
			return true;
	return false;
}
