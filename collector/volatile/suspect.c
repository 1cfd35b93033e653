#include "collector/volatile/suspect.h"

#include <string.h>

#define BIT(id) (1u << SUSPECT_##id)
#define DELETED " (deleted)"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const words[] = {
#define SUSPECT(id, word, fact) [SUSPECT_##id] = word,
#include "collector/volatile/suspect.def"
#undef SUSPECT
};

static const struct place {
	const char *begins;
	unsigned facts;
} places[] = {		/* the first that fits counts */
	{ "/memfd:", BIT(EXE_MEMORY) },
	{ "/dev/shm/", BIT(EXE_MEMORY) }, { "/run/shm/", BIT(EXE_MEMORY) },
	{ "/usr/local/", BIT(EXE_ELSEWHERE) },
	{ "/usr/", 0 }, { "/bin/", 0 }, { "/sbin/", 0 }, { "/lib/", 0 }, { "/lib32/", 0 },
	{ "/lib64/", 0 }, { "/libx32/", 0 }, { "/opt/", 0 }, { "/snap/", 0 },
	{ "/nix/store/", 0 }, { "/gnu/store/", 0 },
};

const char *suspect_word(unsigned number)
{
	return number < COUNT(words) ? words[number] : "";
}

static bool begins(const char *s, size_t n, const char *with)
{
	size_t w = strlen(with);

	return n >= w && memcmp(s, with, w) == 0;
}

bool suspect_was_deleted(const char *link, size_t n, size_t *name_len)
{
	const size_t tail = sizeof(DELETED) - 1;

	if (n < tail || memcmp(link + n - tail, DELETED, tail) != 0)
		return false;
	*name_len = n - tail;
	return true;
}

unsigned suspect_executable(const char *link, size_t n)
{
	size_t name_len;
	unsigned facts = BIT(EXE_ELSEWHERE);

	for (size_t i = 0; i < COUNT(places); i++) {
		if (begins(link, n, places[i].begins)) {
			facts = places[i].facts;
			break;
		}
	}
	/* a memfd never had a name to be deleted */
	if (!begins(link, n, "/memfd:") && suspect_was_deleted(link, n, &name_len))
		facts |= BIT(EXE_DELETED);
	return facts;
}

/* Shared memory that never had a name of its own is called deleted, too. */
static bool had_name(const struct region *r)
{
	return !begins(r->name, r->name_len, "/dev/zero (deleted)") &&
	       !begins(r->name, r->name_len, "/SYSV");
}

unsigned suspect_region(const struct region *r)
{
	size_t name_len;
	bool anonymous = r->inode == 0 && !begins(r->name, r->name_len, "[uprobes]");

	if (!r->execute || r->of_kernel || (r->shared && !had_name(r)))
		return 0;
	if (anonymous)
		return r->write ? BIT(WRITE_EXECUTE) | BIT(ANONYMOUS_CODE) : BIT(ANONYMOUS_CODE);
	return suspect_was_deleted(r->name, r->name_len, &name_len) ? BIT(DELETED_CODE) : 0;
}

unsigned suspect_command(const char *text, size_t n)
{
	return n > 0 && text[0] == '[' ? BIT(KERNEL_NAME) : 0;
}
