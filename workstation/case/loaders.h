/*
 * loaders: the functions of the rows of loaders.def and finish.def, declared from there.
 * loader.h says what they do.
 */
#ifndef EXHIBIT_CASE_LOADERS_H
#define EXHIBIT_CASE_LOADERS_H

#include "workstation/case/loader.h"

/* Arguments of the three forms. */
#define LOADERS_WHOLE struct loading *l, const uint8_t *p, size_t n
#define LOADERS_LINES struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line
#define LOADERS_STREAM struct loading *l, const uint8_t *p, size_t n, uint64_t pos

#define LOADER(id, patterns, form, max, what) int load_##id(LOADERS_##form);
#define LOADER_STATE(id, patterns, form, max, what) \
	int load_##id(LOADERS_##form);              \
	int load_##id##_begin(struct loading *l);   \
	int load_##id##_end(struct loading *l, bool whole);
#include "workstation/case/loaders.def"
#undef LOADER
#undef LOADER_STATE

#define FINISH(id, what) int finish_##id(const struct finishing *f);
#include "workstation/case/finish.def"
#undef FINISH

#endif
