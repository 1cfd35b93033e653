#include "workstation/case/views.h"

#include "lib/base/buf.h"

static const struct {
	const char *name, *sql;
} views[] = {
#define VIEW(name, help, sql) { #name, sql },
#include "workstation/case/views.def"
#undef VIEW
};

static int make(struct case_db *db, const char *verb, struct err *e)
{
	struct buf b;
	int r = 0;

	buf_init(&b, 65536);
	for (size_t i = 0; r == 0 && i < sizeof(views) / sizeof(views[0]); i++) {
		buf_clear(&b);
		buf_printf(&b, "%s %s AS %s", verb, views[i].name, views[i].sql);
		r = case_exec(db, buf_cstr(&b), e);
	}
	buf_release(&b);
	return r;
}

int views_create(struct case_db *db, struct err *e)
{
	return make(db, "CREATE VIEW", e);
}

int views_make(struct case_db *db, struct err *e)
{
	return make(db, "CREATE TEMP VIEW", e);
}
