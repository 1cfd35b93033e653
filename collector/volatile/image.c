#include "collector/volatile/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096u			/* step behind what cannot be read; no kernel has less */

static const unsigned char magic[8] = { 0x45, 0x4d, 0x69, 0x4c, 1, 0, 0, 0 };

uint64_t image_size(const struct memory_runs *segments)
{
	return memory_map_bytes(segments) + segments->count * (uint64_t)IMAGE_HEADER;
}

void image_begin(struct image *im, struct source_env *env, const char *name)
{
	memset(im, 0, sizeof(*im));
	answer_begin(&im->about, env, "%s", name);
}

int image_open(struct image *im, uint64_t promise)
{
	struct answer *a = &im->about;

	im->buffer = malloc(IMAGE_CHUNK);
	if (im->buffer == NULL) {
		answer_fail(a, GAP_INTERNAL, ENOMEM, NULL);
		return 1;
	}
	im->promise = promise;
	switch (answer_open_whole(a, promise)) {
	case 0:
		im->open = true;
		return 0;
	case 1:
		return 1;
	default:
		return -1;
	}
}

static int send_bytes(struct image *im, const void *data, size_t n)
{
	struct sink *to = im->about.env->to;

	im->sent += n;
	return to->write(to, data, n);
}

static void put_le64(unsigned char *to, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		to[i] = (unsigned char)(v >> 8 * i);
}

int image_header(struct image *im, uint64_t first, uint64_t last)
{
	unsigned char head[IMAGE_HEADER] = { 0 };

	memcpy(head, magic, sizeof(magic));
	put_le64(head + 8, first);
	put_le64(head + 16, last);
	return send_bytes(im, head, sizeof(head));
}

/* Neighbours with the same reason are one range. */
static void note_lost(struct image *im, uint64_t first, uint64_t last, int oserr)
{
	struct image_lost *before = im->lost_count == 0 ? NULL : &im->lost[im->lost_count - 1];

	im->lost_bytes += last - first + 1;
	if (before != NULL && before->last + 1 == first && before->oserr == oserr) {
		before->last = last;
		return;
	}
	im->lost_ranges++;
	if (im->lost_count < IMAGE_LOST_MAX)
		im->lost[im->lost_count++] = (struct image_lost){ first, last, oserr };
}

static int send_zeros(struct image *im, uint64_t left)
{
	memset(im->buffer, 0, left < IMAGE_CHUNK ? (size_t)left : IMAGE_CHUNK);
	while (left > 0) {
		size_t part = left < IMAGE_CHUNK ? (size_t)left : IMAGE_CHUNK;

		if (send_bytes(im, im->buffer, part) < 0)
			return -1;
		left -= part;
	}
	return 0;
}

int image_zeros(struct image *im, uint64_t first, uint64_t last, int oserr)
{
	note_lost(im, first, last, oserr);
	return send_zeros(im, last - first + 1);
}

int image_withhold(struct image *im, uint64_t first, uint64_t last)
{
	im->withheld_bytes += last - first + 1;
	if (im->withheld_count < IMAGE_WITHHELD_MAX)
		im->withheld[im->withheld_count++] = (struct memory_run){ first, last, 0 };
	return send_zeros(im, last - first + 1);
}

static ssize_t fetch(struct image *im, int fd, size_t n, uint64_t offset)
{
	struct pulse *pulse = im->about.env->pulse;
	ssize_t got;
	int oserr;

	do {
		errno = 0;
		pulse_call(pulse, PULSE_READ);
		got = pread(fd, im->buffer, n, (off_t)offset);
		oserr = errno;
		pulse_idle(pulse);
	} while (got < 0 && oserr == EINTR);
	errno = oserr;
	return got;
}

/* Bytes from at up to the end of its page, or of the run. */
static size_t to_page_end(uint64_t at, uint64_t left)
{
	size_t n = PAGE - (size_t)(at % PAGE);

	return left < n ? (size_t)left : n;
}

/* One piece of a run whose next byte is at; how many bytes went, or -1. */
static ssize_t copy_some(struct image *im, int fd, uint64_t at, uint64_t left, uint64_t offset)
{
	size_t want = left < IMAGE_CHUNK ? (size_t)left : IMAGE_CHUNK;
	ssize_t n = fetch(im, fd, want, offset);

	if (n <= 0) {
		want = to_page_end(at, left);
		n = fetch(im, fd, want, offset);
	}
	if (n <= 0)
		return image_zeros(im, at, at + want - 1, n < 0 ? errno : 0) < 0 ? -1 :
		       (ssize_t)want;
	return send_bytes(im, im->buffer, (size_t)n) < 0 ? -1 : n;
}

int image_copy(struct image *im, int fd, struct memory_run run)
{
	uint64_t length = run.last - run.first + 1, done = 0;

	while (done < length) {
		ssize_t n;

		if (source_stopped(im->about.env)) {
			answer_fail(&im->about, GAP_CUT, 0, NULL);
			return 1;
		}
		n = copy_some(im, fd, run.first + done, length - done, run.offset + done);
		if (n < 0)
			return -1;
		done += (uint64_t)n;
	}
	return 0;
}

static void tell_withheld(struct image *im)
{
	struct answer *a = &im->about;

	answer_note(a, "\"withheld_bytes\":%llu,\"withheld\":[",
		    (unsigned long long)im->withheld_bytes);
	for (size_t i = 0; i < im->withheld_count; i++)
		buf_printf(&a->note, "%s[%llu,%llu]", i == 0 ? "" : ",",
			   (unsigned long long)im->withheld[i].first,
			   (unsigned long long)im->withheld[i].last);
	buf_putc(&a->note, ']');
}

/* [[first,last,errno],...] of what could not be read. */
static void tell_lost(struct image *im)
{
	struct answer *a = &im->about;

	answer_note(a, "\"unreadable_bytes\":%llu,\"unreadable_ranges\":%llu,\"unreadable\":[",
		    (unsigned long long)im->lost_bytes, (unsigned long long)im->lost_ranges);
	for (size_t i = 0; i < im->lost_count; i++)
		buf_printf(&a->note, "%s[%llu,%llu,%d]", i == 0 ? "" : ",",
			   (unsigned long long)im->lost[i].first,
			   (unsigned long long)im->lost[i].last, im->lost[i].oserr);
	buf_putc(&a->note, ']');
}

int image_end(struct image *im)
{
	struct answer *a = &im->about;

	if (im->lost_ranges > 0)
		answer_fail(a, GAP_INCOMPLETE, im->lost[0].oserr, "pread");
	else if (im->withheld_bytes > 0)
		answer_fail(a, GAP_INCOMPLETE, 0, NULL);
	if (im->open) {
		tell_lost(im);
		tell_withheld(im);
	}
	free(im->buffer);
	im->buffer = NULL;
	return answer_end_whole(a, im->open, im->sent);
}
