#include "workstation/parse/idiom.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* A name that must not be a part of a longer one, and what must follow it, if anything. */
struct word {
	const char *name;
	char then; /* '(' perhaps behind blanks; 0: nothing */
};

static const struct word runs[] = {
	{ "eval", '(' },           { "assert", '(' },
	{ "system", '(' },         { "exec", '(' },
	{ "shell_exec", '(' },     { "passthru", '(' },
	{ "popen", '(' },          { "proc_open", '(' },
	{ "pcntl_exec", '(' },     { "create_function", '(' },
	{ "include", '(' },        { "preg_replace", '(' },
	{ "call_user_func", '(' }, { "ProcessBuilder", '(' },
	{ "getRuntime", '(' },     { "execute", '(' },
	{ "CreateObject", '(' },   { "array_map", '(' },
};

static const struct word given[] = {
	{ "$_POST", 0 },         { "$_GET", 0 },           { "$_REQUEST", 0 },
	{ "$_COOKIE", 0 },       { "$_FILES", 0 },         { "HTTP_RAW_POST_DATA", 0 },
	{ "php://input", 0 },    { "base64_decode", '(' }, { "gzinflate", '(' },
	{ "gzuncompress", '(' }, { "str_rot13", '(' },     { "hex2bin", '(' },
	{ "getParameter", '(' }, { "Request.Form", 0 },    { "Request.QueryString", 0 },
	{ "QUERY_STRING", 0 },   { "getallheaders", '(' },
};

static const struct word known[] = {
	{ "FilesMan", 0 },        { "c99shell", 0 }, { "r57shell", 0 }, { "b374k", 0 },
	{ "WSOstripslashes", 0 }, { "weevely", 0 },  { "antSword", 0 }, { "behinder", 0 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool follows(const char *s, size_t n, char then)
{
	size_t at = 0;

	if (then == '\0')
		return n == 0 || !in_name(*s);
	while (at < n && (s[at] == ' ' || s[at] == '\t'))
		at++;
	return at < n && s[at] == then;
}

static bool stands_at(const char *s, size_t n, size_t at, const struct word *w, size_t len)
{
	/* The first letter decides nearly always, and costs the least. */
	if (tolower((unsigned char)s[at]) != tolower((unsigned char)w->name[0]) || n - at < len ||
	    strncasecmp(s + at, w->name, len) != 0)
		return false;
	if (at > 0 && in_name(w->name[0]) && in_name(s[at - 1]))
		return false;
	return follows(s + at + len, n - at - len, w->then);
}

/* The first of ${words} that stands in the line, and where. */
static const struct word *look(const char *s, size_t n, const struct word *words, size_t count,
			       size_t *where)
{
	for (size_t at = 0; at < n; at++) {
		for (size_t i = 0; i < count; i++) {
			if (!stands_at(s, n, at, &words[i], strlen(words[i].name)))
				continue;
			*where = at;
			return &words[i];
		}
	}
	return NULL;
}

int idiom_find(const char *s, size_t n, struct idiom *out)
{
	size_t a = 0, b = 0, end;
	const struct word *one = look(s, n, known, COUNT(known), &a), *two = NULL;

	b = a;
	if (one == NULL) {
		one = look(s, n, runs, COUNT(runs), &a);
		two = one != NULL ? look(s, n, given, COUNT(given), &b) : NULL;
		if (two == NULL)
			return 0;
	}
	*out = (struct idiom){ .pos = a < b ? a : b,
			       .runs = one->name,
			       .given = two != NULL ? two->name : NULL };
	end = a > b ? a + strlen(one->name) : b + strlen(two != NULL ? two->name : one->name);
	out->len = end - out->pos;
	return 1;
}
