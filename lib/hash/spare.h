/*
 * spare: memory for libcrypto that does not run out half-way.
 *
 * libcrypto that gets no memory while it initialises notes an error, which initialises
 * it once more, which waits for the first attempt: for ever (3.5, ossl_init_base).  So
 * what malloc refuses comes from a small store of ours, which is address space that
 * costs nothing until it is needed.  It is not given back: one start fits in it.
 */
#ifndef EXHIBIT_HASH_SPARE_H
#define EXHIBIT_HASH_SPARE_H

#include <stddef.h>

#define SPARE_SIZE (512u << 10)		/* bytes of the store */

/* As malloc(3), realloc(3) and free(3); the file and line that libcrypto gives are not
 * used.  For CRYPTO_set_mem_functions(3).  Threads may call them. */
void *spare_malloc(size_t n, const char *file, int line);
void *spare_realloc(void *p, size_t n, const char *file, int line);
void spare_free(void *p, const char *file, int line);

#endif
