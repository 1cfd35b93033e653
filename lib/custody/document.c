#include "lib/custody/document.h"

#include <stdint.h>

#include "lib/base/err.h"

yyjson_doc *document_read(const char *text, size_t n, const char **why)
{
	yyjson_read_err bad;
	/* Without YYJSON_READ_INSITU the parser does not write to the text. */
	yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)text, n, 0, NULL, &bad);

	if (doc == NULL && bad.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
		err_starve();
	if (doc == NULL && why != NULL)
		*why = bad.msg;
	return doc;
}
