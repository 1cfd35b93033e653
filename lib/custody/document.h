/*
 * document: a JSON text of somebody else's as a tree of yyjson.
 *
 * The one place that calls its reader, so that a text for which there is no memory is not taken
 * for one that is not JSON: that would be a finding against an archive or a record.
 */
#ifndef EXHIBIT_CUSTODY_DOCUMENT_H
#define EXHIBIT_CUSTODY_DOCUMENT_H

#include <stddef.h>
#include <yyjson.h>

/**
 * document_read(text, n, why):
 * Parse ${n} bytes strictly (RFC 8259); the text is not written to.  The tree is the
 * caller's, for yyjson_doc_free.  NULL with a static sentence in ${why} (may be NULL) if it
 * is not JSON; and after err_starve() if there was no memory.
 */
yyjson_doc *document_read(const char *text, size_t n, const char **why);

#endif
