#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/kernel.h"
#include "workstation/parse/scan.h"

static int put_taint(const struct finishing *f, uint64_t mask)
{
	struct case_note row;
	struct buf text;
	int r;

	buf_init(&text, 4096);
	buf_puts(&text, "the kernel is tainted, ");
	kernel_taint(mask, &text);
	case_init_note(&row);
	row.parser = "taint";
	row.kind = "taint";
	row.text = (struct bytes){ text.p, text.len };
	r = case_put_note(f->db, &row, f->e);
	buf_release(&text);
	return r;
}

int finish_taint(const struct finishing *f)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	uint64_t mask;
	int step;

	if (case_query_open(&q, f->db,
			    "SELECT value FROM session WHERE host = ?1 AND name = 'host-taint'",
			    f->e) != 0)
		return -1;
	case_query_bind(q, 1, f->host);
	step = case_query_step(q, f->e);
	if (step <= 0)
		return step;
	if (!scan_u64(case_query_text(q, 0), 10, &mask) || mask == 0)
		return 0;
	return put_taint(f, mask);
}
