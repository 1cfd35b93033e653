#include "lib/base/option.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

#define HELP_WIDTH 79u
#define HELP_COLUMN 26u		/* where the sentences begin */

/* One parse in progress. */
struct parse {
	const struct option_row *rows;
	char *args;
	char *const *next;	/* first argument not looked at */
	struct option_list *operands;
	struct err *e;
	bool seen[OPTION_ROWS_MAX];
};

int option_list_add(struct option_list *l, const char *s)
{
	/* The array grows when the count is a power of two: no capacity to keep. */
	if ((l->n & (l->n - 1)) == 0) {
		size_t cap = l->n == 0 ? 1 : l->n * 2;
		const char **p = realloc(l->p, cap * sizeof(*p));

		if (p == NULL)
			return -1;
		l->p = p;
	}
	l->p[l->n++] = s;
	return 0;
}

void option_list_release(struct option_list *l)
{
	free(l->p);
	l->p = NULL;
	l->n = 0;
}

static int add(struct parse *p, struct option_list *l, const char *s)
{
	if (option_list_add(l, s) == 0)
		return 0;
	err_starve();
	return err_set(p->e, ENOMEM, "reading the command line");
}

static int parse_unsigned(const char *s, uint64_t *out)
{
	uint64_t v = 0;

	if (*s == '\0')
		return -1;
	for (; *s != '\0'; s++) {
		unsigned digit = (unsigned)(*s - '0');

		if (*s < '0' || *s > '9' || v > (UINT64_MAX - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	*out = v;
	return 0;
}

/* The kinds whose value is a number, and what a person should have typed. */
static const struct number {
	int (*parse)(const char *s, uint64_t *out);
	const char *wanted;
} numbers[] = {
	[OPTION_SIZE] = { text_parse_size, "a size such as 64M" },
	[OPTION_SECONDS] = { text_parse_seconds, "a time such as 30s, 5m or 2h" },
	[OPTION_UNSIGNED] = { parse_unsigned, "a whole number" },
};

static int store(struct parse *p, const struct option_row *r, const char *value)
{
	void *field = p->args + r->offset;

	switch (r->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return 0;
	case OPTION_STRING:
		*(const char **)field = value;
		return 0;
	case OPTION_LIST:
		return add(p, field, value);
	case OPTION_SIZE:
	case OPTION_SECONDS:
	case OPTION_UNSIGNED:
		if (numbers[r->kind].parse(value, field) == 0)
			return 0;
		return err_set(p->e, 0, "--%s needs %s, not '%s'", r->name,
			       numbers[r->kind].wanted, value);
	case OPTION_END:
	case OPTION_HEADING:
		break;
	}
	return err_set(p->e, EINVAL, "option table");
}

static int once(struct parse *p, const struct option_row *r)
{
	size_t i = (size_t)(r - p->rows);

	if (i >= OPTION_ROWS_MAX)
		return err_set(p->e, EINVAL, "option table");
	if (p->seen[i] && r->kind != OPTION_LIST && r->kind != OPTION_FLAG)
		return err_set(p->e, 0, "--%s is given twice", r->name);
	p->seen[i] = true;
	return 0;
}

/* Finds the value of an option: joined to it, or the next argument. */
static const char *value_of(struct parse *p, const struct option_row *r, const char *joined)
{
	const char *next = *p->next;

	if (joined != NULL)
		return joined;
	if (next == NULL) {
		err_set(p->e, 0, "--%s needs a value: --%s %s", r->name, r->name, r->arg);
		return NULL;
	}
	if (next[0] == '-' && next[1] == '-') {
		err_set(p->e, 0, "--%s needs a value; write --%s=%s if that is meant", r->name,
			r->name, next);
		return NULL;
	}
	p->next++;
	return next;
}

static int take(struct parse *p, const struct option_row *r, const char *joined)
{
	const char *value = NULL;

	if (once(p, r) != 0)
		return -1;
	if (r->kind != OPTION_FLAG) {
		value = value_of(p, r, joined);
		if (value == NULL)
			return -1;
	} else if (joined != NULL) {
		return err_set(p->e, 0, "--%s takes no value", r->name);
	}
	return store(p, r, value);
}

static int parse_long(struct parse *p, const char *name)
{
	size_t len = strcspn(name, "=");
	const char *joined = name[len] == '=' ? name + len + 1 : NULL;

	for (const struct option_row *r = p->rows; r->kind != OPTION_END; r++) {
		if (r->name != NULL && strncmp(r->name, name, len) == 0 && r->name[len] == '\0')
			return take(p, r, joined);
	}
	return err_set(p->e, 0, "there is no option --%.*s", (int)(len > 100 ? 100 : len), name);
}

static const struct option_row *by_letter(const struct parse *p, char c)
{
	for (const struct option_row *r = p->rows; r->kind != OPTION_END; r++) {
		if (r->letter != 0 && r->letter == c)
			return r;
	}
	return NULL;
}

static int parse_short(struct parse *p, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		const struct option_row *r = by_letter(p, *letters);

		if (r == NULL)
			return err_set(p->e, 0, "there is no option -%c", *letters);
		if (r->kind != OPTION_FLAG)
			return take(p, r, letters[1] != '\0' ? letters + 1 : NULL);
		if (take(p, r, NULL) != 0)
			return -1;
	}
	return 0;
}

int option_parse(const struct option_row *rows, void *args, char *const argv[],
		 struct option_list *operands, struct err *e)
{
	struct parse p = { .rows = rows, .args = args, .next = argv, .operands = operands, .e = e };
	bool operands_only = false;

	while (*p.next != NULL) {
		const char *s = *p.next++;
		int r;

		if (operands_only || s[0] != '-' || s[1] == '\0') {
			r = add(&p, operands, s);
		} else if (s[1] != '-') {
			r = parse_short(&p, s + 1);
		} else if (s[2] == '\0') {
			operands_only = true;
			r = 0;
		} else {
			r = parse_long(&p, s + 2);
		}
		if (r != 0)
			return -1;
	}
	return 0;
}

static void pad_to(struct buf *b, size_t line, size_t column)
{
	while (b->len - line < column && !b->failed)
		buf_putc(b, ' ');
}

/* Appends a sentence from HELP_COLUMN on; ${line} is where its line begins. */
static void wrap(struct buf *b, size_t line, const char *text)
{
	if (b->len - line + 2 > HELP_COLUMN) {
		buf_putc(b, '\n');
		line = b->len;
	}
	pad_to(b, line, HELP_COLUMN);
	while (*text != '\0') {
		size_t word = strcspn(text, " ");

		if (b->len - line > HELP_COLUMN && b->len - line + 1 + word > HELP_WIDTH) {
			buf_putc(b, '\n');
			line = b->len;
			pad_to(b, line, HELP_COLUMN);
		} else if (b->len - line > HELP_COLUMN) {
			buf_putc(b, ' ');
		}
		buf_add(b, text, word);
		text += word + strspn(text + word, " ");
	}
	buf_putc(b, '\n');
}

void option_help(struct buf *b, const struct option_row *rows)
{
	for (const struct option_row *r = rows; r->kind != OPTION_END; r++) {
		size_t line = b->len;

		if (r->kind == OPTION_HEADING) {
			buf_printf(b, "%s%s:\n", r == rows ? "" : "\n", r->help);
			continue;
		}
		if (r->letter != 0)
			buf_printf(b, "  -%c, --%s", r->letter, r->name);
		else
			buf_printf(b, "      --%s", r->name);
		if (r->arg != NULL)
			buf_printf(b, " %s", r->arg);
		wrap(b, line, r->help);
	}
}
