#include "workstation/report/report.h"

#include "workstation/report/section.h"

/* In the order of the page. */
static int (*const sections[])(struct page *p) = {
	section_head,      section_first,     section_questions, section_timeline,
	section_processes, section_addresses, section_missing,   section_sought,
	section_index,     section_session,   section_tail,
};

int report_write(struct case_db *db, int fd, const char *name, struct err *e)
{
	struct page p = { .db = db, .e = e, .name = name };
	int r = rules_views(db, e);

	html_begin(&p.html, fd, e);
	if (r == 0)
		r = page_int(&p, "SELECT count(*) FROM host", &p.hosts);
	for (size_t i = 0; r == 0 && i < sizeof(sections) / sizeof(sections[0]); i++)
		r = sections[i](&p);
	return html_end(&p.html) == 0 ? r : -1;
}
