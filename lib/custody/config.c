#include "lib/custody/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/text.h"

#define NAME_MAX_LEN 64u

static bool is_name(const char *s, size_t len)
{
	return len > 0 && len <= NAME_MAX_LEN && strlen(s) == len &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len && *s != '-';
}

/* "--name", and "=value" unless it is NULL. */
static int add(struct config *c, const char *name, const char *value, struct err *e)
{
	struct buf b;
	char *copy;

	if (c->argc == CONFIG_ARGS_MAX)
		return err_set(e, 0, "more than %u options", CONFIG_ARGS_MAX);
	buf_init(&b, 2 * CONFIG_FILE_MAX);
	buf_printf(&b, "--%s%s%s", name, value != NULL ? "=" : "", value != NULL ? value : "");
	copy = b.failed ? NULL : strdup(buf_cstr(&b));
	buf_release(&b);
	if (copy == NULL)
		return err_set(e, ENOMEM, "reading %s", name);
	c->argv[c->argc++] = copy;
	return 0;
}

/* Where the parser is, and the texts that it took last. */
struct parse {
	struct json j;
	struct buf name, value;
	struct config *c;
	struct err *e;
};

static int wrong(struct parse *p)
{
	return err_set(p->e, 0, "is not JSON as it should be: %s, at byte %zu", p->j.why, p->j.at);
}

static int add_text(struct parse *p)
{
	if (!json_string(&p->j, &p->value))
		return wrong(p);
	return add(p->c, buf_cstr(&p->name), buf_cstr(&p->value), p->e);
}

static int add_array(struct parse *p)
{
	int r = 0;

	if (!json_open(&p->j, '['))
		return p->j.why != NULL ? wrong(p) : 0;
	do {
		r = json_peek(&p->j) == '"' ? add_text(p) :
		    err_set(p->e, 0, "%s holds what is no text", buf_cstr(&p->name));
	} while (r == 0 && json_more(&p->j, ']'));
	return r == 0 && p->j.why != NULL ? wrong(p) : r;
}

static int add_number(struct parse *p)
{
	uint64_t v;

	if (!json_u64(&p->j, &v))
		return wrong(p);
	buf_clear(&p->value);
	buf_u64(&p->value, v);
	return add(p->c, buf_cstr(&p->name), buf_cstr(&p->value), p->e);
}

static int add_value(struct parse *p)
{
	char c = json_peek(&p->j);

	if (c == '"')
		return add_text(p);
	if (c == '[')
		return add_array(p);
	if (c >= '0' && c <= '9')
		return add_number(p);
	if (c == 't' && json_word(&p->j, "true"))
		return add(p->c, buf_cstr(&p->name), NULL, p->e);
	return err_set(p->e, 0, "%s: text, a whole number, true, or an array of texts",
		       buf_cstr(&p->name));
}

static int read_marker(struct parse *p, const char *marker)
{
	uint64_t version;

	if (!json_open(&p->j, '{') || !json_string(&p->j, &p->name) || !json_colon(&p->j) ||
	    strcmp(buf_cstr(&p->name), marker) != 0)
		return err_set(p->e, 0, "does not begin with {\"%s\":1", marker);
	if (!json_u64(&p->j, &version) || version != 1)
		return err_set(p->e, 0, "is of another version than this program reads");
	return 0;
}

/* A name, unless it stood there before. */
static int read_name(struct parse *p, const char *marker)
{
	const char *const names[] = { buf_cstr(&p->name), NULL };

	if (!is_name(names[0], p->name.len))
		return err_set(p->e, 0, "has a key that is no name of an option");
	if (strcmp(names[0], marker) == 0 || config_names(p->c, names) != NULL)
		return err_set(p->e, 0, "has %s twice", names[0]);
	return 0;
}

static int read_all(struct parse *p, const char *marker)
{
	if (read_marker(p, marker) != 0)
		return -1;
	while (json_more(&p->j, '}')) {
		if (!json_string(&p->j, &p->name) || !json_colon(&p->j))
			return wrong(p);
		if (read_name(p, marker) != 0 || add_value(p) != 0)
			return -1;
	}
	return json_done(&p->j) ? 0 : wrong(p);
}

