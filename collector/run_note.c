#include <stdio.h>
#include <string.h>

#include "collector/run.h"

void run_note_glass(struct run *r)
{
	const struct glass *g = &r->board->glass;
	char text[160];

	if (r->nursery.abandoned > 0)
		actions_add(&r->actions, "fork", "a helper that did not become ready");
	actions_add(&r->actions, "fork", "the helper from which readers are forked");
	actions_add(&r->actions, "namespace", g->namespace_private ?
		    "private mount namespace" : "none, see the session");
	for (size_t i = 0; i < g->gone_len; i += strlen(g->gone + i) + 1) {
		struct buf b;

		buf_init(&b, ACTIONS_DETAIL_MAX + 64);
		buf_printf(&b, "detached in our namespace: %s", g->gone + i);
		actions_add(&r->actions, "mount", buf_cstr(&b));
		buf_release(&b);
	}
	snprintf(text, sizeof(text), "read-only, noatime, nodev, noexec, nosuid for us: %u of %u",
		 g->mounts_readonly, g->mounts_readonly + g->mounts_failed);
	if (g->mounts_readonly > 0)
		actions_add(&r->actions, "mount", text);
	if (g->own_proc)
		actions_add(&r->actions, "procfs", "an instance of our own, in our namespace");
	if (r->args->raw_ext4)
		actions_add(&r->actions, "device", "block devices of mounted ext4 are opened for "
			    "reading, by number, in a tmpfs of our own");
}

void run_note_sandbox(struct run *r)
{
	for (unsigned i = 0; i < SANDBOX_STAGES; i++) {
		struct buf held, missing;

		buf_init(&held, ACTIONS_DETAIL_MAX);
		buf_init(&missing, ACTIONS_DETAIL_MAX);
		sandbox_tell(r->board->sandbox, (enum sandbox_stage)i, &held, &missing);
		if (held.len > 0)
			actions_add(&r->actions, "sandbox", buf_cstr(&held));
		if (missing.len > 0)
			actions_add(&r->actions, "sandbox", buf_cstr(&missing));
		buf_release(&held);
		buf_release(&missing);
	}
}

void run_note_guests(struct run *r)
{
	uint32_t n = r->board->guests.count;
	char text[96];

	snprintf(text, sizeof(text), "private copies of the mounts of containers, one after the "
		 "other: %u found", n);
	if (n > 0)
		actions_add(&r->actions, "namespace", text);
}

void run_note_forks(struct run *r)
{
	char text[64];

	for (; r->forks_noted < r->nursery.hatched; r->forks_noted++) {
		snprintf(text, sizeof(text), "reader %u", r->forks_noted + 1);
		actions_add(&r->actions, "fork", text);
	}
}

void run_note_signal(struct run *r)
{
	int sig = *r->signal;
	char text[64];

	if (sig == 0 || r->signal_noted)
		return;
	snprintf(text, sizeof(text), "signal %d asks to stop", sig < 0 ? -sig : sig);
	actions_add(&r->actions, "signal", text);
	r->signal_noted = true;
}
