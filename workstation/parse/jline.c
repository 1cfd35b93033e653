#include "workstation/parse/jline.h"

#include <yyjson.h>

#include "lib/base/err.h"
#include "lib/base/text.h"

/* struct jline is a yyjson_doc under a name of ours. */
static yyjson_doc *doc_of(const struct jline *j)
{
	return (yyjson_doc *)(uintptr_t)j;
}

static yyjson_val *get(const struct jline *j, const char *key)
{
	return yyjson_obj_get(yyjson_doc_get_root(doc_of(j)), key);
}

struct jline *jline_read(const void *p, size_t n)
{
	yyjson_read_err e;
	yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)p, n, YYJSON_READ_NOFLAG, NULL, &e);

	if (doc == NULL && e.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
		err_starve();
	if (doc != NULL && !yyjson_is_obj(yyjson_doc_get_root(doc))) {
		yyjson_doc_free(doc);
		doc = NULL;
	}
	return (struct jline *)doc;
}

void jline_free(struct jline **j)
{
	yyjson_doc_free(doc_of(*j));
	*j = NULL;
}

/* The length of an array is that of no text. */
static struct bytes text_of(yyjson_val *v)
{
	if (!yyjson_is_str(v))
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ yyjson_get_str(v), yyjson_get_len(v) };
}

static bool number(yyjson_val *v, uint64_t *out)
{
	if (!yyjson_is_uint(v))
		return false;
	*out = yyjson_get_uint(v);
	return true;
}

bool jline_u64(const struct jline *j, const char *key, uint64_t *out)
{
	return number(get(j, key), out);
}

bool jline_array(const struct jline *j, const char *key, size_t i, uint64_t *out)
{
	return number(yyjson_arr_get(get(j, key), i), out);
}

struct bytes jline_word(const struct jline *j, const char *key, size_t i)
{
	return text_of(yyjson_arr_get(get(j, key), i));
}

size_t jline_count(const struct jline *j, const char *key)
{
	return yyjson_arr_size(get(j, key));
}

int64_t jline_i64(const struct jline *j, const char *key, int64_t other)
{
	yyjson_val *v = get(j, key);

	if (!yyjson_is_int(v) || (yyjson_is_uint(v) && yyjson_get_uint(v) > INT64_MAX))
		return other;
	return yyjson_get_sint(v);
}

bool jline_true(const struct jline *j, const char *key)
{
	return yyjson_is_true(get(j, key));
}

struct bytes jline_text(const struct jline *j, const char *key)
{
	return text_of(get(j, key));
}

bool jline_raw(const struct jline *j, const char *key, struct buf *out)
{
	struct bytes text = jline_text(j, key);

	buf_clear(out);
	if (text.p != NULL && text_unescape(out, text.p, text.len) == 0 && !out->failed)
		return true;
	buf_clear(out);
	return false;
}
