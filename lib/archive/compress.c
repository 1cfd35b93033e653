#include "lib/archive/compress.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lib/archive/codec.h"

/* Frames on their way.  Four would do if everybody ran at once; the rest is for a scheduler
 * that lets one run for some milliseconds while others wait: with four, two cores are a
 * tenth slower. */
#define FRAMES 12u

struct frame {
	char *plain, *coded;
	size_t length;		/* of plain; being gathered or complete */
	size_t made;		/* of coded */
	const char *failure;	/* of the codec; NULL: none */
	bool ready;		/* coded.  Under the lock until it is seen to be true */
};

/*
 * Frames are numbered for ever, frame n lies in frames[n % FRAMES]:
 *     handed <= taken <= ended <= handed + FRAMES
 * The caller's thread gathers frame ${ended} and hands out from ${handed} on; workers
 * take the ones between.
 */
struct compress {
	compress_out *out;
	void *ctx;
	struct err *e;
	unsigned threads;
	struct frame frames[FRAMES];
	uint64_t handed;	/* the caller's alone */
	uint64_t ended;		/* written by the caller, under the lock */
	uint64_t taken;		/* under the lock */
	bool quit;		/* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t work;	/* for workers: ended or quit has changed */
	pthread_cond_t done;	/* for the caller: a frame is ready */
	struct worker {
		struct compress *c;
		struct codec *codec;
		pthread_t thread;
		bool started;
	} workers[COMPRESS_THREADS_MAX];
};

static void code(struct codec *codec, struct frame *f)
{
	f->failure = codec_frame(codec, f->plain, f->length, f->coded, &f->made);
}

/* ===== workers ===== */

static void *work(void *arg)
{
	struct worker *w = arg;
	struct compress *c = w->c;
	struct frame *f;

	pthread_mutex_lock(&c->lock);
	for (;;) {
		while (c->taken == c->ended && !c->quit)
			pthread_cond_wait(&c->work, &c->lock);
		if (c->quit)
			break;
		f = &c->frames[c->taken++ % FRAMES];
		pthread_mutex_unlock(&c->lock);
		code(w->codec, f);
		pthread_mutex_lock(&c->lock);
		f->ready = true;
		pthread_cond_signal(&c->done);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Signals are for the thread that writes: only there do they end a wait. */
static int start_workers(struct compress *c)
{
	sigset_t all, before;
	int r = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	for (unsigned i = 0; i < c->threads && r == 0; i++) {
		struct worker *w = &c->workers[i];

		w->c = c;
		r = pthread_create(&w->thread, NULL, work, w);
		w->started = r == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r == 0 ? 0 : err_set(c->e, r, "starting a thread of the compressor");
}

static void stop_workers(struct compress *c)
{
	pthread_mutex_lock(&c->lock);
	c->quit = true;
	pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
	for (unsigned i = 0; i < c->threads; i++) {
		if (c->workers[i].started)
			pthread_join(c->workers[i].thread, NULL);
	}
}

/* ===== making ===== */

static int make_codecs(struct compress *c, const struct compress_options *o)
{
	unsigned n = o->threads == 0 ? 1 : o->threads;

	for (unsigned i = 0; i < n; i++) {
		c->workers[i].codec = codec_new(o->kind, o->level, c->e);
		if (c->workers[i].codec == NULL)
			return -1;
	}
	return 0;
}

static int make_frames(struct compress *c)
{
	size_t room = codec_bound(c->workers[0].codec, COMPRESS_FRAME);

	for (unsigned i = 0; i < FRAMES; i++) {
		struct frame *f = &c->frames[i];

		f->plain = malloc(COMPRESS_FRAME);
		f->coded = malloc(room);
		if (f->plain == NULL || f->coded == NULL)
			return err_set(c->e, ENOMEM, "the compressor");
	}
	return 0;
}

struct compress *compress_new(const struct compress_options *o, compress_out *out, void *ctx,
			      struct err *e)
{
	struct compress *c = calloc(1, sizeof(*c));

	if (c == NULL || o->threads > COMPRESS_THREADS_MAX) {
		err_set(e, c == NULL ? ENOMEM : EINVAL, "the compressor");
		free(c);
		return NULL;
	}
	c->out = out;
	c->ctx = ctx;
	c->e = e;
	c->threads = o->threads;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	pthread_cond_init(&c->done, NULL);
	if (make_codecs(c, o) == 0 && make_frames(c) == 0 && start_workers(c) == 0)
		return c;
	compress_free(c);
	return NULL;
}

void compress_free(struct compress *c)
{
	if (c == NULL)
		return;
	stop_workers(c);
	for (unsigned i = 0; i < FRAMES; i++) {
		free(c->frames[i].plain);
		free(c->frames[i].coded);
	}
	for (unsigned i = 0; i < COMPRESS_THREADS_MAX; i++)
		codec_free(c->workers[i].codec);
	pthread_cond_destroy(&c->done);
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* ===== handing out ===== */

static bool is_ready(struct compress *c, struct frame *f, bool wait)
{
	bool ready;

	pthread_mutex_lock(&c->lock);
	while (!f->ready && wait)
		pthread_cond_wait(&c->done, &c->lock);
	ready = f->ready;
	pthread_mutex_unlock(&c->lock);
	return ready;
}

/* Hand out the ended frames up to the first that is not ready; wait for those before
 * number ${until}. */
static int hand_out(struct compress *c, uint64_t until)
{
	while (c->handed < c->ended) {
		struct frame *f = &c->frames[c->handed % FRAMES];

		if (!is_ready(c, f, c->handed < until))
			return 0;
		if (f->failure != NULL)
			return err_set(c->e, 0, "compressing: %s", f->failure);
		if (c->out(c->ctx, f->coded, f->made) != 0)
			return -1;
		f->ready = false;
		f->length = 0;
		c->handed++;
	}
	return 0;
}

int compress_flush(struct compress *c, bool wait)
{
	return hand_out(c, wait ? c->ended : 0);
}

int compress_end_frame(struct compress *c)
{
	struct frame *f = &c->frames[c->ended % FRAMES];

	if (f->length == 0)
		return 0;
	if (c->threads == 0) {
		code(c->workers[0].codec, f);
		f->ready = true;
	}
	pthread_mutex_lock(&c->lock);
	c->ended++;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
	/* the frame to be gathered next must be free */
	return hand_out(c, c->ended < FRAMES ? 0 : c->ended + 1 - FRAMES);
}

int compress_write(struct compress *c, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		struct frame *f = &c->frames[c->ended % FRAMES];
		size_t room = COMPRESS_FRAME - f->length;
		size_t part = n < room ? n : room;

		memcpy(f->plain + f->length, p, part);
		f->length += part;
		p += part;
		n -= part;
		if (f->length == COMPRESS_FRAME && compress_end_frame(c) != 0)
			return -1;
	}
	return 0;
}