int config_parse(struct config *c, const char *text, size_t n, const char *marker,
		 struct err *e)
{
	struct parse p = { .c = c, .e = e };
	int r;

	*c = (struct config){ 0 };
	digest_of(text, n, c->sha256);
	if (n > CONFIG_FILE_MAX)
		return err_set(e, 0, "is larger than %u KiB", CONFIG_FILE_MAX >> 10);
	c->argv = calloc(CONFIG_ARGS_MAX + 1, sizeof(*c->argv));
	if (c->argv == NULL)
		return err_set(e, ENOMEM, "reading the configuration");
	json_begin(&p.j, text, n);
	buf_init(&p.name, CONFIG_FILE_MAX + 1);
	buf_init(&p.value, CONFIG_FILE_MAX + 1);
	r = read_all(&p, marker);
	buf_release(&p.name);
	buf_release(&p.value);
	return r;
}

/* Never a FIFO or a device, which could hang us or act. */
static int open_file(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0)
		return dup(STDIN_FILENO);
	if (stat(path, &st) != 0)
		return err_set(e, errno, "cannot be opened");
	if (!S_ISREG(st.st_mode))
		return err_set(e, 0, "is no regular file");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd >= 0 ? fd : err_set(e, errno, "cannot be opened");
}

int config_read(struct config *c, const char *path, const char *marker, struct err *e)
{
	int fd CLEANUP(fd_close) = open_file(path, e);
	char *text;
	ssize_t n;
	int r;

	*c = (struct config){ 0 };
	if (fd < 0)
		return err_set(e, errno, "cannot be opened");
	text = malloc(CONFIG_FILE_MAX + 1);
	n = text == NULL ? -1 : fd_read_full(fd, text, CONFIG_FILE_MAX + 1);
	r = n >= 0 ? config_parse(c, text, (size_t)n, marker, e) :
		     err_set(e, errno, "cannot be read");
	free(text);
	return r;
}

void config_release(struct config *c)
{
	for (size_t i = 0; i < c->argc; i++)
		free(c->argv[i]);
	free(c->argv);
	*c = (struct config){ 0 };
}

const char *config_names(const struct config *c, const char *const *names)
{
	for (; *names != NULL; names++) {
		size_t n = strlen(*names);

		for (size_t i = 0; i < c->argc; i++) {
			const char *name = c->argv[i] + 2;

			if (strncmp(name, *names, n) == 0 && (name[n] == '=' || name[n] == '\0'))
				return *names;
		}
	}
	return NULL;
}

static struct option_list *list_of(void *args, const struct option_row *r)
{
	return r->kind == OPTION_LIST ? (void *)((char *)args + r->offset) : NULL;
}

int config_apply(const struct config *c, const struct option_row *rows, void *args,
		 char *const argv[], struct option_list *operands, struct err *e)
{
	struct option_list file[OPTION_ROWS_MAX] = { { 0 } }, none = { 0 };
	int r = option_parse(rows, args, c->argv, &none, e);

	option_list_release(&none);
	for (size_t i = 0; i < OPTION_ROWS_MAX && rows[i].kind != OPTION_END; i++) {
		struct option_list *l = list_of(args, &rows[i]);

		if (l == NULL)
			continue;
		file[i] = *l;
		*l = none;
	}
	if (r == 0)
		r = option_parse(rows, args, argv, operands, e);
	for (size_t i = 0; i < OPTION_ROWS_MAX && rows[i].kind != OPTION_END; i++) {
		struct option_list *l = list_of(args, &rows[i]);

		if (l != NULL && l->n == 0)
			*l = file[i];
		else
			option_list_release(&file[i]);
	}
	return r;
}

void config_begin(struct buf *out, const char *marker)
{
	buf_printf(out, "{\"%s\":1", marker);
}

void config_text(struct buf *out, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	buf_printf(out, ",\n\"%s\":", name);
	text_json(out, value, strlen(value));
}

void config_list(struct buf *out, const char *name, const char *const *p, size_t n)
{
	if (n == 0)
		return;
	buf_printf(out, ",\n\"%s\":[", name);
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, i > 0 ? "," : "");
		text_json(out, p[i], strlen(p[i]));
	}
	buf_putc(out, ']');
}

void config_end(struct buf *out)
{
	buf_puts(out, "}\n");
}
