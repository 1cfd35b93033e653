#include "collector/collect.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/cmd/planview.h"
#include "collector/host/sandbox_trap.h"
#include "collector/run.h"
#include "lib/base/clock.h"
#include "lib/base/fd.h"

/* Every category of the plan, the most volatile first. */
static int collect_categories(struct run *r, bool dry, struct sink *to,
			      int (*before)(void *, enum category), int (*after)(void *), void *ctx)
{
	int end = 0;

	for (unsigned c = CATEGORY_FACTS + 1; c < CATEGORY_COUNT && end == 0; c++) {
		if (!plan_has(r->plan, (enum category)c))
			continue;
		if (before(ctx, (enum category)c) < 0)
			return -1;
		end = run_category(r, (enum category)c, dry, to);
		if (end >= 0 && after(ctx) < 0)
			return -1;
	}
	return end;
}

static int begin_category(void *ctx, enum category c)
{
	struct run *r = ctx;

	actions_add(&r->actions, "category-begin", artifact_category_word(c));
	return 0;
}

static int seal_category(void *ctx)
{
	struct run *r = ctx;

	actions_add(&r->actions, "category-end", artifact_category_word(r->category));
	return bundle_write_seal(r->bundle);
}

static int acquire(struct run *r)
{
	if (run_open_bundle(r) < 0)
		return -1;
	if (collect_categories(r, false, bundle_write_sink(r->bundle), begin_category,
			       seal_category, r) < 0)
		return -1;
	return run_close_bundle(r);
}

static int view_begin(void *ctx, enum category c)
{
	return planview_category(ctx, c);
}

static int view_end(void *ctx)
{
	return planview_category_end(ctx);
}

/* --plan: the same walk, but nothing is opened for its content and nothing is kept. */
static int preview(struct run *r)
{
	struct planview *v = planview_new(STDOUT_FILENO, r->args->verbose, &r->err);
	struct buf missing;
	int end;

	if (v == NULL)
		return -1;
	buf_init(&missing, 65536);
	self_missing(&r->self, &missing);
	end = collect_categories(r, true, planview_sink(v), view_begin, view_end, v);
	if (r->stopped == NULL)
		r->stopped = run_left_out(r);
	if (r->stopped != NULL && end >= 0 && planview_cut(v, r->stopped) < 0)
		end = -1;
	if (end >= 0 && planview_end(v, buf_cstr(&missing), r->room) < 0)
		end = -1;
	if (end < 0)
		err_set(&r->err, 0, "the plan could not be printed");
	buf_release(&missing);
	planview_free(v);
	return end;
}

/* What a person should read: the output knows best why nothing more could be kept. */
static void name_failure(struct run *r)
{
	if (r->output.err.set)
		r->err = r->output.err;
	err_set(&r->err, 0, "the run failed");
}

static enum args_exit finish(struct run *r)
{
	struct progress_end end = {
		.code = r->refused ? ARGS_EXIT_USAGE : r->broken ? ARGS_EXIT_BROKEN :
			r->stopped != NULL ? ARGS_EXIT_INCOMPLETE : ARGS_EXIT_DONE,
		.has_root = r->sealed, .output = r->output.path, .reason = r->stopped,
		.failure = r->broken ? &r->err : NULL,
		.counts = r->bundle == NULL ? NULL : bundle_write_counts(r->bundle),
	};

	memcpy(end.root, r->root_hash, sizeof(end.root));
	if (r->bundle != NULL)
		progress_end(&r->progress, &end, clock_monotonic_ns());
	else if (r->broken)
		progress_error(&r->progress, &r->err);
	return end.code;
}

/* Nothing, but in the build that names what the sandbox stopped. */
static void name_stopped(struct run *r)
{
	struct buf out;

	buf_init(&out, 65536);
	if (r->board != NULL)
		sandbox_trap_report(r->board->sandbox, &out);
	if (out.len > 0)
		(void)fd_write_all(STDERR_FILENO, out.p, out.len);
	buf_release(&out);
}

enum args_exit collect(const struct args *args, char *const argv[],
		       const volatile sig_atomic_t *stop, const char *inherited)
{
	struct run *r = calloc(1, sizeof(*r));
	enum args_exit code;

	if (r == NULL) {
		static const char text[] = "exhibit-collect: out of memory\n";

		(void)fd_write_all(STDERR_FILENO, text, sizeof(text) - 1);
		return ARGS_EXIT_BROKEN;
	}
	r->args = args;
	r->argv = argv;
	r->signal = stop;
	r->inherited = inherited;
	if (run_prepare(r) < 0 || run_facts(r) < 0 || (args->plan ? preview(r) : acquire(r)) < 0)
		r->broken = true;
	if (r->broken)
		name_failure(r);
	code = finish(r);
	name_stopped(r);
	run_release(r);
	free(r);
	return code;
}
