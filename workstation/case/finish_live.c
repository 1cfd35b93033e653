#include "workstation/case/live.h"
#include "workstation/case/loaders.h"

/* There was more than is kept: said once, of the archive and not of a member. */
static int note_full(const struct finishing *f)
{
	static const char text[] = "there are more processes, or longer texts of them, than are "
				   "kept while loading: some are left out";
	struct case_note row;

	case_init_note(&row);
	row.parser = "live";
	row.kind = "too-large";
	row.text = (struct bytes){ text, sizeof(text) - 1 };
	return case_put_note(f->db, &row, f->e);
}

int finish_live(const struct finishing *f)
{
	struct live *v = live_of(f->run, f->e);

	if (v == NULL || live_put_links(v, f) != 0 || live_put_processes(v, f) != 0 ||
	    live_put_threads(v, f) != 0)
		return -1;
	return v->full ? note_full(f) : 0;
}
