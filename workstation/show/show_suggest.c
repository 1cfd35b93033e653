/*
 * Which verb answers what one would have typed on the host.
 */
#include <string.h>

#include "workstation/show/show.h"

#define LIST_MAX 130u /* bytes: the rest of a message has to fit in, too */

/* Does a command of a list begin with those words? */
static bool begins(const char *command, size_t n, const char *words)
{
	size_t k = strlen(words);

	return k > 0 && n >= k && memcmp(command, words, k) == 0 && (n == k || command[k] == ' ');
}

static void put(struct buf *b, const struct show_verb *v, const char *command, size_t n)
{
	if (b->len + n + strlen(v->name) + 20 > LIST_MAX)
		return;
	buf_printf(b, "%s\"%.*s\" is exhibit show %s", b->len > 0 ? ", " : "", (int)n, command,
		   v->name);
}

static void put_all(struct buf *b, const char *words)
{
	const struct show_verb *v;

	for (size_t i = 0; (v = show_at(i)) != NULL; i++) {
		const char *command = v->typed;

		while (*command != '\0') {
			size_t n = strcspn(command, ",");

			if (begins(command, n, words))
				put(b, v, command, n);
			command += n;
			command += strspn(command, ", ");
		}
	}
}

void show_suggest(struct buf *b, const char *word, const char *next)
{
	struct buf both;

	buf_init(&both, 4096);
	if (next != NULL)
		buf_printf(&both, "%.1000s %.1000s", word, next);
	put_all(b, buf_cstr(&both));
	if (b->len == 0)
		put_all(b, word);
	buf_release(&both);
}
