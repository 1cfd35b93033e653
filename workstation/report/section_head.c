#include "workstation/report/section.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/hash/digest.h"

/* Paths are relative to the top of the source tree, where make runs. The zero behind each makes
 * it a C string. */
__asm__(".pushsection .rodata.page_files, \"a\", %progbits\n"
	"	.hidden section_head_css\n	.globl section_head_css\n"
	"section_head_css:\n	.incbin \"workstation/report/page.css\"\n	.byte 0\n"
	"	.hidden section_head_js\n	.globl section_head_js\n"
	"section_head_js:\n	.incbin \"workstation/report/page.js\"\n	.byte 0\n"
	"	.popsection\n");

extern const char section_head_css[], section_head_js[];

/* As a content security policy names what it allows: by the hash of its text. */
static void hash_source(struct html *h, const char *text)
{
	uint8_t hash[DIGEST_LEN];

	digest_of(text, strlen(text), hash);
	html_put(h, "'sha256-");
	text_base64(&h->out, hash, sizeof(hash));
	html_put(h, "'");
}

static const struct {
	const char *anchor, *text;
} links[] = {
	{ "main", "Verdict" },
	{ "q-entry", "Entry point" },
	{ "q-origin", "Origin of the attack" },
	{ "q-touched", "Files touched" },
	{ "q-access", "Level of access" },
	{ "q-trail", "Trail" },
	{ "timeline", "When it happened" },
	{ "processes", "What was running" },
	{ "addresses", "Who came from where" },
	{ "missing", "What is missing" },
	{ "sought", "What was asked" },
	{ "index", "Objects referred to" },
	{ "session", "The session" },
};

static int title(struct page *p, struct case_query *q, void *ctx)
{
	(void)ctx;
	html_put(&p->html, "Examination of %b", case_query_text(q, 0));
	if (p->hosts > 1)
		html_put(&p->html, " and %d more", p->hosts - 1);
	return 0;
}

static const char title_sql[] = "SELECT COALESCE(name, archive) FROM host ORDER BY id LIMIT 1";

int section_head(struct page *p)
{
	struct html *h = &p->html;

	html_put(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		    "style-src ");
	hash_source(h, section_head_css);
	html_put(h, "; script-src ");
	hash_source(h, section_head_js);
	html_put(h, "; base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" "
		    "content=\"width=device-width, "
		    "initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta "
		    "name=\"robots\" content=\"noindex\">\n<title>");
	if (page_each(p, title_sql, title, NULL) != 0)
		return -1;
	html_put(h, "</title>\n<style>");
	html_own(h, section_head_css, strlen(section_head_css));
	html_put(h, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the "
		    "findings</a>\n<div class=\"frame\">\n"
		    "<header class=\"top\"><h1>");
	if (page_each(p, title_sql, title, NULL) != 0)
		return -1;
	html_put(h, "</h1><p>Exhibit, report of an examination · times are UTC</p></header>\n<div "
		    "class=\"cols\">\n"
		    "<nav aria-label=\"Sections\"><ul>\n");
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		html_put(h, "<li><a href=\"#%s\">%s</a></li>\n", links[i].anchor, links[i].text);
	html_put(h, "</ul></nav>\n");
	return 0;
}

int section_tail(struct page *p)
{
	struct html *h = &p->html;

	html_put(h, "</main>\n</div>\n<footer>This file loads nothing and sends nothing; a policy "
		    "in its head forbids it. "
		    "It can be read without scripts.</footer>\n</div>\n<script>");
	html_own(h, section_head_js, strlen(section_head_js));
	html_put(h, "</script>\n</body>\n</html>\n");
	return 0;
}
