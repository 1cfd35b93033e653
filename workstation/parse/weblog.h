/*
 * weblog: one line of an access or error log of Apache, nginx, lighttpd and who writes alike.
 *
 *	common    ADDRESS IDENT USER [10/Oct/2000:13:55:36 -0700] "GET /x HTTP/1.1" 200 2326
 *	combined  ... "REFERER" "AGENT", and what follows is not looked at
 *	vhost     VHOST:PORT in front of either
 *	apache    [Wed Oct 11 14:32:52.123456 2000] [core:error] [pid 1:tid 2] [client A:PORT] TEXT
 *	nginx     2020/05/31 00:00:45 [error] 1#2: *3 TEXT, client: A, server: B, request: "..."
 *
 * Text is given as it is written, with the escapes of the server (\", \xNN).
 */
#ifndef EXHIBIT_PARSE_WEBLOG_H
#define EXHIBIT_PARSE_WEBLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/bytes.h"
#include "workstation/parse/datetime.h"

struct weblog_line {
	struct datetime when;
	struct bytes vhost;	/* with its port; empty: not written, as for the rest */
	struct bytes address;	/* of the client, or its name; without port */
	struct bytes user;
	struct bytes method, url;	/* a request that is no HTTP has no method: all is url */
	struct bytes referer, agent;
	struct bytes text;	/* of an error: level and message */
	int status;		/* -1: not written */
	int64_t bytes;		/* sent; -1: not written */
};

/* Read one line of an access log, of an error log.  False: it is of no form that is known. */
bool weblog_access(const char *s, size_t n, struct weblog_line *out);
bool weblog_error(const char *s, size_t n, struct weblog_line *out);

/**
 * weblog_script(url, out):
 * Append to ${out} the path of ${url}: without scheme and host, query and fragment, with %NN
 * and the server's \xNN decoded, one time.
 */
void weblog_script(struct bytes url, struct buf *out);

#endif
